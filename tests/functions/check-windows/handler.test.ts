import { SSMClient } from '@aws-sdk/client-ssm';
import { run } from '../../../functions/check-windows/handler.ts';
import type { Ssm } from '../../../shared/aws/ssm-clients.ts';
import type { LogCode } from '../../../shared/lambda/log-messages.ts';
import { handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import { brokenLimits } from '../../support/service-limits.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-23T12:00:00Z');
const executionId = '0f0e0d0c-0b0a-4908-8706-050403020100';
const taskId = '1f0e0d0c-0b0a-4908-8706-050403020100';
const windowId = 'mw-0123456789abcdef0';
const ours = { WindowId: windowId, Name: 'fleet-patcher-local-install-0a1b2c3d', Enabled: true, Duration: 4 };

/** Systems Manager with these answers, by operation; it refuses requests beyond its limits. */
function answering(answers: Readonly<Record<string, unknown>>): Ssm {
  const client = new SSMClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const operation = String(context['commandName']).replace(/Command$/, '');
      const broken = brokenLimits(`ssm:${operation}`, JSON.parse(JSON.stringify(args.input)));
      if (broken.length > 0) throw new Error(broken.join('; '));
      return { output: Object(answers[operation] ?? {}), response: {} };
    },
    { step: 'initialize' },
  );
  return { client, once: client, pace: async () => undefined };
}

/** What the function finds in an account with one of our windows, opened so many hours ago. */
async function checked(options: {
  readonly windows?: readonly unknown[];
  readonly openedHoursAgo?: number;
  readonly tasks?: readonly string[];
  readonly records?: readonly string[];
}) {
  const { windows = [ours], openedHoursAgo = 20, tasks = [taskId], records = [] } = options;
  const store = new MemoryStore();
  for (const id of records) await store.put(`runs/${id}/run.json`, {});
  const logged: (readonly [LogCode, unknown])[] = [];
  const ssm = answering({
    DescribeMaintenanceWindows: { WindowIdentities: windows },
    DescribeMaintenanceWindowExecutions: {
      WindowExecutions: [
        { WindowExecutionId: executionId, StartTime: new Date(now - openedHoursAgo * hour) },
      ],
    },
    DescribeMaintenanceWindowExecutionTasks: {
      WindowExecutionTaskIdentities: tasks.map((TaskExecutionId) => ({ TaskExecutionId })),
    },
  });
  const result = await run(
    { account: '111122223333', region: 'us-east-1' },
    {
      ...handMadeDependencies(now, store),
      ssmFor: () => ssm,
      log: (code, details) => void logged.push([code, details]),
    },
  );
  const missing = logged.filter(([code]) => code === 'FP_WINDOW_WITHOUT_RUN').map(([, details]) => details);
  return { result, missing };
}

describe('an install window', () => {
  test('whose run has left its record is in order', async () => {
    const { result, missing } = await checked({ records: [taskId] });

    expect(missing).toEqual([]);
    expect(result).toMatchObject({ windows: 1, withoutRun: 0 });
  });

  test('whose run has left no record is reported, with the name of the run', async () => {
    const { missing } = await checked({});

    expect(missing).toEqual([{ name: ours.Name, windowId, runId: taskId, why: 'its run left no record' }]);
  });

  test('with two policies is reported for the one without a run', async () => {
    const other = taskId.replace('1f', '2f');

    const { missing } = await checked({ tasks: [taskId, other], records: [taskId] });

    expect(missing).toMatchObject([{ runId: other }]);
  });

  test('[F27] that was skipped, because the one before it was still open, is reported', async () => {
    const { missing } = await checked({ tasks: [] });

    expect(missing).toMatchObject([{ runId: null, why: expect.stringContaining('was skipped') }]);
  });

  test('that is disabled is reported', async () => {
    const { missing } = await checked({ windows: [{ ...ours, Enabled: false }], records: [taskId] });

    expect(missing).toMatchObject([{ why: 'it is disabled' }]);
  });

  test('is given until ten hours after its end', async () => {
    const inTime = await checked({ openedHoursAgo: 13 });
    const late = await checked({ openedHoursAgo: 14 });

    expect([inTime.missing.length, late.missing.length]).toEqual([0, 1]);
  });

  test('of somebody else is none of our business', async () => {
    const { result } = await checked({ windows: [{ ...ours, Name: 'backup' }] });

    expect(result).toMatchObject({ windows: 0, withoutRun: 0 });
  });
});
