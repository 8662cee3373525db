import type { Weather } from '../../weather.ts';
import type { Caller, Operation } from '../service.ts';
import type { Account, Accounts } from './account.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Documents } from './documents.ts';
import type { EventQueue } from './event-queue.ts';
import type { NodeExecution, SentCommand } from './journal.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import type { PatchBaselines } from './patch-baselines.ts';
import type { SsmSettings } from './settings.ts';

/** What the operations of the embedded Systems Manager share. */
export interface SsmContext {
  readonly accounts: Accounts;
  readonly documents: Documents;
  readonly baselines: PatchBaselines;
  readonly dispatcher: Dispatcher;
  readonly queue: EventQueue;
  readonly settings: SsmSettings;
  readonly seed: number;
  readonly weather: Weather;
  readonly sent: SentCommand[];
  readonly executions: NodeExecution[];
  /** By window id. */
  readonly windows: Map<string, MaintenanceWindow>;
}

/** A call after everything up to its time has been played. */
export interface SsmCall {
  readonly context: SsmContext;
  readonly account: Account;
  readonly caller: Caller;
}

/** An operation's own work. */
export type SsmOperation = (
  input: Readonly<Record<string, unknown>>,
  call: SsmCall,
) => Readonly<Record<string, unknown>>;

/** Makes it an operation of the service: settles what has happened by then, and finds the caller's account. */
export function bind(context: SsmContext, operation: SsmOperation): Operation {
  return (input, caller) => {
    context.queue.settle(caller.now);
    return operation(input, { context, account: context.accounts.of(caller), caller });
  };
}
