import { type BatchState, type NodeState, progressOf } from '../../shared/domain/batch.ts';
import { type Decision, decide, type Heard } from '../../shared/domain/decide.ts';
import { keys } from '../../shared/domain/keys.ts';
import { classOf } from '../../shared/domain/outcome.ts';
import { type BatchItem, noAnswers, type Turn } from '../../shared/domain/turn.ts';
import { noUsage, passCost, sumOfUsage } from '../../shared/domain/usage.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { readBatch, writeBatch } from '../../shared/lambda/run-store.ts';

/** One turn of a batch: what was heard is recorded, what follows is decided, and both are written before they are done. */
export async function evaluateBatch(input: BatchItem | Turn, dependencies: Dependencies): Promise<Turn> {
  const { store, log } = dependencies;
  const state = await readBatch(store, input);
  const now = dependencies.now();
  const heard = {
    ...(input.kind === 'turn'
      ? { answers: input.answers, open: input.open, events: input.events, usage: input.usage }
      : { answers: noAnswers, open: state.open, events: 0, usage: noUsage }),
    errorsElsewhere: await countErrorsElsewhere(state, dependencies),
  } satisfies Heard;
  const decision = decide(state, heard, now);
  await recordErrors(state, decision.state, dependencies);
  await writeBatch(store, withLastTurn(decision.state));
  log('FP_BATCH_DECIDED', {
    runId: input.runId,
    batchId: input.batchId,
    turn: decision.state.turn,
    sends: decision.sends.length,
  });
  return turnOf(decision, { now, pingedAt: input.kind === 'turn' ? input.pingedAt : now });
}

function turnOf(decision: Decision, times: { readonly now: number; readonly pingedAt: number }): Turn {
  const { state } = decision;
  const next = nextOf(decision);
  return {
    kind: 'turn',
    runId: state.settings.runId,
    batchId: state.batchId,
    scope: state.scope,
    snapshotId: state.settings.snapshotId,
    turn: state.turn,
    next,
    waitSeconds: decision.waitSeconds,
    pollSeconds: state.pollSeconds,
    quietPolls: 0,
    decidedAt: times.now,
    sends: [...decision.sends],
    cancels: [...decision.cancels],
    urgent: [...decision.urgent],
    hasMoreToStart: decision.hasMoreToStart,
    open: [...state.open],
    pingedAt: times.pingedAt,
    answers: noAnswers,
    ...costOf(next),
    progress: progressOf(state.nodes),
  };
}

/** NotifyUrgent adds nothing to the payload that it passes on, so its pass is counted here. */
function costOf(next: Turn['next']): Pick<Turn, 'events' | 'usage'> {
  const isAlert = next === 'alert';
  return {
    events: passCost.evaluate.events + (isAlert ? passCost.alert.events : 0),
    usage: {
      ...noUsage,
      stateTransitions: passCost.evaluate.transitions + (isAlert ? passCost.alert.transitions : 0),
      lambdaInvocations: isAlert ? 1 : 0,
    },
  };
}

function nextOf(decision: Decision): Turn['next'] {
  if (decision.state.status !== 'running') return 'done';
  if (decision.urgent.length > 0) return 'alert';
  return decision.sends.length + decision.cancels.length > 0 ? 'send' : 'wait';
}

/** The last turn of an execution has nobody after it to add it up. */
function withLastTurn(state: BatchState): BatchState {
  if (state.status === 'running') return state;
  const last = {
    ...noUsage,
    stateTransitions: passCost.evaluate.transitions + passCost.execution.transitions,
    lambdaInvocations: 1,
    apiCalls: { 's3:GetObject': 1, 's3:PutObject': 1 },
  };
  return { ...state, usage: sumOfUsage([state.usage, last]) };
}

function errorsOf(nodes: readonly NodeState[]): string[] {
  return nodes
    .filter((node) => node.outcome !== null && classOf(node.outcome) === 'error')
    .map((node) => node.nodeId);
}

/**
 * What the wave's other batches have recorded: everything that is there, less what is our own there. Not less what we
 * know of ourselves: an attempt that died has recorded errors that this one is about to find.
 */
async function countErrorsElsewhere(state: BatchState, { store }: Dependencies): Promise<number> {
  if (!state.sharesBudget) return 0;
  const { settings, waveIndex } = state;
  const own = await store.count(keys.errorsOf(settings, waveIndex, state.batchId), state.nodes.length);
  const all = await store.count(keys.errors(settings, waveIndex), own + state.maxErrors + 1);
  return Math.max(0, all - own);
}

async function recordErrors(before: BatchState, after: BatchState, { store }: Dependencies): Promise<void> {
  if (!after.sharesBudget) return;
  const known = new Set(errorsOf(before.nodes));
  const prefix = keys.errorsOf(after.settings, after.waveIndex, after.batchId);
  const found = errorsOf(after.nodes).filter((each) => !known.has(each));
  await Promise.all(found.map((nodeId) => store.put(`${prefix}${nodeId}`, { nodeId })));
}
