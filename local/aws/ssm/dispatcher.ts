import { countOf, isUndelivered, move } from './command.ts';
import { Delivery, type DeliveryParts, type InvocationEnd } from './delivery.ts';
import { isTerminal } from './invocation-status.ts';
import type { Command, Invocation } from './records.ts';

/**
 * Sends a command's invocations under MaxConcurrency and MaxErrors and ends what nobody answers for: user guide,
 * Systems Manager, "Send commands at scale" and "Understanding command statuses" (timeouts).
 */
export class Dispatcher {
  readonly delivery: Delivery;
  private readonly parts: Omit<DeliveryParts, 'finish'>;

  constructor(parts: Omit<DeliveryParts, 'finish'>) {
    this.parts = parts;
    this.delivery = new Delivery({
      ...parts,
      finish: (invocation, end) => this.finish(invocation, end),
    });
  }

  /** Takes over a command that was just accepted. */
  start(command: Command): void {
    const { queue, settings } = this.parts;
    this.pump(command, command.requestedAt);
    const undeliveredEndAt =
      settings.undelivered === 'totalTimeout' ? command.expiresAt : command.deliveryDeadline;
    queue.schedule(undeliveredEndAt, (at) => this.expire(command, { at, which: isUndelivered }));
    queue.schedule(command.expiresAt, (at) =>
      this.expire(command, { at, which: ({ details }) => !isTerminal(details) }),
    );
  }

  /** CancelCommand for some invocations, or for all and so for the command itself. */
  cancel(
    command: Command,
    { nodeIds, at }: { readonly nodeIds: readonly string[]; readonly at: number },
  ): void {
    if (nodeIds.length === 0) command.isCancelling = true;
    for (const invocation of command.invocations) {
      if (nodeIds.length === 0 || nodeIds.includes(invocation.nodeId)) this.delivery.stop(invocation, at);
    }
  }

  private pump(command: Command, at: number): void {
    while (!command.isStopped && command.active < command.maxConcurrency) {
      const invocation = command.invocations[command.next];
      if (!invocation) return;
      command.next += 1;
      if (!isUndelivered(invocation)) continue;
      command.active += 1;
      this.delivery.offer(invocation, at);
    }
  }

  private finish(invocation: Invocation, { details, at }: InvocationEnd): void {
    const { command } = invocation;
    move(invocation, details);
    if (invocation.index < command.next) command.active -= 1;
    if (countOf(command, 'Failed', 'ExecutionTimedOut') > command.maxErrors) this.terminate(command);
    // A later turn, so that a long row of nodes that cannot take the command does not nest call in call.
    this.parts.queue.schedule(at, (then) => this.pump(command, then));
  }

  /** Too many errors: who has not begun never will, who has goes on. */
  private terminate(command: Command): void {
    if (command.isStopped) return;
    command.isStopped = true;
    for (const invocation of command.invocations)
      if (isUndelivered(invocation)) move(invocation, 'Terminated');
  }

  private expire(
    command: Command,
    end: { readonly at: number; readonly which: (invocation: Invocation) => boolean },
  ): void {
    command.isStopped = true;
    for (const invocation of command.invocations) {
      if (end.which(invocation)) this.finish(invocation, { details: 'DeliveryTimedOut', at: end.at });
    }
  }
}
