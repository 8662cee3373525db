import type { Store } from '../aws/store.ts';
import type { RunSettings } from '../domain/batch.ts';
import { keys } from '../domain/keys.ts';
import type { Candidate } from '../domain/plan.ts';
import { isSameStart } from '../domain/run-id.ts';
import {
  emptyRegistry,
  type Holding,
  lockExpiryOf,
  lockedCandidate,
  lockNoteOf,
  lockNoteSchema,
  lockRegistrySchema,
  type Place,
  takeNodes,
} from '../domain/run-lock.ts';
import { RunClosedError } from '../errors.ts';
import { changeObject, readObject } from './change-object.ts';
import type { Dependencies } from './dependencies.ts';
import { inParallel } from './in-parallel.ts';
import { tryRelease } from './release-locks.ts';

type Locking = Pick<Dependencies, 'store' | 'log' | 'now' | 'sleep' | 'random'>;

/**
 * Locks every node that is ready, for this run, before anything is planned: what another run holds is `locked`. A dry
 * run only looks. Two calls to S3 for an account and Region, three for the run, and none for a node.
 * Throws ContendedError, and RunClosedError if the run was closed meanwhile: its nodes are then given back.
 */
export async function lockCandidates(
  found: readonly Candidate[],
  run: { readonly settings: RunSettings; readonly dryRun: boolean },
  dependencies: Locking,
): Promise<Candidate[]> {
  const { settings, dryRun } = run;
  const byPlace = readyByPlace(found);
  const places = [...byPlace.values()].map(({ place }) => place);
  if (places.length === 0) return [...found];
  if (!dryRun) await announce(places, settings, dependencies);
  const taken = await inParallel([...byPlace.values()], (wanted) =>
    dryRun ? lookIn(wanted, settings, dependencies) : takeIn(wanted, settings, dependencies),
  );
  if (!dryRun) await assertNotClosed(places, settings, dependencies);
  const heldBy = new Map([...byPlace.keys()].map((key, index) => [key, taken[index]] as const));
  const locked = found.map((candidate) => {
    const holder =
      candidate.standing === 'ready' ? heldBy.get(keyOf(candidate))?.get(candidate.nodeId) : undefined;
    return holder ? lockedCandidate(candidate, holder) : candidate;
  });
  const leftOut = locked.filter(({ standing }) => standing === 'locked').length;
  dependencies.log('FP_NODES_LOCKED', { runId: settings.runId, places: places.length, leftOut });
  return locked;
}

interface Wanted {
  readonly place: Place;
  readonly nodeIds: readonly string[];
}

function keyOf({ scope }: Candidate): string {
  return keys.locks(scope);
}

function readyByPlace(found: readonly Candidate[]): Map<string, Wanted> {
  const groups = new Map<string, { readonly place: Place; readonly nodeIds: string[] }>();
  for (const candidate of found) {
    if (candidate.standing !== 'ready') continue;
    const { accountId, region } = candidate.scope;
    const group = groups.get(keyOf(candidate)) ?? { place: { accountId, region }, nodeIds: [] };
    group.nodeIds.push(candidate.nodeId);
    groups.set(keyOf(candidate), group);
  }
  return groups;
}

function holdingOf({ nodeIds }: Wanted, settings: RunSettings): Holding {
  const { runId, policy } = settings;
  return { runId, policy, expiresAt: lockExpiryOf(settings), nodeIds: [...nodeIds] };
}

async function takeIn(
  wanted: Wanted,
  settings: RunSettings,
  dependencies: Locking,
): Promise<ReadonlyMap<string, Holding>> {
  let heldBy: ReadonlyMap<string, Holding> = new Map();
  await changeObject(keys.locks(wanted.place), lockRegistrySchema, dependencies, (registry) => {
    const taken = takeNodes(registry ?? emptyRegistry, holdingOf(wanted, settings), dependencies.now());
    heldBy = taken.heldBy;
    return taken.registry;
  });
  return heldBy;
}

async function lookIn(
  wanted: Wanted,
  settings: RunSettings,
  { store, now }: Locking,
): Promise<ReadonlyMap<string, Holding>> {
  const registry = await readRegistry(store, wanted.place);
  return takeNodes(registry, holdingOf(wanted, settings), now()).heldBy;
}

async function readRegistry(store: Store, place: Place) {
  const { value } = await readObject(store, keys.locks(place), lockRegistrySchema);
  return value ?? emptyRegistry;
}

/** Before the first node is taken: whoever closes the run finds by it where to release, with a plan or without. */
async function announce(
  places: readonly Place[],
  settings: RunSettings,
  dependencies: Locking,
): Promise<void> {
  await changeObject(keys.lockNote(settings.runId), lockNoteSchema, dependencies, (note) => {
    const own = note && isSameStart(note.startedAt, settings.startedAt) ? note : undefined;
    if (own?.isReleased) throw closed(settings);
    const known = new Map([...(own?.places ?? []), ...places].map((place) => [keys.locks(place), place]));
    return lockNoteOf(settings, [...known.values()], false);
  });
}

/** A run that is stopped while it plans is closed before this function ends, and nobody would come again. */
async function assertNotClosed(
  places: readonly Place[],
  settings: RunSettings,
  dependencies: Locking,
): Promise<void> {
  const { value: note } = await readObject(dependencies.store, keys.lockNote(settings.runId), lockNoteSchema);
  if (note && !note.isReleased) return;
  const { runId } = settings;
  await inParallel(places, (place) => tryRelease(place, { runId, until: new Map() }, dependencies));
  throw closed(settings);
}

function closed({ runId }: RunSettings): RunClosedError {
  return new RunClosedError(`run ${runId} was closed before it was planned: nothing is locked, nothing runs`);
}
