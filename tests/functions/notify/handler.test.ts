import { run } from '../../../functions/notify/handler.ts';
import { type RunRecord, runRecordSchema } from '../../../shared/domain/account.ts';
import type { BatchState } from '../../../shared/domain/batch.ts';
import { summaryOf } from '../../../shared/domain/run-summary.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import {
  config,
  handMadeDependencies,
  MemoryStore,
  recordingPublish,
} from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { execution, plannedRun, turn, writeRun } from '../turns.ts';

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

type RunEnd = Extract<Parameters<typeof run>[0], { readonly kind: 'run-ended' }>;

function runEnd(state: RunEnd['state'] = {}): RunEnd {
  return { kind: 'run-ended', execution, state };
}

/** A run whose batches stand as `end` leaves them; undefined leaves a batch untouched. */
async function endedRun(
  count: number,
  different: Parameters<typeof plannedRun>[1],
  end: (batch: BatchState) => Partial<BatchState> | undefined,
) {
  const store = new MemoryStore();
  const made = plannedRun(ids(count), different);
  await writeRun(store, made);
  for (const batch of made.batches) {
    const left = end(batch);
    if (left) await writeBatch(store, { ...batch, turn: 1, ...left });
  }
  const { messages, publish } = recordingPublish();
  const dependencies = { ...handMadeDependencies(startsAt + 3_600_000, store), publish };
  return { store, messages, dependencies, record: () => recordOf(store) };
}

async function recordOf(store: MemoryStore): Promise<RunRecord> {
  return runRecordSchema.parse(await store.get('runs/run-1/run.json'));
}

const step = {
  step: 'patch' as const,
  sequence: 1,
  commandId: 'command-1',
  status: 'Success' as const,
  startedAt: startsAt,
  endedAt: startsAt + 60_000,
};
const doneWith =
  (outcome: NonNullable<BatchState['nodes'][number]['outcome']>, reason = 'so it was') =>
  (batch: BatchState) => ({
    status: 'done' as const,
    nodes: batch.nodes.map((node) => ({ ...node, outcome, reason, steps: [step] })),
  });

describe('the end of a run', () => {
  test('closes the account: every node of the plan has one outcome', async () => {
    const { dependencies, record } = await endedRun(5, {}, doneWith('Patched'));

    const notified = await run(
      runEnd({ reason: 'all waves are done', wave: { waveIndex: 0 } }),
      dependencies,
    );

    expect(notified).toMatchObject({ status: 'Succeeded', recordKey: 'runs/run-1/run.json' });
    expect(await record()).toMatchObject({ nodesInScope: 5, outcomes: { Patched: 5 }, status: 'Succeeded' });
  });

  test('[F30] knows the nodes of a batch that died as Unknown, and those of waves that never came as NotReached', async () => {
    const different = { rollout: { waves: ['20%', '100%'] } };
    const { dependencies, record, messages } = await endedRun(10, different, (batch) =>
      batch.waveIndex === 0
        ? {
            status: 'running',
            nodes: batch.nodes.map((node) => ({ ...node, steps: [{ ...step, status: null }] })),
          }
        : undefined,
    );

    const notified = await run(
      runEnd({ reason: 'batches died: w1-b1', wave: { waveIndex: 0 } }),
      dependencies,
    );

    const account = await record();
    expect(notified.status).toBe('Failed');
    expect(account.outcomes).toEqual({ Unknown: 2, NotReached: 8 });
    expect(account.nodes.find((node) => node.outcome === 'Unknown')?.reason).toBe(
      'its batch died during patch',
    );
    expect(messages).toMatchObject([
      { topicArn: config.alertsTopicArn, attributes: { severity: 'critical' } },
    ]);
  });

  test('writes a node a line, after what is not nodes, and all but the nodes once more beside it', async () => {
    const different = { rollout: { waves: ['20%', '100%'] } };
    const { dependencies, record, store } = await endedRun(10, different, doneWith('PostHookFailed'));

    await run(runEnd({ wave: { waveIndex: 1 } }), dependencies);

    const lines = store.objects.get('runs/run-1/run.json')?.trimEnd().split('\n') ?? [];
    expect(lines).toHaveLength(12);
    expect(lines[0]).toMatch(/^\{"runId":"run-1".*"status":.*"nodes":\[$/);
    expect(lines[1]).toMatch(/^\{"nodeId":.*\},$/);
    expect(await store.get('runs/run-1/summary.json')).toEqual(summaryOf(await record()));
  });

  test('tells of a run that failed before it had a plan, by the message of its cause', async () => {
    const { publish, messages } = recordingPublish();
    const store = new MemoryStore();
    const error = {
      Error: 'InvalidRequestError',
      Cause: JSON.stringify({ errorType: 'InvalidRequestError', errorMessage: 'policy: "x" is\nrefused' }),
    };

    const notified = await run(runEnd({ error }), { ...handMadeDependencies(startsAt, store), publish });

    expect(notified.status).toBe('Failed');
    expect(await recordOf(store)).toMatchObject({
      status: 'Failed',
      reason: 'InvalidRequestError: policy: "x" is\nrefused',
      nodesInScope: 0,
    });
    expect(messages[0]).toMatchObject({ topicArn: config.alertsTopicArn });
    expect(messages[0]?.text).toContain('policy: "x" is\nrefused');
  });

  test.each([
    ['no cause', undefined, 'States.Timeout: no cause given'],
    ['a cause that is no JSON', 'the task ran out of time', 'States.Timeout: the task ran out of time'],
  ])('tells of a fault with %s', async (_what, Cause, reason) => {
    const { dependencies, record } = await endedRun(1, {}, () => undefined);
    const error = { Error: 'States.Timeout', ...(Cause === undefined ? {} : { Cause }) };

    await run(runEnd({ error }), dependencies);

    expect(await record()).toMatchObject({ status: 'Failed', reason });
  });

  test('reports a good run to the topic for reports, and one that needs a hand to the topic for alerts', async () => {
    const good = await endedRun(2, {}, doneWith('Patched'));
    const bad = await endedRun(2, {}, doneWith('PostHookFailed'));

    await run(runEnd({ wave: { waveIndex: 0 } }), good.dependencies);
    await run(runEnd({ wave: { waveIndex: 0 } }), bad.dependencies);

    expect(good.messages).toMatchObject([
      {
        topicArn: config.reportsTopicArn,
        attributes: { severity: 'info', policy: 'prd-web', kind: 'run-ended', runId: 'run-1' },
      },
    ]);
    expect(bad.messages.map((message) => message.topicArn)).toEqual([config.alertsTopicArn]);
  });

  test('is told in chat, too, if the policy wants it', async () => {
    const { dependencies, messages } = await endedRun(1, { settings: { chat: true } }, doneWith('Patched'));

    await run(runEnd({ wave: { waveIndex: 0 } }), dependencies);

    expect(messages.map((message) => message.topicArn)).toEqual([
      config.reportsTopicArn,
      config.chatTopicArn,
    ]);
    expect(JSON.parse(messages[1]?.text ?? '')).toMatchObject({ metadata: { threadId: 'run-1' } });
  });

  test('is silent for an empty window, and leaves its record', async () => {
    const { dependencies, messages, record } = await endedRun(0, {}, () => undefined);

    const notified = await run(runEnd({ wave: { waveIndex: 0 } }), dependencies);

    expect(notified).toMatchObject({ status: 'Succeeded', reason: 'no node carries the tags of the policy' });
    expect(messages).toEqual([]);
    expect(await record()).toMatchObject({ nodesInScope: 0 });
  });

  test('is silent after a dry run, and leaves its record', async () => {
    const { dependencies, messages, record } = await endedRun(3, { dryRun: true }, () => undefined);

    await run(runEnd({ reason: 'dry run: no node was touched', wave: { waveIndex: 0 } }), dependencies);

    expect(messages).toEqual([]);
    expect(await record()).toMatchObject({ dryRun: true, outcomes: { WouldPatch: 3 } });
  });

  test('a second run leaves the same record, and would rather tell twice than never', async () => {
    const { dependencies, messages, record } = await endedRun(2, {}, doneWith('Patched'));
    await run(runEnd({ wave: { waveIndex: 0 } }), dependencies);
    const before = await record();

    await run(runEnd({ wave: { waveIndex: 0 } }), dependencies);

    expect(await record()).toEqual(before);
    expect(messages).toHaveLength(2);
    expect(messages[1]).toEqual(messages[0]);
  });

  test('leaves its record also when nothing can be published, and fails', async () => {
    const { dependencies, record } = await endedRun(2, {}, doneWith('Patched'));
    const { publish } = recordingPublish({ failure: new Error('SNS is away') });

    const act = run(runEnd({ wave: { waveIndex: 0 } }), { ...dependencies, publish });

    await expect(act).rejects.toThrow('SNS is away');
    expect(await record()).toMatchObject({ outcomes: { Patched: 2 } });
  });

  test('[F37] keeps the message of a thousand failures within what SNS takes, in Japanese too', async () => {
    const different = { settings: { language: 'ja' as const, policy: 'prd-web' } };
    const { dependencies, messages } = await endedRun(
      1000,
      different,
      doneWith('PostHookFailed', 'exit 1 '.repeat(50)),
    );

    await run(runEnd({ wave: { waveIndex: 0 } }), dependencies);

    const [message] = messages;
    expect(Buffer.byteLength(message?.text ?? '')).toBeLessThan(262_144);
    expect(message?.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(Object.values(message?.attributes ?? {})).not.toContain('');
  });
});

describe('what cannot wait', () => {
  const urgent = [{ nodeId: ids(1)[0] ?? '', what: 'PostHookFailed', reason: 'exit 1' }];

  test('goes to the topic for alerts at once', async () => {
    const { dependencies, messages, store } = await endedRun(1, {}, () => undefined);
    const before = new Map(store.objects);

    const notified = await run(turn({ urgent }), dependencies);

    expect(notified.status).toBe('Urgent');
    expect(messages).toMatchObject([
      {
        topicArn: config.alertsTopicArn,
        attributes: { severity: 'critical', kind: 'urgent', policy: 'prd-web' },
      },
    ]);
    expect(messages[0]?.text).toContain('PostHookFailed');
    expect(store.objects).toEqual(before);
  });

  test('goes out also when the plan cannot be found', async () => {
    const { publish, messages } = recordingPublish();

    await run(turn({ urgent }), { ...handMadeDependencies(startsAt), publish });

    expect(messages).toMatchObject([{ attributes: { policy: 'unknown' } }]);
  });
});
