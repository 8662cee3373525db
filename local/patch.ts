import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { loadPolicies } from '../infra/policies.ts';
import { type Clock, VirtualClock } from './clock.ts';
import { generateFleet } from './fleet/generate.ts';
import type { FleetNode } from './fleet/node.ts';
import { readFleet } from './fleet/read-fleet.ts';
import type { StartOptions } from './options.ts';
import { ProgressDisplay } from './progress.ts';
import { rehearse } from './rehearsal.ts';
import { messageText, outcomeTable, usageTable, writeReport } from './report.ts';
import { runAtEndpoint } from './run-at-endpoint.ts';
import { ScaledClock } from './scaled-clock.ts';
import type { Played, Watching } from './watching.ts';

/** Something that was given is refused, and why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The embedded fleet's evening: a second Saturday, 22:00 in Tokyo, when the window of prd-web opens. */
const startsAt = Date.parse('2026-01-10T13:00:00Z');
const out = 'out';

/** Plays the run, shows it, and answers with the exit code. */
export async function patch(
  options: StartOptions,
  screen: { readonly isTTY: boolean; write(text: string): void },
): Promise<number> {
  const policies = loadPolicies(options.policyFile);
  const policy = policies.policies[options.policy];
  if (!policy || !Object.hasOwn(policies.policies, options.policy)) {
    throw new InputError(
      `--policy: '${options.policy}' is refused; allowed: ${Object.keys(policies.policies).join(', ')}`,
    );
  }
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt);
  const logs: string[] = [];
  // Our own fleet begins anew each time, so the same seed is the same run; a server remembers the runs it has seen.
  const name = `${options.policy}-seed-${options.seed}${options.endpoint ? `-${randomUUID().slice(0, 8)}` : ''}`;
  const watch = (clock: Clock): Watching & { readonly display: ProgressDisplay } => {
    const display = new ProgressDisplay(screen, { startedAt: clock.now(), realNow: () => performance.now() });
    return {
      display,
      name,
      request: { policy: options.policy, operation: options.operation, dryRun: options.dryRun },
      onEvent: display.onEvent,
      onLog: (functionName, line) => logs.push(`${functionName} ${line}`),
      signal: interruption.signal,
    };
  };
  screen.write(
    `run ${name}, seed ${options.seed}, ${options.policy} ${options.operation}${options.dryRun ? ', dry run' : ''}\n`,
  );
  const played = options.endpoint
    ? await runAtEndpoint({ ...options, endpoint: options.endpoint }, policies, watch)
    : await playEmbedded(options, { policies, policy }, { screen, watch });
  process.off('SIGINT', interrupt);
  if (interruption.signal.aborted) {
    screen.write('interrupted: the run was aborted, nothing was written\n');
    return 130;
  }
  return tell(played, logs, screen);
}

async function playEmbedded(
  options: StartOptions,
  {
    policies,
    policy,
  }: {
    readonly policies: ReturnType<typeof loadPolicies>;
    readonly policy: ReturnType<typeof loadPolicies>['policies'][string];
  },
  {
    screen,
    watch,
  }: {
    readonly screen: { write(text: string): void };
    readonly watch: (clock: Clock) => Watching & { readonly display: ProgressDisplay };
  },
): Promise<Played> {
  const clock =
    options.speed === null ? new VirtualClock(startsAt) : new ScaledClock(startsAt, options.speed);
  const nodes = fleetFor(options, policy, (warning) => screen.write(`warning: ${warning}\n`));
  const { display, ...watching } = watch(clock);
  const { record, published } = await rehearse({
    ...watching,
    clock,
    seed: options.seed,
    nodes,
    policies,
    faults: options.faults,
    inWindow: options.operation === 'Install',
  });
  display.end();
  const messages = published.map((message) => ({
    topic: message.topicArn,
    subject: message.subject ?? '',
    text: message.message,
  }));
  return { record, messages };
}

function fleetFor(
  options: StartOptions,
  policy: ReturnType<typeof loadPolicies>['policies'][string],
  warn: (sentence: string) => void,
): readonly FleetNode[] {
  const { seed, faults } = options;
  const tags = Object.entries(policy.targetTags).map(([key, values]) => [key, values[0] ?? '']);
  const target = { ...Object.fromEntries(tags), PatchGroup: policy.patchGroup };
  const scopes = policy.scopes?.map(({ accountId, region }) => ({ accountId, region }));
  if (options.inventory.length === 0) {
    const operatingSystems = policy.baselines.map((baseline) => baseline.operatingSystem);
    return generateFleet({
      seed,
      nodes: options.nodes,
      target,
      faults,
      operatingSystems,
      ...(scopes ? { scopes } : {}),
    });
  }
  try {
    const inventory = readFleet(options.inventory, {
      seed,
      target,
      faults,
      ...(scopes?.[0] ? { scope: scopes[0] } : {}),
    });
    for (const warning of inventory.warnings) warn(warning);
    return inventory.nodes;
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function tell(played: Played, logs: readonly string[], screen: { write(text: string): void }): number {
  const { record, messages } = played;
  if (!record) {
    screen.write("the run died without a record: look at the functions' log\n");
    return 1;
  }
  const folder = writeReport(out, { record, messages, logs });
  const window = record.estimate.fitsWindow;
  const parts = [
    '',
    `${record.status}: ${record.reason}`,
    '',
    outcomeTable(record),
    '',
    usageTable(record),
    `  planned             ${Math.ceil(record.estimate.seconds / 60)} min in ${record.waves.length} waves${window === null ? '' : window ? ', fits the window' : ', does NOT fit the window'}`,
    '',
    ...(messages.length > 0
      ? [
          `${messages.length} ${messages.length === 1 ? 'message' : 'messages; the last one'}:`,
          '',
          messageText(messages.at(-1) ?? { topic: '', subject: '', text: '' }),
        ]
      : ['no message: nothing to tell']),
    '',
    `files: ${join(folder, 'run.json')}, messages.txt, functions.log; ${join(out, 'latest')} points there`,
    '',
  ];
  screen.write(parts.join('\n'));
  return record.status === 'Succeeded' ? 0 : 1;
}
