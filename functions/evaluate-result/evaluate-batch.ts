import { type BatchState, type NodeState, progressOf } from '../../shared/domain/batch.ts';
import { type Decision, decide, type Heard } from '../../shared/domain/decide.ts';
import { errorList, errorsIn } from '../../shared/domain/error-list.ts';
import { keys } from '../../shared/domain/keys.ts';
import { classOf } from '../../shared/domain/outcome.ts';
import { type BatchItem, type Decided, noAnswers, type Turn } from '../../shared/domain/turn.ts';
import { noUsage, passCost, sumOfUsage } from '../../shared/domain/usage.ts';
import { type Kept, keepDecision, readBatchTurn } from '../../shared/lambda/batch-turns.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';

/**
 * One turn of a batch: what was heard is recorded, what follows is decided, and both are written before they are done.
 * An attempt that comes after another answers with what that one has decided.
 */
export async function evaluateBatch(input: BatchItem | Turn, dependencies: Dependencies): Promise<Turn> {
  const { store, log } = dependencies;
  const from = await readBatchTurn(store, input);
  const { state } = from;
  const now = dependencies.now();
  const heard = {
    ...(input.kind === 'turn'
      ? { answers: input.answers, open: input.open, events: input.events, usage: input.usage }
      : { answers: noAnswers, open: state.open, events: 0, usage: noUsage }),
    errorsElsewhere: await countErrorsElsewhere(state, input, dependencies),
  } satisfies Heard;
  const decision = decide(state, heard, now);
  const decided = { state: withLastTurn(decision.state), decided: decidedOf(decision, now) };
  const kept = await keepDecision(from, decided, dependencies);
  await recordErrors(state, kept.state, dependencies);
  log('FP_BATCH_DECIDED', {
    runId: input.runId,
    batchId: input.batchId,
    turn: kept.state.turn,
    sends: kept.decided.sends.length,
  });
  return turnOf(kept, input.kind === 'turn' ? input.pingedAt : now);
}

function decidedOf(decision: Decision, now: number): Decided {
  return {
    decidedAt: now,
    sends: [...decision.sends],
    cancels: [...decision.cancels],
    urgent: [...decision.urgent],
    hasMoreToStart: decision.hasMoreToStart,
    waitSeconds: decision.waitSeconds,
  };
}

function turnOf(kept: Kept, pingedAt: number): Turn {
  const { state, decided } = kept;
  const next = nextOf(kept);
  return {
    kind: 'turn',
    runId: state.settings.runId,
    batchId: state.batchId,
    scope: state.scope,
    snapshotId: state.settings.snapshotId,
    turn: state.turn,
    next,
    ...decided,
    pollSeconds: state.pollSeconds,
    quietPolls: 0,
    open: [...state.open],
    pingedAt,
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

function nextOf({ state, decided }: Kept): Turn['next'] {
  if (state.status !== 'running') return 'done';
  if (decided.urgent.length > 0) return 'alert';
  return decided.sends.length + decided.cancels.length > 0 ? 'send' : 'wait';
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
 * What the wave's other batches have recorded. Our own record is not counted: an attempt that died may have written
 * the errors that this one is about to find. With no node left to start there is nothing that they could stop; one whose
 * command was too late is left again.
 */
async function countErrorsElsewhere(
  state: BatchState,
  input: BatchItem | Turn,
  { store }: Dependencies,
): Promise<number> {
  const { settings, waveIndex, batchId, nodes } = state;
  const isUnstarted = (node: NodeState): boolean => node.outcome === null && node.steps.length === 0;
  const wasLate = input.kind === 'turn' && input.answers.sent.some(({ late = [] }) => late.length > 0);
  const mayStart = wasLate || nodes.some(isUnstarted);
  if (!state.sharesBudget || state.halt !== null || !mayStart) return 0;
  const own = keys.errorsOf(settings, waveIndex, batchId);
  let errors = 0;
  for (const [key, bytes] of await store.sizes(keys.errors(settings, waveIndex))) {
    if (key !== own) errors += errorsIn(bytes);
  }
  return errors;
}

async function recordErrors(before: BatchState, after: BatchState, { store }: Dependencies): Promise<void> {
  const errors = errorsOf(after.nodes);
  if (!after.sharesBudget || errors.length === errorsOf(before.nodes).length) return;
  const key = keys.errorsOf(after.settings, after.waveIndex, after.batchId);
  await store.putText(key, errorList(errors), 'text/plain');
}
