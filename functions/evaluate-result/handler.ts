/**
 * States: EvaluateResult in a batch's execution, EvaluateWave in the run's. Invoked by: patch-fleet.
 * Side effects: writes the batch's next state to S3; touches no node.
 * dryRun: never comes here.
 * Safe to run twice: a turn reads the state of its own number and writes the next one, and only what it returns is
 * acted upon.
 */
import type { RunTurn } from '../../shared/domain/run-turn.ts';
import type { Turn } from '../../shared/domain/turn.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { evaluateBatch } from './evaluate-batch.ts';
import { evaluateWave } from './evaluate-wave.ts';
import { type EvaluateResultInput, evaluateResultInput } from './schema.ts';

export async function run(input: EvaluateResultInput, dependencies: Dependencies): Promise<Turn | RunTurn> {
  return input.kind === 'wave' ? evaluateWave(input, dependencies) : evaluateBatch(input, dependencies);
}

export const handler = makeHandler({
  name: 'evaluate-result',
  input: evaluateResultInput,
  run,
  own: () => ({}),
});
