import fc from 'fast-check';
import type { Store } from '../../../shared/aws/store.ts';
import { keys } from '../../../shared/domain/keys.ts';
import type { Candidate } from '../../../shared/domain/plan.ts';
import { emptyRegistry, lockRegistrySchema } from '../../../shared/domain/run-lock.ts';
import { releaseLocks } from '../../../shared/lambda/release-locks.ts';
import { lockCandidates } from '../../../shared/lambda/run-locks.ts';
import { home, nodeIdOf, readyCandidate, settingsOf, startedAt } from '../../support/domain-builders.ts';
import { handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import { seeded } from '../../support/seeded.ts';

/** A store whose answers come in the order that the scheduler says: every call takes effect when its turn comes. */
function inAnyOrder(store: MemoryStore, scheduler: fc.Scheduler): Store {
  const turn = async (): Promise<void> => scheduler.schedule(Promise.resolve());
  return {
    bucket: store.bucket,
    put: (key, value) => turn().then(() => store.put(key, value)),
    putText: (key, text) => turn().then(() => store.putText(key, text)),
    get: (key) => turn().then(() => store.get(key)),
    sizes: (prefix) => turn().then(() => store.sizes(prefix)),
    getTagged: (key) => turn().then(() => store.getTagged(key)),
    putIf: (key, value, etag) => turn().then(() => store.putIf(key, value, etag)),
  };
}

const readyOf = (candidates: readonly Candidate[]) =>
  candidates.filter(({ standing }) => standing === 'ready').map(({ nodeId }) => nodeId);

const nodeSets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 }), {
  minLength: 2,
  maxLength: 5,
});

describe('runs that begin at the same moment', () => {
  test('whatever the order of their calls, share the nodes out: each node to exactly one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), nodeSets, async (scheduler, sets) => {
        const store = new MemoryStore();
        const dependencies = handMadeDependencies(startedAt, inAnyOrder(store, scheduler));
        const lock = (nodes: readonly number[], index: number) =>
          lockCandidates(
            nodes.map((node) => readyCandidate(node)),
            { settings: settingsOf({ runId: `run-${index}` }), dryRun: false },
            dependencies,
          );

        const locking = Promise.all(sets.map(lock));
        await scheduler.waitFor(locking);
        const taken = (await locking).flatMap(readyOf);

        const wanted = [...new Set(sets.flat())].map(nodeIdOf);
        expect(taken.toSorted()).toEqual(wanted.toSorted());
        const registry = lockRegistrySchema.parse(await store.get(keys.locks(home)));
        expect(registry.runs.flatMap(({ nodeIds }) => nodeIds).toSorted()).toEqual(wanted.toSorted());
      }),
      seeded(100),
    );
  });

  test('and are closed in the middle of it leave nothing locked behind, and take nothing afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), nodeSets, async (scheduler, sets) => {
        const store = new MemoryStore();
        const dependencies = handMadeDependencies(startedAt, inAnyOrder(store, scheduler));
        const lock = (nodes: readonly number[], index: number) =>
          lockCandidates(
            nodes.map((node) => readyCandidate(node)),
            { settings: settingsOf({ runId: `run-${index}` }), dryRun: false },
            dependencies,
          ).catch((error: unknown) => error);
        const close = (_nodes: readonly number[], index: number) =>
          releaseLocks({ runId: `run-${index}`, startedAt: startedAt + 300, atWork: [] }, dependencies);

        await scheduler.waitFor(Promise.all([...sets.map(lock), ...sets.map(close)]));

        const found = await store.get(keys.locks(home));
        expect(found ?? emptyRegistry).toEqual(emptyRegistry);
      }),
      seeded(100),
    );
  });
});
