import type { Listed, NodeAccount, RunRecord, RunSummary, Unheard } from './account.ts';
import { serviceSeconds } from './lower-bound.ts';
import { owesPostHook } from './node-life.ts';
import { classOf, type Outcome } from './outcome.ts';

/** Nodes that a list of the summary, and so a message, names. */
const nodesListed = 25;

/** What is kept of the nodes of a closed account when they themselves are not: they may be 100,000. */
export class NodeTally {
  /** Seconds of work of each node that was touched, by the number of its wave. */
  readonly work = new Map<number, number[]>();
  readonly outcomes: Partial<Record<Outcome, number>> = {};
  nodesInScope = 0;
  /** When the last step ended, in ms; 0 if there was none. */
  lastEnd = 0;
  /** The first node that there was something to do for. */
  first: Pick<NodeAccount, 'outcome' | 'reason'> | undefined;
  private touched = 0;
  private owingPostHooks = 0;
  private readonly handsNeeded = noneListed();
  private readonly owedPostHooks = noneListed();
  private readonly troubles = noneListed();
  private readonly unheard: Unheard[] = [];

  add(node: NodeAccount): void {
    const { outcome, reason } = node;
    this.nodesInScope += 1;
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    if (outcome !== 'OptedOut' && outcome !== 'Stopped') this.first ??= { outcome, reason };
    if (node.steps.length > 0) this.addWork(node);
    this.addUnheard(node);
    const isOwing = owesPostHook(node);
    if (isOwing) this.owingPostHooks += 1;
    if (needsHand(outcome)) list(this.handsNeeded, node);
    else if (isOwing) list(this.owedPostHooks, node);
    else if (classOf(outcome) === 'error') list(this.troubles, node);
  }

  /** What a message says of the nodes. */
  attention(): Omit<RunSummary, keyof RunRecord> {
    const { touched, owingPostHooks, handsNeeded, owedPostHooks, troubles, unheard } = this;
    return { touched, owingPostHooks, handsNeeded, owedPostHooks, troubles, unheard };
  }

  private addUnheard({ nodeId, scope, steps }: NodeAccount): void {
    const last = steps.at(-1);
    if (last?.status !== 'InProgress') return;
    const { step, commandId, startedAt } = last;
    this.unheard.push({ nodeId, scope, step: { step, commandId, startedAt } });
  }

  private addWork(node: NodeAccount): void {
    this.touched += 1;
    for (const step of node.steps) {
      this.lastEnd = Math.max(this.lastEnd, Date.parse(step.endedAt ?? step.startedAt));
    }
    if (node.wave === null) return;
    const ofWave = this.work.get(node.wave) ?? [];
    ofWave.push(serviceSeconds(node));
    this.work.set(node.wave, ofWave);
  }
}

function noneListed(): Listed {
  return { count: 0, nodes: [] };
}

function list(listed: Listed, { nodeId, outcome, reason }: NodeAccount): void {
  listed.count += 1;
  if (listed.nodes.length < nodesListed) listed.nodes.push({ nodeId, outcome, reason });
}

function needsHand(outcome: Outcome): boolean {
  return outcome === 'PostHookFailed' || outcome === 'LostAfterReboot' || outcome === 'Unknown';
}
