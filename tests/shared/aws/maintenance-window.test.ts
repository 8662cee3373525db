import { windowEnd } from '../../../shared/aws/maintenance-window.ts';
import { startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

const window = {
  windowId: 'mw-0123456789abcdef0',
  windowExecutionId: '0f0e0d0c-0b0a-4908-8706-050403020100',
} as const;

function startWithWindow() {
  return startAccount({
    nodes: [],
    maintenanceWindows: [
      {
        ...home,
        windowId: window.windowId,
        name: 'prd-web',
        schedule: 'rate(1 day)',
        durationHours: 4,
        cutoffHours: 1,
        executions: [{ windowExecutionId: window.windowExecutionId, startsAt: startsAt - 600_000 }],
      },
    ],
  });
}

describe('windowEnd', () => {
  test('[F25] is the start of this execution and the duration of its window, from two calls', async () => {
    const account = await startWithWindow();

    const end = await windowEnd(account.ssm, window);

    expect(end).toEqual({ endsAt: startsAt - 600_000 + 4 * 3_600_000, cutoffSeconds: 3600 });
    expect(account.counted).toEqual(['ssm:GetMaintenanceWindowExecution', 'ssm:GetMaintenanceWindow']);
  });

  test('[F25] refuses a window that tells no start or duration, and names it', async () => {
    const account = await startWithWindow();
    account.override('GetMaintenanceWindow', () => ({ WindowId: window.windowId }));

    await expect(windowEnd(account.ssm, window)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining(
        'window: mw-0123456789abcdef0 has no start time or duration; allowed:',
      ),
    });
  });

  test('lets the error of an execution that is not there through', async () => {
    const account = await startWithWindow();
    const windowExecutionId = '00000000-0b0a-4908-8706-050403020100';

    await expect(windowEnd(account.ssm, { ...window, windowExecutionId })).rejects.toMatchObject({
      name: 'DoesNotExistException',
    });
  });
});
