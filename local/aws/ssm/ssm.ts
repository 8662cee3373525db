import type { FleetNode } from '../../fleet/node.ts';
import type { Operations, Surroundings } from '../service.ts';
import { Accounts, register } from './account.ts';
import { bind, type SsmContext } from './context.ts';
import { Dispatcher } from './dispatcher.ts';
import type { CommandDocument } from './document.ts';
import { documentsByName } from './documents.ts';
import { EventQueue } from './event-queue.ts';
import type { Journal, NodeExecution, SentCommand } from './journal.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { recordOf } from './node-record.ts';
import { ssmOperations } from './operations.ts';
import { defaultSettings, type SsmSettings } from './settings.ts';
import { Snapshots } from './snapshots.ts';

/** What an embedded Systems Manager starts with; AWS's own documents are known without being named. */
export interface SsmOptions extends Surroundings {
  readonly nodes: readonly FleetNode[];
  readonly documents: readonly CommandDocument[];
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  readonly settings?: Partial<SsmSettings>;
}

/** Systems Manager over a fleet that plays its fates. All of it happens when it is asked, up to the clock's time. */
export interface EmbeddedSsm {
  readonly operations: Operations;
  /** What really happened until now. */
  readonly journal: Journal;
  /** Adds a node, or gives a known one a new state, other tags or another fate from now on. */
  setNode(node: FleetNode): void;
  /** The node is gone for good: what runs on it never reports. A RangeError for an unknown one. */
  terminate(nodeId: string): void;
  /** Someone reboots the node. A RangeError for an unknown one. */
  reboot(nodeId: string): void;
  /** Adds a window or replaces the one with its id, say to open it or to cancel an execution. */
  setMaintenanceWindow(window: MaintenanceWindow): void;
}

/** An embedded Systems Manager, deterministic for its seed and for the calls made to it. */
export function createSsm(options: SsmOptions): EmbeddedSsm {
  const { clock, seed } = options;
  const queue = new EventQueue();
  const settings = { ...defaultSettings, ...options.settings };
  const sent: SentCommand[] = [];
  const executions: NodeExecution[] = [];
  const context: SsmContext = {
    accounts: new Accounts(),
    documents: documentsByName(options.documents),
    dispatcher: new Dispatcher({ queue, settings, seed, executions, snapshots: new Snapshots() }),
    queue,
    settings,
    seed,
    sent,
    windows: new Map(options.maintenanceWindows?.map((window) => [window.windowId, window])),
  };
  for (const node of options.nodes) setNode({ context, node, now: clock.now() });

  const settle = (): number => {
    queue.settle(clock.now());
    return clock.now();
  };
  const operations = Object.entries(ssmOperations).map(
    ([name, operation]) => [name, bind(context, operation)] as const,
  );
  return {
    operations: Object.fromEntries(operations),
    get journal() {
      settle();
      return { commands: sent, executions };
    },
    setNode: (node) => setNode({ context, node, now: settle() }),
    terminate: (nodeId) => {
      const now = settle();
      const { node } = context.accounts.recordOf(nodeId);
      setNode({ context, node: { ...node, instanceState: 'terminated' }, now });
    },
    reboot: (nodeId) => context.dispatcher.delivery.reboot(context.accounts.recordOf(nodeId), settle()),
    setMaintenanceWindow: (window) => {
      context.windows.set(window.windowId, window);
    },
  };
}

function setNode(change: {
  readonly context: SsmContext;
  readonly node: FleetNode;
  readonly now: number;
}): void {
  const { context, node, now } = change;
  const account = context.accounts.of(node);
  const known = account.managed.get(node.nodeId);
  if (known) context.dispatcher.delivery.change(known, { node, at: now });
  else if (node.isManaged) register(account, recordOf(node, { seed: context.seed, now }));
  else account.unmanaged.set(node.nodeId, node);
}
