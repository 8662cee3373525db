import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { Finding } from '../aws/securityhub/finding.ts';
import type { PublishedMessage } from '../aws/sns/sns.ts';
import type { Journal } from '../aws/ssm/journal.ts';
import { VirtualClock } from '../clock.ts';
import { bucketName, ledgerTable } from '../names.ts';
import { type LifeAccount, openAccount } from './account.ts';
import { deployedWindows } from './deployed.ts';
import { type LifeNode, makeFleet, type PolicyRelease } from './fleet.ts';
import { type Happening, happeningsOf } from './happenings.ts';
import { type LifeLook, Observer } from './observer.ts';
import type { TimelineEntry } from './timeline.ts';
import { openings, registeredWindows } from './windows.ts';
import { type ForeignScanPlan, rescans, worldEvents } from './world.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A Monday morning in Tokyo. */
const lifeStartsAt = Date.parse('2026-01-05T00:00:00Z');

export interface LifeOptions {
  readonly seed: number;
  /** Of all policies together. */
  readonly nodes: number;
  readonly days: number;
  /** All that is deployed. */
  readonly policies: PolicyFile;
  /** How often the clock is looked at, such as `rate(4 hours)`, instead of as deployed. */
  readonly lookSchedule?: string;
  /** As it happens, for a display. */
  readonly onEntry?: (entry: TimelineEntry) => void;
}

/** What was, and what is left, when the life is over. Times are epoch milliseconds of simulated time. */
export interface Life {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly nodes: readonly LifeNode[];
  readonly releases: readonly PolicyRelease[];
  readonly foreignScans: readonly ForeignScanPlan[];
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly PublishedMessage[];
  /** What really happened on the nodes. */
  readonly journal: Journal;
  /** When the ledger was brought up to date, by policy: from the invocation to its answer. */
  readonly looks: readonly LifeLook[];
  readonly ledger: readonly Readonly<Record<string, unknown>>[];
  /** All that Security Hub ever heard, as it stands. */
  readonly findings: readonly Finding[];
  /** The last report of the clock, as it lies in the bucket; empty before the first. */
  readonly report: { readonly json: string; readonly csv: string };
  readonly logs: readonly string[];
}

/** Plays it. Rejects with the first defect: a function that fails is none. */
export async function live(options: LifeOptions): Promise<Life> {
  const { seed, policies } = options;
  const startsAt = lifeStartsAt;
  const endsAt = startsAt + options.days * day;
  const clock = new VirtualClock(startsAt);
  const fleet = makeFleet({ ...options, policies: policies.policies, startsAt });
  const windows = deployedWindows(policies.policies);
  // Rates count from when a window was made; not the hour of the clock's looks, or they would meet each time.
  const anchor = startsAt + 25 * 60_000;
  const all = openings(windows, { from: startsAt, until: endsAt + 60 * day, anchor });
  const observer = new Observer({ clock, onEntry: options.onEntry ?? (() => undefined) });
  const account = await openAccount({
    ...observer.handlers,
    clock,
    seed,
    policies,
    nodes: [...fleet.nodes.map(({ node }) => node), ...fleet.bystanders],
    maintenanceWindows: registeredWindows(windows, all),
  });
  const plan = { seed, ...fleet, startsAt, endsAt };
  try {
    const happenings = happeningsOf({
      account,
      clock,
      observer,
      seed,
      nodes: fleet.nodes,
      openings: all.filter(({ opensAt }) => opensAt < endsAt),
      world: worldEvents(plan),
      range: { from: startsAt, until: endsAt },
      lookSchedule: options.lookSchedule,
    });
    await playAll(happenings, clock);
    return {
      startsAt,
      endsAt,
      nodes: fleet.nodes,
      releases: fleet.releases,
      foreignScans: fleet.nodes.flatMap(({ oddity, node }) =>
        oddity === 'rescanned' ? rescans(plan, node.nodeId).filter(({ at }) => at < endsAt) : [],
      ),
      timeline: observer.timeline(account.aws.published),
      messages: [...account.aws.published],
      journal: account.aws.ssm.journal,
      looks: observer.looks,
      ledger: await account.aws.dynamodb.items(ledgerTable),
      findings: [...account.aws.securityHub.findings],
      report: reportOf(account),
      logs: observer.logs,
    };
  } finally {
    await account.close();
  }
}

/** Each at its time, none waiting for another to end; answers when all have. */
async function playAll(happenings: readonly Happening[], clock: VirtualClock): Promise<void> {
  const playing: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const { at, happen } of happenings) {
    if (at > clock.now()) await clock.sleep(at - clock.now());
    if (failures.length > 0) break;
    playing.push(happen().catch((error: unknown) => void failures.push(error)));
  }
  await Promise.all(playing);
  if (failures.length > 0) throw failures[0];
}

function reportOf({ aws }: LifeAccount): Life['report'] {
  const known = aws.s3.keys(bucketName);
  const text = (key: string): string =>
    known.includes(key) ? aws.s3.object(bucketName, key).toString('utf8') : '';
  return { json: text('sla/report.json'), csv: text('sla/report.csv') };
}
