import { type RunTurn, waveToRun } from '../../shared/domain/run-turn.ts';
import { passCost } from '../../shared/domain/usage.ts';
import { afterWave, type BatchFacts, factsOf } from '../../shared/domain/wave.ts';
import { InvalidPayloadError } from '../../shared/errors.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { newestBatches, readPlan } from '../../shared/lambda/run-store.ts';

/** After a Map run: its unfinished batches again, the next wave, or the end. */
export async function evaluateWave(turn: RunTurn, dependencies: Dependencies): Promise<RunTurn> {
  const { store, log } = dependencies;
  const plan = await readPlan(store, turn.runId);
  if (!plan) throw new InvalidPayloadError(`run ${turn.runId} has no plan in s3://${store.bucket}`);
  const { waveIndex } = turn.wave;
  const batches: BatchFacts[] = [];
  const batchIds = plan.waves[waveIndex]?.batchIds ?? [];
  for await (const batch of newestBatches(store, plan, batchIds)) batches.push(factsOf(batch));
  const after = afterWave(plan, { waveIndex, given: turn.wave.batches, batches }, dependencies.now());
  log('FP_WAVE_DECIDED', { runId: turn.runId, wave: waveIndex + 1, next: after.next });
  // The Map run itself, this state, and the Choice after it.
  const usage = {
    ...turn.usage,
    stateTransitions: turn.usage.stateTransitions + 1 + passCost.evaluate.transitions,
  };
  switch (after.next) {
    case 'continue':
      return { ...turn, next: 'patch', wave: { ...turn.wave, batches: [...after.batches] }, usage };
    case 'nextWave': {
      const isBaked = plan.bakeSeconds > 0;
      return {
        ...turn,
        next: isBaked ? 'bake' : 'patch',
        wave: waveToRun(plan, after.waveIndex),
        usage: { ...usage, stateTransitions: usage.stateTransitions + (isBaked ? 1 : 0) },
      };
    }
    case 'finish':
      return { ...turn, next: 'finish', isHalted: after.isHalted, reason: after.reason, usage };
  }
}
