import * as z from 'zod';
import { namingFor } from '../../infra/names.ts';
import { eventResources } from '../../infra/resources/events.ts';
import { openingsOf } from '../../shared/domain/sla/calendar.ts';
import { uuid } from '../aws/http/identifiers.ts';
import type { Clock } from '../clock.ts';
import { random } from '../random.ts';
import type { LifeAccount } from './account.ts';
import type { InstallTask, ScanTask } from './deployed.ts';
import type { LifeNode } from './fleet.ts';
import type { Observer } from './observer.ts';
import { playScan, scanFigures } from './scan.ts';
import type { Opening } from './windows.ts';
import type { WorldEvent } from './world.ts';

/** Something that begins at its time, whatever else is under way. */
export interface Happening {
  readonly at: number;
  readonly happen: () => Promise<void>;
}

export interface HappeningParts {
  readonly account: LifeAccount;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly seed: number;
  readonly nodes: readonly LifeNode[];
  readonly openings: readonly Opening[];
  readonly world: readonly WorldEvent[];
  readonly range: { readonly from: number; readonly until: number };
  /** Undefined: as deployed. */
  readonly lookSchedule: string | undefined;
}

/** The world's doings, the windows and the schedule of the clock, in the order of their time. */
export function happeningsOf(parts: HappeningParts): Happening[] {
  const world = parts.world.map(({ entry, happen }) => ({
    at: entry.at,
    happen: async () => {
      parts.observer.note(entry.kind, entry.text);
      happen(parts.account.aws);
    },
  }));
  const windows = parts.openings.map((opening) => ({
    at: opening.opensAt,
    happen: () => playOpening(opening, parts),
  }));
  return [...world, ...windows, ...clockHappenings(parts)].toSorted((one, other) => one.at - other.at);
}

async function playOpening(opening: Opening, parts: HappeningParts): Promise<void> {
  const { scans, installs } = opening.window;
  await Promise.all([
    ...scans.map((task) => scan(task, opening, parts)),
    ...installs.map((task) => install(task, opening, parts)),
  ]);
}

async function scan(task: ScanTask, { opensAt }: Opening, parts: HappeningParts): Promise<void> {
  const { account, clock, observer, nodes } = parts;
  const service = { ssm: account.aws.ssm, clock };
  await playScan(task, service);
  const ids = nodes.filter(({ policy }) => policy === task.policy).map(({ node }) => node.nodeId);
  observer.scanned(task.policy, { nodes: ids.length, ...scanFigures(service, ids, opensAt) });
}

async function install(task: InstallTask, opening: Opening, parts: HappeningParts): Promise<void> {
  const { account, observer } = parts;
  const { window, windowExecutionId } = opening;
  const taskExecutionId = uuid(random('task execution', windowExecutionId, task.policy));
  const fill = (text: string): string =>
    text
      .replaceAll('{{TASK_EXECUTION_ID}}', taskExecutionId)
      .replaceAll('{{WINDOW_ID}}', window.windowId)
      .replaceAll('{{WINDOW_EXECUTION_ID}}', windowExecutionId);
  const name = fill(task.name);
  observer.note('run', `${task.policy}: the install window opens, run ${name} starts`);
  const { status } = await account.start('patch-fleet', { name, input: JSON.parse(fill(task.input)) });
  observer.ran(task.policy, { name, status, aws: account.aws });
}

const ruleSchema = z.object({
  ScheduleExpression: z.string(),
  Targets: z.tuple([z.object({ Input: z.string() })]),
});

/** The schedule of the deployed rule, which counts from the stack's deployment: here from the beginning. */
function clockHappenings({ account, observer, range, seed, lookSchedule }: HappeningParts): Happening[] {
  const resources = eventResources(namingFor('fleet-patcher', 'local'));
  const rule = ruleSchema.parse(resources['WatchSlaRule']?.Properties);
  const schedule = { schedule: lookSchedule ?? rule.ScheduleExpression, timeZone: 'UTC' };
  return openingsOf(schedule, { ...range, anchor: range.from }).map((at) => ({
    at,
    happen: async () => {
      const name = uuid(random(seed, 'watch-sla', at));
      const look = observer.lookBegins();
      const { status } = await account.start('watch-sla', { name, input: JSON.parse(rule.Targets[0].Input) });
      look.end(status);
    },
  }));
}
