import { run } from '../../../functions/notify/handler.ts';
import type { BatchState } from '../../../shared/domain/batch.ts';
import { keys } from '../../../shared/domain/keys.ts';
import { emptyRegistry, lockRegistrySchema } from '../../../shared/domain/run-lock.ts';
import { lockCandidates } from '../../../shared/lambda/run-locks.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { readyCandidate } from '../../support/domain-builders.ts';
import { home } from '../../support/embedded-account.ts';
import {
  handMadeDependencies,
  MemoryStore,
  recordingLog,
  recordingPublish,
} from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { execution, plannedRun, settings, writeRun } from '../turns.ts';

const ids = nodes(3).map((node) => node.nodeId);
const now = startsAt + 3_600_000;
const ended = { kind: 'run-ended', execution, state: { reason: 'done', wave: { waveIndex: 0 } } } as const;

/** A run that holds its three nodes; `end` says how its batch was left. */
async function lockedRun(end: (batch: BatchState) => Partial<BatchState>) {
  const store = new MemoryStore();
  const { messages, publish } = recordingPublish();
  const { codes, log } = recordingLog();
  const dependencies = { ...handMadeDependencies(now, store), publish, log };
  const candidates = ids.map((nodeId) => ({ ...readyCandidate(1), nodeId, scope: home }));
  await lockCandidates(candidates, { settings, dryRun: false }, { ...dependencies, now: () => startsAt });
  const made = plannedRun(ids);
  await writeRun(store, made);
  for (const batch of made.batches) await writeBatch(store, { ...batch, turn: 1, ...end(batch) });
  const registry = async () => lockRegistrySchema.parse(await store.get(keys.locks(home)));
  return { store, messages, codes, dependencies, registry };
}

const patchStep = { step: 'patch', sequence: 1, commandId: 'command-1', startedAt: now - 60_000 } as const;
const done = (batch: BatchState): Partial<BatchState> => ({
  status: 'done',
  nodes: batch.nodes.map((node) => ({
    ...node,
    outcome: 'Patched',
    steps: [{ ...patchStep, status: 'Success', endedAt: now }],
  })),
});
const died = (batch: BatchState): Partial<BatchState> => ({
  status: 'running',
  nodes: batch.nodes.map((node, index) => ({
    ...node,
    steps: index === 0 ? [{ ...patchStep, status: null, endedAt: null }] : [],
  })),
});

describe('the locks of a run that has ended', () => {
  test('are released, once its record is written', async () => {
    const { dependencies, registry, codes, store } = await lockedRun(done);
    expect((await registry()).runs).toHaveLength(1);

    await run(ended, dependencies);

    expect(await registry()).toEqual(emptyRegistry);
    expect(codes).toContain('FP_LOCKS_RELEASED');
    expect(await store.get('runs/run-1/run.json')).toMatchObject({ status: 'Succeeded' });
  });

  test('stay where a batch died with a command at work, until SSM gives that up; the others are released', async () => {
    const { dependencies, registry } = await lockedRun(died);

    await run(ended, dependencies);

    const [held] = (await registry()).runs;
    const expiry = patchStep.startedAt + (300 + 7200 + 120) * 1000;
    expect(held).toMatchObject({ runId: 'run-1', expiresAt: expiry });
    expect(held?.nodeIds).toHaveLength(1);
  });

  test('are released a second time without any change', async () => {
    const { dependencies, registry } = await lockedRun(died);
    await run(ended, dependencies);
    const once = await registry();

    await run(ended, dependencies);

    expect(await registry()).toEqual(once);
  });

  test('are released also where the run failed before it had a plan', async () => {
    const { dependencies, registry, store } = await lockedRun(done);
    store.objects.delete(keys.plan('run-1'));
    const error = { Error: 'ContendedError', Cause: 'one of its accounts' };

    const notified = await run({ ...ended, state: { error } }, dependencies);

    expect(notified.status).toBe('Failed');
    expect(await registry()).toEqual(emptyRegistry);
  });

  test('that cannot be released cost neither record nor message, and are not passed over in silence', async () => {
    const { dependencies, messages, codes, store } = await lockedRun(done);
    const refusing = {
      bucket: store.bucket,
      put: store.put.bind(store),
      putText: store.putText.bind(store),
      get: store.get.bind(store),
      sizes: store.sizes.bind(store),
      getTagged: store.getTagged.bind(store),
      putIf: () => Promise.reject(new Error('AccessDenied')),
    };

    const notified = await run(ended, { ...dependencies, store: refusing });

    expect(notified.status).toBe('Succeeded');
    expect(await store.get('runs/run-1/run.json')).toMatchObject({ outcomes: { Patched: 3 } });
    expect(messages).toHaveLength(1);
    expect(codes).toContain('FP_LOCKS_NOT_RELEASED');
  });
});
