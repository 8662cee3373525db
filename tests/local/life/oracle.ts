import { recordOf } from '../../../local/aws/ssm/node-record.ts';
import { PatchBaselines } from '../../../local/aws/ssm/patch-baselines.ts';
import { patchAt } from '../../../local/fleet/agent-inventory.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import type { Life } from '../../../local/life/life.ts';
import { Weather } from '../../../local/weather.ts';

const documentName = 'AWS-RunPatchBaseline';

/** What a patch operation told of a node, by what really was on the node. Epoch milliseconds. */
interface Report {
  readonly kind: 'Scan' | 'Install';
  readonly isOwn: boolean;
  readonly endedAt: number;
  /** By KB id, when it was installed: what the list shows as present. */
  readonly present: ReadonlyMap<string, number>;
  readonly lacking: ReadonlySet<string>;
  /** Also what only another baseline asks for. */
  readonly isCompliant: boolean;
}

/** A patch's clock as it must have been. `closedAtLook`: when the ledger could first know. */
export interface Clock {
  readonly nodeId: string;
  readonly patchId: string;
  readonly startedAt: number;
  readonly stoppedAt: number | null;
  readonly stoppedInLook: number | null;
}

/**
 * The clocks of a life's nodes by its truth alone: who lacked what since when, which scans saw it, and when somebody
 * looked. Null for a node of which a report came while somebody looked: there either is right.
 */
export function clocksOf(life: Life, seed: number): ReadonlyMap<string, readonly Clock[] | null> {
  return new Map(
    life.nodes
      .filter(({ node }) => node.isManaged)
      .map(({ node, policy }) => {
        const looks = life.looks.filter((look) => look.policy === policy);
        return [node.nodeId, nodeClocks(node, reportsOf(node, life, seed), looks)] as const;
      }),
  );
}

function nodeClocks(
  node: FleetNode,
  reports: readonly Report[],
  looks: Life['looks'],
): readonly Clock[] | null {
  const running = new Map<string, number>();
  const clocks: Clock[] = [];
  let read: Report | undefined;
  for (const look of looks) {
    if (reports.some(({ endedAt }) => endedAt > look.startedAt - 5_000 && endedAt < look.endedAt + 5_000))
      return null;
    const report = reports.findLast(({ endedAt }) => endedAt < look.startedAt);
    if (!report || report === read) continue;
    read = report;
    for (const patchId of report.isOwn ? report.lacking : [])
      if (!running.has(patchId)) running.set(patchId, report.endedAt);
    for (const [patchId, startedAt] of running) {
      const installedAt = report.present.get(patchId);
      if (installedAt === undefined) continue;
      running.delete(patchId);
      const stop = { stoppedAt: Math.max(installedAt, startedAt), stoppedInLook: look.endedAt };
      clocks.push({ nodeId: node.nodeId, patchId, startedAt, ...stop });
    }
  }
  const open = [...running].map(([patchId, startedAt]) => ({
    nodeId: node.nodeId,
    patchId,
    startedAt,
    stoppedAt: null,
    stoppedInLook: null,
  }));
  return [...clocks, ...open];
}

/** Every report of a node in the order of its time: the one of the beginning, its operations', and somebody else's. */
function reportsOf(node: FleetNode, life: Life, seed: number): Report[] {
  const truth = new NodeTruth(node);
  const first = recordOf(node, {
    seed,
    now: life.startsAt,
    baselines: new PatchBaselines([]),
    weather: new Weather(),
  });
  const operations = life.journal.executions.flatMap(
    ({ nodeId, document, step, startedAt, endedAt, result }) => {
      if (nodeId !== node.nodeId || document !== documentName || endedAt === undefined) return [];
      return [{ at: endedAt, play: () => truth.operate(step, { startedAt, endedAt, result }) }];
    },
  );
  const foreign = life.foreignScans
    .filter(({ nodeId }) => nodeId === node.nodeId)
    .map(({ at }) => ({ at, play: () => truth.foreignScan(at) }));
  const begins = truth.scan(first.memory.report.startedAt, first.memory.report.endedAt);
  const later = [...operations, ...foreign].toSorted((one, other) => one.at - other.at);
  return [begins, ...later.flatMap(({ play }) => play() ?? [])];
}

/** What is on a node, patch by patch, told from its fate. Reboots are part of an Install. */
class NodeTruth {
  private readonly node: FleetNode;
  private readonly present = new Map<number, number>();

  constructor(node: FleetNode) {
    this.node = node;
  }

  operate(
    step: string,
    run: { readonly startedAt: number; readonly endedAt: number; readonly result: string },
  ): Report | undefined {
    const { fate } = this.node;
    const { startedAt, endedAt, result } = run;
    if (step === 'Scan') return result === 'Success' ? this.scan(startedAt, endedAt) : undefined;
    // One that met another operation, was stopped or timed out ends earlier, and leaves nothing behind.
    const isWhole = endedAt >= startedAt + fate.installSeconds * 1000;
    const isDone = fate.install === 'succeeds' ? result === 'Success' : result === 'Failed' && isWhole;
    if (!isDone) return undefined;
    const left = this.unresolved(startedAt);
    for (const index of this.missing(startedAt)) if (!left.includes(index)) this.present.set(index, endedAt);
    if (fate.install === 'falseFailure') return undefined;
    const lacking = this.ids(fate.install === 'fails' ? left : []);
    return {
      kind: 'Install',
      isOwn: true,
      endedAt: whole(endedAt),
      ...this.listed(),
      lacking,
      isCompliant: lacking.size === 0,
    };
  }

  scan(startedAt: number, endedAt: number): Report {
    const lacking = this.ids(this.missing(startedAt));
    return {
      kind: 'Scan',
      isOwn: true,
      endedAt: whole(endedAt),
      ...this.listed(),
      lacking,
      isCompliant: lacking.size === 0,
    };
  }

  foreignScan(at: number): Report {
    return {
      kind: 'Scan',
      isOwn: false,
      endedAt: whole(at),
      ...this.listed(),
      lacking: new Set(),
      isCompliant: false,
    };
  }

  private listed(): Pick<Report, 'present'> {
    return {
      present: new Map([...this.present].map(([index, at]) => [patchAt(this.node, index).kbId, whole(at)])),
    };
  }

  private missing(at: number): number[] {
    const { installedPatches, missingPatches, releases = [] } = this.node.fate;
    const released = releases.reduce((sum, release) => sum + (release.at <= at ? release.patches : 0), 0);
    const asked = Array.from({ length: missingPatches + released }, (_, offset) => installedPatches + offset);
    return asked.filter((index) => !this.present.has(index));
  }

  private unresolved(at: number): number[] {
    const { installedPatches, missingPatches, stubbornPatches, install } = this.node.fate;
    const end = installedPatches + missingPatches;
    const count = Math.max(stubbornPatches, install === 'fails' ? 1 : 0);
    const missing = this.missing(at);
    const left = missing.filter((index) => index < end && index >= end - count);
    return left.length === 0 && install === 'fails' ? missing.slice(0, 1) : left;
  }

  private ids(indexes: readonly number[]): Set<string> {
    return new Set(indexes.map((index) => patchAt(this.node, index).kbId));
  }
}

/** As AWS tells times. */
function whole(milliseconds: number): number {
  return Math.round(milliseconds);
}
