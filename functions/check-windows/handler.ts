/**
 * No state calls it: EventBridge does, several times a day.
 * Side effects: none but a log line for each window without a run, which CloudWatch counts and alarms for.
 * dryRun: a dry run leaves a record as any other.
 * Safe to run twice: it only reads; a window is reported for as long as it is looked back.
 */
import { executionsSince, windowsNamed } from '../../shared/aws/window-history.ts';
import { keys } from '../../shared/domain/keys.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { type PastWindow, windowsWithoutRun } from '../../shared/domain/window-check.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { type CheckWindowsInput, checkWindowsInput } from './schema.ts';

/** A window may be open for 24 hours, its run may take ten more, and what is missing is to be reported for a day after. */
const lookedBackMilliseconds = 58 * 3_600_000;

interface Checked {
  readonly windows: number;
  readonly withoutRun: number;
  readonly usage: Usage;
}

export async function run(event: CheckWindowsInput, dependencies: Dependencies): Promise<Checked> {
  const { config, log, store } = dependencies;
  const now = dependencies.now();
  const ssm = dependencies.ssmFor({ accountId: event.account, region: event.region });
  const windows: PastWindow[] = [];
  for (const window of await windowsNamed(ssm, config.installWindowPrefix)) {
    const executions = await executionsSince(ssm, window.windowId, now - lookedBackMilliseconds);
    windows.push({ ...window, executions });
  }
  const runIds = windows.flatMap((window) => window.executions.flatMap((each) => each.taskExecutionIds));
  const hasRecord = new Set<string>();
  for (const runId of runIds) {
    // Whether it is there: it may be a hundred megabytes.
    const { size } = await store.sizes(keys.record(runIdOf(runId)));
    if (size > 0) hasRecord.add(runId);
  }
  const missing = windowsWithoutRun(windows, hasRecord, now);
  for (const each of missing) log('FP_WINDOW_WITHOUT_RUN', { ...each });
  log('FP_WINDOWS_CHECKED', { windows: windows.length, withoutRun: missing.length });
  return { windows: windows.length, withoutRun: missing.length, usage: noUsage };
}

export const handler = makeHandler({
  name: 'check-windows',
  input: checkWindowsInput,
  run,
  own: () => ({}),
});
