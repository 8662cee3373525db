import { run } from '../../../functions/close-run/handler.ts';
import type { CloseRunInput } from '../../../functions/close-run/schema.ts';
import { run as sendCommand } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { runRecordSchema } from '../../../shared/domain/account.ts';
import { summaryOf } from '../../../shared/domain/run-summary.ts';
import type { Send } from '../../../shared/domain/turn.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { config, recordingPublish } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { plannedRun, preHookOf, runId, scanOf, turn, writeRun } from '../turns.ts';

afterEach(async () => {
  await closeAccounts();
});

const ids = nodes(4).map((node) => node.nodeId);

function aborted(different: Partial<CloseRunInput> = {}): CloseRunInput {
  return {
    executionArn: `arn:aws:states:us-east-1:111122223333:execution:patch-fleet:${runId}`,
    name: runId,
    status: 'ABORTED',
    startDate: startsAt,
    error: null,
    cause: null,
    ...different,
  };
}

/** A run in an account, stopped while these commands were at work; its batch knows of none of them yet. */
async function stoppedRun(sends: readonly Send[] = [], different: Parameters<typeof plannedRun>[1] = {}) {
  const account = await startAccount({ nodes: nodes(4) });
  const { messages, publish } = recordingPublish();
  const dependencies = { ...account.dependencies, publish };
  const made = plannedRun(ids, different);
  await writeRun(dependencies.store, made);
  for (const batch of made.batches) {
    await writeBatch(dependencies.store, {
      ...batch,
      turn: 1,
      status: different.dryRun ? 'done' : 'running',
    });
  }
  if (sends.length > 0) await sendCommand(turn({ sends: [...sends] }), dependencies);
  // Until SSM's listing has caught up.
  await account.wait(4);
  const cancelled = () => account.calls.filter((call) => call.operation === 'CancelCommand').length;
  const record = async () => runRecordSchema.parse(await dependencies.store.get(`runs/${runId}/run.json`));
  return { account, dependencies, messages, cancelled, record };
}

describe('the end of a run that nobody has closed', () => {
  test('stops what is at work on the nodes, also what the batch does not know of yet', async () => {
    const { dependencies, cancelled } = await stoppedRun([
      preHookOf(ids.slice(0, 2)),
      scanOf(ids.slice(2), { sequence: 2, comment: `${runId} w1-b1 patch 2` }),
    ]);

    await run(aborted(), dependencies);

    expect(cancelled()).toBe(2);
  });

  test("lets post-hooks finish, and other runs' commands be", async () => {
    const { dependencies, cancelled } = await stoppedRun([
      preHookOf(ids.slice(0, 2), { step: 'postHook', comment: `${runId} w1-b1 postHook 1` }),
      scanOf(ids.slice(2), { sequence: 2, comment: `${runId}0 w1-b1 patch 2` }),
    ]);

    await run(aborted(), dependencies);

    expect(cancelled()).toBe(0);
  });

  test('closes the account: every node has an outcome, and the status is Failed', async () => {
    const { dependencies, record } = await stoppedRun([preHookOf(ids)]);

    const closed = await run(aborted({ status: 'TIMED_OUT' }), dependencies);

    expect(closed.status).toBe('Failed');
    expect(await record()).toMatchObject({
      status: 'Failed',
      reason: 'the execution ended TIMED_OUT: no cause given',
      nodesInScope: 4,
      outcomes: { Unknown: 4 },
    });
  });

  test.each(['CancelCommand', 'ListCommands'])('is told of though %s is refused', async (operation) => {
    const { account, dependencies, messages, record } = await stoppedRun([preHookOf(ids)]);
    account.override(operation, () => {
      throw new AwsError('AccessDeniedException', 'no');
    });

    await run(aborted(), dependencies);

    expect((await record()).status).toBe('Failed');
    expect(messages).toHaveLength(1);
    expect(account.codes).toContain('FP_CANCEL_FAILED');
  });

  test('alerts once, with the cause and the way to the runbook', async () => {
    const { dependencies, messages } = await stoppedRun();

    await run(aborted({ error: 'Stopped', cause: 'by the operator' }), dependencies);
    const again = await run(aborted({ error: 'Stopped', cause: 'by the operator' }), dependencies);

    expect(again.status).toBe('AlreadyClosed');
    expect(messages).toMatchObject([
      { topicArn: config.alertsTopicArn, attributes: { severity: 'critical', kind: 'run-ended' } },
    ]);
    expect(messages[0]?.text).toContain('the execution ended ABORTED: Stopped: by the operator');
    expect(messages[0]?.text).toMatch(/docs\/operations\.md#run-failed$/);
  });

  test('looks twice: what a dying function still sends is stopped too', async () => {
    const { account, dependencies, cancelled } = await stoppedRun();
    let slept = 0;
    const sleep = async (milliseconds: number) => {
      slept = Math.max(slept, milliseconds);
      if (milliseconds < 60_000) return account.wait(milliseconds / 1000);
      await sendCommand(turn({ sends: [scanOf(ids)] }), dependencies);
      await account.wait(4);
    };

    await run(aborted(), { ...dependencies, sleep });

    expect(slept).toBeGreaterThanOrEqual(120_000);
    expect(cancelled()).toBe(1);
  });

  test('tells of a run that never came to a plan', async () => {
    const { dependencies, messages } = await stoppedRun();

    await run(aborted({ name: 'another-run' }), dependencies);

    expect(messages[0]?.text).toContain('the execution ended ABORTED');
  });

  test('fails, and is invoked again, if nobody could be told', async () => {
    const { dependencies, messages } = await stoppedRun();
    const { publish } = recordingPublish({ failure: new Error('SNS is away') });

    await expect(run(aborted(), { ...dependencies, publish })).rejects.toThrow('SNS is away');
    await run(aborted(), dependencies);

    expect(messages).toHaveLength(1);
  });
});

describe('the end of a run that notify has closed', () => {
  test('is left alone, if people were told', async () => {
    const { dependencies, messages, cancelled } = await stoppedRun([preHookOf(ids)]);
    await dependencies.store.put(`runs/${runId}/told.json`, {
      status: 'Halted',
      startedAt: new Date(startsAt).toISOString(),
    });

    const closed = await run(aborted({ status: 'FAILED', error: 'RunHalted' }), dependencies);

    expect([closed.status, messages.length, cancelled()]).toEqual(['AlreadyClosed', 0, 0]);
  });

  test('is told of by the record that notify has written, if it could not tell', async () => {
    const { dependencies, messages, record } = await stoppedRun();
    await run(aborted({ cause: 'first' }), { ...dependencies, publish: async () => undefined });
    await dependencies.store.put(`runs/${runId}/summary.json`, {
      ...summaryOf(await record()),
      reason: 'as notify wrote it',
    });
    const store = {
      ...dependencies.store,
      bucket: dependencies.store.bucket,
      get: async (key: string) => (key.endsWith('told.json') ? undefined : dependencies.store.get(key)),
    };

    await run(aborted({ status: 'FAILED' }), { ...dependencies, store });

    expect(messages).toHaveLength(1);
    expect(messages[0]?.text).toContain('as notify wrote it');
  });

  test('of a dry run says nothing and stops nothing', async () => {
    const { dependencies, cancelled } = await stoppedRun([preHookOf(ids)], { dryRun: true });

    await run(aborted(), dependencies);

    expect(cancelled()).toBe(0);
  });
});
