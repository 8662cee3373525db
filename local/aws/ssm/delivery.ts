import type { FaultName } from '../../faults.ts';
import { cancelled, collided, isAnswering, isReachable } from '../../fleet/agent.ts';
import type { Execution, ExecutionPart } from '../../fleet/agent-execution.ts';
import { rebooted } from '../../fleet/agent-memory.ts';
import type { FleetNode } from '../../fleet/node.ts';
import { random } from '../../random.ts';
import type { Weather } from '../../weather.ts';
import { isUndelivered, move } from './command.ts';
import { isPatchKind, kindOf, supports } from './document.ts';
import type { EventQueue } from './event-queue.ts';
import { entryOf, partEntryOf } from './execution-entry.ts';
import { type InvocationDetails, isTerminal } from './invocation-status.ts';
import type { NodeExecution } from './journal.ts';
import type { PatchBaselines } from './patch-baselines.ts';
import { type PatchOperationReport, patchOperationReport } from './patch-operation-report.ts';
import { playInvocation } from './play-invocation.ts';
import type { Invocation, NodeRecord } from './records.ts';
import type { SsmSettings } from './settings.ts';
import type { Snapshots } from './snapshots.ts';

/** An invocation's terminal state, and when it came: epoch milliseconds. */
export interface InvocationEnd {
  readonly details: InvocationDetails;
  readonly at: number;
}

/** What a delivery works with. `finish` takes an invocation's terminal state. */
export interface DeliveryParts {
  readonly queue: EventQueue;
  readonly settings: SsmSettings;
  readonly seed: number;
  readonly executions: NodeExecution[];
  readonly snapshots: Snapshots;
  readonly baselines: PatchBaselines;
  readonly weather: Weather;
  readonly onPatchReport: (report: PatchOperationReport) => void;
  readonly finish: (invocation: Invocation, end: InvocationEnd) => void;
}

/** An agent's time away, `until` Infinity for ever: epoch milliseconds. */
interface Absence {
  readonly from: number;
  readonly until: number;
}

/** Between Systems Manager and the agents: brings commands to nodes, and takes back how they ended. */
export class Delivery {
  private readonly parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.parts = parts;
  }

  /** Sends an invocation on its way; a node that cannot take it at all ends it at once. */
  offer(invocation: Invocation, at: number): void {
    const { record, command } = invocation;
    if (!record) {
      this.parts.finish(invocation, { details: 'Undeliverable', at: at });
      return;
    }
    if (!supports(command.document, record.node.platformType)) {
      this.parts.finish(invocation, { details: 'InvalidPlatform', at: at });
      return;
    }
    if (record.node.fate.agent === 'dropsOut' && !record.absence)
      this.loseContact(record, { from: at, until: Number.POSITIVE_INFINITY });
    if (this.strikes('stuck-pending', invocation, at)) return;
    if (this.strikes('stuck-delayed', invocation, at)) this.delay(invocation, at);
    else this.attempt(invocation, at);
  }

  /** Cancels as far as can be: what no agent has yet ends soon, what runs may as well finish. */
  stop(invocation: Invocation, at: number): void {
    const { execution, nodeId, command } = invocation;
    if (isTerminal(invocation.details) || invocation.details === 'Cancelling') return;
    move(invocation, 'Cancelling');
    if (this.strikes('stuck-cancelling', invocation, at)) {
      invocation.isSilent = true;
      return;
    }
    if (!execution) {
      this.parts.queue.schedule(at + 1000, (then) => {
        if (!isTerminal(invocation.details))
          this.parts.finish(invocation, { details: 'Cancelled', at: then });
      });
      return;
    }
    const chance = random(this.parts.seed, 'cancel', command.commandId, nodeId).next();
    this.replace(invocation, cancelled(execution, { at, chance }));
  }

  /** The node's definition changed: a new state or fate may bring its agent back, or take it away. */
  change(record: NodeRecord, { node, at }: { readonly node: FleetNode; readonly at: number }): void {
    const answeredBefore = isAnswering(record.node);
    record.node = node;
    if (isAnswering(node) && !answeredBefore && record.absence) this.bringBack(record, at);
    if (!isReachable(node) && !record.absence)
      this.loseContact(record, { from: at, until: Number.POSITIVE_INFINITY });
  }

  /** A reboot by another hand: what waited for one is installed afterwards, though nothing reports it. */
  reboot(record: NodeRecord, at: number): void {
    record.memory = rebooted(record.memory);
    this.loseContact(record, { from: at, until: at + record.node.fate.rebootSeconds * 1000 });
  }

  /** A draw of its own for each fault and place in a command, so that turning one fault on does not move the others. */
  private strikes(fault: FaultName, { command, nodeId }: Invocation, at: number): boolean {
    const { seed, weather } = this.parts;
    if (!weather.knows(fault)) return false;
    return weather.strikesNow(fault, {
      now: at,
      draw: random(seed, fault, command.commandId, nodeId).next(),
    });
  }

  /** Delayed at first, then taken at any time around the delivery timeout: after it, never. */
  private delay(invocation: Invocation, at: number): void {
    const { command, nodeId } = invocation;
    const { queue, seed, settings } = this.parts;
    queue.schedule(at + settings.delayedAfterSeconds * 1000, () => {
      if (invocation.details === 'Pending') move(invocation, 'Delayed');
    });
    const draw = random(seed, 'delayed until', command.commandId, nodeId).next();
    queue.schedule(at + 1.5 * (command.deliveryDeadline - at) * draw, (then) =>
      this.deliver(invocation, then),
    );
  }

  private attempt(invocation: Invocation, at: number): void {
    const { commandId } = invocation.command;
    const [from, to] = this.parts.settings.deliverySeconds;
    const draw = random(this.parts.seed, 'delivery', commandId, invocation.nodeId).next();
    this.parts.queue.schedule(at + (from + (to - from) * draw) * 1000, (then) =>
      this.deliver(invocation, then),
    );
  }

  private deliver(invocation: Invocation, at: number): void {
    const { record, command } = invocation;
    if (!record || !isUndelivered(invocation) || at >= command.deliveryDeadline) return;
    if (!record.absence) {
      this.start(invocation, record, at);
      return;
    }
    record.waiting.add(invocation);
    this.parts.queue.schedule(at + this.parts.settings.delayedAfterSeconds * 1000, () => {
      if (invocation.details === 'Pending') move(invocation, 'Delayed');
    });
  }

  private start(invocation: Invocation, record: NodeRecord, at: number): void {
    const patching = [...record.running].filter((other) => other.execution?.isPatching);
    const isPatching = patching.length > 0;
    const { seed, snapshots, baselines } = this.parts;
    const execution = playInvocation(invocation, { record, at, isPatching, seed, snapshots, baselines });
    if (isPatchKind(kindOf(invocation.command.document)))
      for (const other of patching) this.collide(other, at);
    record.memory = execution.begin(record.memory);
    record.running.add(invocation);
    move(invocation, 'InProgress');
    invocation.entry = entryOf(invocation, execution);
    this.parts.executions.push(invocation.entry);
    this.replace(invocation, execution);
  }

  private collide(invocation: Invocation, at: number): void {
    if (invocation.execution) this.replace(invocation, collided(invocation.execution, at));
  }

  /** What was foreseen of an earlier execution of the same invocation no longer happens. */
  private replace(invocation: Invocation, execution: Execution): void {
    const { record } = invocation;
    if (!record || invocation.execution === execution) return;
    invocation.execution = execution;
    const { queue } = this.parts;
    queue.schedule(execution.endedAt, (at) => {
      if (invocation.execution === execution) this.end(invocation, execution, at);
    });
    for (const part of execution.parts ?? []) {
      queue.schedule(part.startedAt, () => {
        if (invocation.execution === execution) this.beginPart(invocation, { execution, part });
      });
    }
    const { away } = execution;
    if (!away) return;
    queue.schedule(away.from, (at) => {
      if (invocation.execution === execution) this.loseContact(record, { from: at, until: away.until });
    });
  }

  private beginPart(
    invocation: Invocation,
    run: { readonly execution: Execution; readonly part: ExecutionPart },
  ): void {
    const { execution, part } = run;
    const entry = partEntryOf(invocation, part);
    this.parts.executions.push(entry);
    this.parts.queue.schedule(part.endedAt, (at) => {
      if (invocation.execution !== execution) return;
      entry.endedAt = at;
      entry.result = part.result;
    });
  }

  private end(invocation: Invocation, execution: Execution, at: number): void {
    const { record, entry } = invocation;
    if (record) {
      record.running.delete(invocation);
      const { report } = record.memory;
      record.memory = execution.leave(record.memory);
      if (record.memory.report !== report)
        this.parts.onPatchReport(patchOperationReport(record, invocation.command.commandId));
    }
    if (entry) {
      entry.endedAt = at;
      entry.result = execution.result;
    }
    if (invocation.isSilent || this.strikes('stuck-in-progress', invocation, at)) return;
    if (isTerminal(invocation.details)) return;
    if (entry) entry.isReported = true;
    this.parts.finish(invocation, { details: execution.result, at });
  }

  /** For ever: what runs there never reports again. */
  private loseContact(record: NodeRecord, away: Absence): void {
    const { from, until } = away;
    const absence = { since: record.absence?.since ?? from };
    record.absence = absence;
    if (until === Number.POSITIVE_INFINITY) {
      for (const invocation of record.running) this.silence(invocation);
    }
    this.parts.queue.schedule(until, (then) => {
      if (record.absence === absence) this.bringBack(record, then);
    });
  }

  private silence(invocation: Invocation): void {
    const { execution } = invocation;
    if (execution)
      this.replace(invocation, { ...execution, endedAt: Number.POSITIVE_INFINITY, away: undefined });
  }

  /** An old image, an agent that was reinstalled: too old from now on. */
  private mayBeOutdated(record: NodeRecord, at: number): void {
    const { seed, weather } = this.parts;
    if (!weather.knows('outdated-agent')) return;
    const draw = random(seed, 'outdated-agent', record.node.nodeId, at).next();
    if (weather.strikesNow('outdated-agent', { now: at, draw }))
      record.node = { ...record.node, agentVersion: '2.0.790.0' };
  }

  private bringBack(record: NodeRecord, at: number): void {
    record.absence = undefined;
    record.onlineSince = at;
    this.mayBeOutdated(record, at);
    const waiting = [...record.waiting];
    record.waiting.clear();
    for (const invocation of waiting) this.attempt(invocation, at);
  }
}
