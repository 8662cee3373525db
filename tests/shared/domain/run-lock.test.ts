import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  emptyRegistry,
  executionSeconds,
  type Holding,
  type LockRegistry,
  lockExpiryOf,
  lockRegistrySchema,
  releaseNodes,
  takeNodes,
} from '../../../shared/domain/run-lock.ts';
import { hour, minute, nodeIdOf, settingsOf, startedAt } from '../../support/domain-builders.ts';
import { seeded } from '../../support/seeded.ts';

const [a, b, c] = [nodeIdOf(1), nodeIdOf(2), nodeIdOf(3)];
const end = startedAt + 80 * hour;

function holding(runId: string, nodeIds: readonly string[], rest: Partial<Holding> = {}): Holding {
  return { runId, policy: 'prd-web', expiresAt: end, nodeIds: [...nodeIds], ...rest };
}

const registryOf = (...runs: Holding[]): LockRegistry => ({ version: 1, runs });

describe('taking nodes', () => {
  test('takes all that nobody holds', () => {
    const taken = takeNodes(emptyRegistry, holding('run-1', [a, b]), startedAt);

    expect(taken.registry).toEqual(registryOf(holding('run-1', [a, b])));
    expect(taken.heldBy.size).toBe(0);
  });

  test('leaves to another run what it holds, says who that is, and takes the rest', () => {
    const other = holding('run-1', [a, b], { policy: 'stg-web' });

    const taken = takeNodes(registryOf(other), holding('run-2', [b, c]), startedAt);

    expect(taken.registry).toEqual(registryOf(other, holding('run-2', [c])));
    expect([...taken.heldBy]).toEqual([[b, other]]);
  });

  test('makes no entry for a run that gets nothing', () => {
    const other = holding('run-1', [a]);

    expect(takeNodes(registryOf(other), holding('run-2', [a]), startedAt).registry).toEqual(
      registryOf(other),
    );
  });

  test('a second time changes nothing, and is not kept out by itself', () => {
    const once = takeNodes(emptyRegistry, holding('run-1', [a, b]), startedAt);

    const twice = takeNodes(once.registry, holding('run-1', [a, b]), startedAt + minute);

    expect(twice).toEqual(once);
  });

  test('keeps what an earlier attempt of the same run has taken: its plan may still be the one that counts', () => {
    const once = takeNodes(emptyRegistry, holding('run-1', [a, b]), startedAt);

    const twice = takeNodes(once.registry, holding('run-1', [b, c]), startedAt);

    expect(twice.registry).toEqual(registryOf(holding('run-1', [a, b, c])));
  });

  test('drops what has expired, and takes its nodes', () => {
    const expired = holding('run-0', [a], { expiresAt: startedAt });
    const alive = holding('run-1', [b], { expiresAt: startedAt + 1 });

    const taken = takeNodes(registryOf(expired, alive), holding('run-2', [a, b]), startedAt);

    expect(taken.registry).toEqual(registryOf(alive, holding('run-2', [a])));
  });
});

describe('releasing', () => {
  const nothingAtWork = new Map<string, number>();

  test('removes the run, and nobody else', () => {
    const registry = registryOf(holding('run-1', [a]), holding('run-2', [b]));

    expect(releaseNodes(registry, { runId: 'run-1', until: nothingAtWork }, startedAt)).toEqual(
      registryOf(holding('run-2', [b])),
    );
  });

  test('keeps nodes that may still be worked on, no longer than the latest of them, and no longer than before', () => {
    const registry = registryOf(holding('run-1', [a, b, c]));
    const until = new Map([
      [a, startedAt + minute],
      [b, startedAt + hour],
    ]);

    const released = releaseNodes(registry, { runId: 'run-1', until }, startedAt);
    const forEver = releaseNodes(registry, { runId: 'run-1', until: new Map([[a, end + hour]]) }, startedAt);

    expect(released).toEqual(registryOf(holding('run-1', [a, b], { expiresAt: startedAt + hour })));
    expect(forEver).toEqual(registryOf(holding('run-1', [a])));
  });

  test('keeps no node whose time is over, and takes none that the run does not hold', () => {
    const until = new Map([
      [a, startedAt],
      [b, startedAt + hour],
    ]);

    expect(releaseNodes(registryOf(holding('run-1', [a])), { runId: 'run-1', until }, startedAt)).toEqual(
      emptyRegistry,
    );
  });

  test('a second time, or of a run that holds nothing, changes nothing', () => {
    const until = new Map([[a, startedAt + hour]]);
    const once = releaseNodes(registryOf(holding('run-1', [a, b])), { runId: 'run-1', until }, startedAt);

    expect(releaseNodes(once, { runId: 'run-1', until }, startedAt)).toEqual(once);
    expect(releaseNodes(once, { runId: 'run-9', until }, startedAt)).toBe(once);
  });

  test('gives them to the next run', () => {
    const registry = releaseNodes(
      registryOf(holding('run-1', [a, b])),
      { runId: 'run-1', until: new Map([[a, startedAt + hour]]) },
      startedAt,
    );

    const soon = takeNodes(registry, holding('run-2', [a, b]), startedAt + minute);
    const later = takeNodes(registry, holding('run-2', [a, b]), startedAt + hour);

    expect([...soon.heldBy.keys()]).toEqual([a]);
    expect(later.registry).toEqual(registryOf(holding('run-2', [a, b])));
  });
});

test('whoever takes, releases, and expires, no node is held by two', () => {
  const move = fc.record({
    runId: fc.constantFrom('run-1', 'run-2', '__proto__', 'constructor'),
    isRelease: fc.boolean(),
    nodes: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
    lifeMinutes: fc.integer({ min: 1, max: 9 }),
    passes: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      let registry = emptyRegistry;
      let now = startedAt;
      for (const { runId, isRelease, nodes, lifeMinutes, passes } of moves) {
        now += passes * minute;
        const nodeIds = nodes.map(nodeIdOf);
        const expiresAt = now + lifeMinutes * minute;
        const until = new Map(nodeIds.map((nodeId) => [nodeId, expiresAt]));
        registry = isRelease
          ? releaseNodes(registry, { runId, until }, now)
          : takeNodes(registry, holding(runId, nodeIds, { expiresAt }), now).registry;

        const held = registry.runs.flatMap((each) => each.nodeIds);
        expect(new Set(held).size).toBe(held.length);
        expect(lockRegistrySchema.parse(JSON.parse(JSON.stringify(registry)))).toEqual(registry);
      }
    }),
    seeded(200),
  );
});

test("locks outlive whatever the run's execution could have at work", () => {
  const path = join(import.meta.dirname, '../../../state-machines/patch-fleet.asl.json');
  const machine: { readonly TimeoutSeconds: number } = JSON.parse(readFileSync(path, 'utf8'));

  expect(executionSeconds).toBe(machine.TimeoutSeconds);
  expect(lockExpiryOf(settingsOf())).toBe(startedAt + (executionSeconds + 300 + 7200) * 1000);
});
