import { type BatchState, deadlineOf } from './batch.ts';
import { classOf, type OutcomeClass } from './outcome.ts';
import type { Plan } from './plan.ts';

/** What follows a Map run over a wave's batches. */
export type AfterWave =
  | { readonly next: 'continue'; readonly batches: readonly GivenBatch[] }
  | { readonly next: 'nextWave'; readonly waveIndex: number }
  | { readonly next: 'finish'; readonly isHalted: boolean; readonly reason: string };

/** A batch that was given to the Map run, and the turn that it was at. */
export interface GivenBatch {
  readonly batchId: string;
  readonly turn: number;
}

/** What the end of a wave needs of a batch: its nodes only by number, they may be 100,000 in all batches. */
export interface BatchFacts extends Pick<BatchState, 'batchId' | 'status' | 'turn' | 'halt'> {
  readonly errors: number;
  readonly achieved: number;
}

export function factsOf({ batchId, status, turn, halt, nodes }: BatchState): BatchFacts {
  const count = (wanted: OutcomeClass) =>
    nodes.filter((node) => node.outcome !== null && classOf(node.outcome) === wanted).length;
  return { batchId, status, turn, halt, errors: count('error'), achieved: count('achieved') };
}

/**
 * Decides from the batches' own states, never from what the Map run returned: a batch that died returns nothing.
 * A batch that is neither done nor handed over has died, and so has one that handed over and then came no further.
 * The others go on to their end: what they have in flight must not be left.
 */
export function afterWave(
  plan: Plan,
  wave: {
    readonly waveIndex: number;
    readonly given: readonly GivenBatch[];
    readonly batches: readonly BatchFacts[];
  },
  now: number,
): AfterWave {
  const { waveIndex, batches } = wave;
  const turns = new Map(wave.given.map((each) => [each.batchId, each.turn]));
  const isOnItsWay = (batch: BatchFacts) =>
    batch.status === 'handedOver' && batch.turn > (turns.get(batch.batchId) ?? batch.turn);
  const onTheirWay = batches.filter(isOnItsWay).map(({ batchId, turn }) => ({ batchId, turn }));
  if (onTheirWay.length > 0) return { next: 'continue', batches: onTheirWay };
  const died = batches.filter((batch) => batch.status !== 'done').map((batch) => batch.batchId);
  if (died.length > 0) return finish(`batches died: ${died.join(', ')}`);
  const halt = batches.find((batch) => batch.halt !== null)?.halt ?? overBudget(plan, waveIndex, batches);
  if (halt) return { next: 'finish', isHalted: true, reason: halt };
  if (waveIndex + 1 >= plan.waves.length) return finish('all waves are done');
  return (
    unproven(waveIndex, batches) ?? noTimeLeft(plan, now) ?? { next: 'nextWave', waveIndex: waveIndex + 1 }
  );
}

function finish(reason: string): AfterWave {
  return { next: 'finish', isHalted: false, reason };
}

/** A canary that proved nothing lets no other wave begin, however many errors the budget would allow. */
function unproven(waveIndex: number, batches: readonly BatchFacts[]): AfterWave | null {
  if (batches.some((batch) => batch.achieved > 0)) return null;
  const isHalted = batches.some((batch) => batch.errors > 0);
  const why = isHalted ? 'with success' : 'in time';
  return { next: 'finish', isHalted, reason: `no node of wave ${waveIndex + 1} ended ${why}` };
}

function noTimeLeft({ settings, bakeSeconds }: Plan, now: number): AfterWave | null {
  const lastStart = deadlineOf(settings) - settings.cutoffSeconds * 1000;
  return now + bakeSeconds * 1000 >= lastStart
    ? finish('window closing: the next wave would start too late')
    : null;
}

/** Batches at work at the same time do not see each other's last errors; here they are all seen. */
function overBudget(plan: Plan, waveIndex: number, batches: readonly BatchFacts[]): string | null {
  const allowed = plan.waves[waveIndex]?.maxErrors ?? 0;
  const errors = batches.reduce((sum, batch) => sum + batch.errors, 0);
  if (errors <= allowed) return null;
  return `error budget spent: ${errors} errors in wave ${waveIndex + 1}, ${allowed} allowed`;
}
