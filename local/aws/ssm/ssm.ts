import type { FleetNode } from '../../fleet/node.ts';
import { random } from '../../random.ts';
import { Weather } from '../../weather.ts';
import { uuid } from '../http/identifiers.ts';
import type { Operations, Surroundings } from '../service.ts';
import { Accounts, register } from './account.ts';
import { bind, type SsmContext } from './context.ts';
import { Dispatcher } from './dispatcher.ts';
import type { CommandDocument } from './document.ts';
import { documentsByName } from './documents.ts';
import { EventQueue } from './event-queue.ts';
import type { Journal, NodeExecution } from './journal.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { recordOf } from './node-record.ts';
import { ssmOperations } from './operations.ts';
import { type PatchBaseline, PatchBaselines } from './patch-baselines.ts';
import { type PatchOperationReport, patchOperationReport } from './patch-operation-report.ts';
import { type ForeignScan, rescanned } from './rescan.ts';
import { defaultSettings, type SsmSettings } from './settings.ts';
import { Snapshots } from './snapshots.ts';

/** What an embedded Systems Manager starts with; AWS's own documents are known without being named. */
export interface SsmOptions extends Surroundings {
  readonly nodes: readonly FleetNode[];
  readonly documents: readonly CommandDocument[];
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  readonly settings?: Partial<SsmSettings>;
  /** Registered for patch groups from the start; the others have the predefined ones. */
  readonly patchBaselines?: readonly PatchBaseline[];
  /** How likely the faults of nodes and commands are. */
  readonly weather?: Weather;
  /** Called when a patch operation reports, at its time; without it nothing happens until it is asked for. */
  readonly onPatchReport?: (report: PatchOperationReport) => void;
}

/** Patches that a node lacks or that wait for its reboot, and whether its agent answers. */
export interface NodeTruth {
  readonly missing: number;
  readonly pendingReboot: number;
  readonly isThere: boolean;
}

/**
 * Systems Manager over a fleet that plays its fates. All of it happens when it is asked, up to the clock's time, unless
 * somebody wants to hear of patch reports.
 */
export interface EmbeddedSsm {
  readonly operations: Operations;
  /** What really happened until now. */
  readonly journal: Journal;
  /** How a node really stands, whatever was reported. A RangeError for an unknown one. */
  truthOf(nodeId: string): NodeTruth;
  /** Adds a node, or gives a known one a new state, other tags or another fate from now on. */
  setNode(node: FleetNode): void;
  /** The node is gone for good: what runs on it never reports. A RangeError for an unknown one. */
  terminate(nodeId: string): void;
  /** Someone reboots the node. A RangeError for an unknown one. */
  reboot(nodeId: string): void;
  /** Somebody else scans the node by another baseline: it has just ended. A RangeError for an unknown node. */
  rescan(nodeId: string, scan: ForeignScan): void;
  /** Adds a window or replaces the one with its id, say to open it or to cancel an execution. */
  setMaintenanceWindow(window: MaintenanceWindow): void;
}

/** An embedded Systems Manager, deterministic for its seed and for the calls made to it. */
export function createSsm(options: SsmOptions): EmbeddedSsm {
  const { clock, seed, onPatchReport } = options;
  const context = contextOf(options);
  const { accounts, executions, queue, sent, windows } = context;
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
    truthOf: (nodeId) => {
      settle();
      const { memory, absence } = accounts.recordOf(nodeId);
      const { missing, pendingReboot } = memory;
      return { missing: missing.length, pendingReboot: pendingReboot.length, isThere: absence === undefined };
    },
    setNode: (node) => setNode({ context, node, now: settle() }),
    terminate: (nodeId) => {
      const now = settle();
      const { node } = accounts.recordOf(nodeId);
      setNode({ context, node: { ...node, instanceState: 'terminated' }, now });
    },
    reboot: (nodeId) => context.dispatcher.delivery.reboot(accounts.recordOf(nodeId), settle()),
    rescan: (nodeId, scan) => {
      const now = settle();
      const record = accounts.recordOf(nodeId);
      record.memory = rescanned(record, scan, now);
      onPatchReport?.(patchOperationReport(record, uuid(random(seed, 'rescan', nodeId, now))));
    },
    setMaintenanceWindow: (window) => {
      windows.set(window.windowId, window);
    },
  };
}

function contextOf(options: SsmOptions): SsmContext {
  const { clock, seed, onPatchReport, weather = new Weather() } = options;
  const wake = (at: number): void => {
    clock.setTimeout(() => queue.settle(clock.now()), at - clock.now());
  };
  const queue = new EventQueue(onPatchReport ? wake : undefined);
  const settings = { ...defaultSettings, ...options.settings };
  const executions: NodeExecution[] = [];
  const baselines = new PatchBaselines(options.patchBaselines ?? []);
  const dispatcher = new Dispatcher({
    queue,
    settings,
    seed,
    executions,
    snapshots: new Snapshots(),
    baselines,
    weather,
    onPatchReport: onPatchReport ?? (() => undefined),
  });
  const context: SsmContext = {
    accounts: new Accounts(),
    documents: documentsByName(options.documents),
    baselines,
    dispatcher,
    queue,
    settings,
    seed,
    sent: [],
    executions,
    weather,
    windows: new Map(options.maintenanceWindows?.map((window) => [window.windowId, window])),
  };
  for (const node of options.nodes) setNode({ context, node, now: clock.now() });
  return context;
}

function setNode(change: {
  readonly context: SsmContext;
  readonly node: FleetNode;
  readonly now: number;
}): void {
  const { context, node, now } = change;
  const { baselines, seed, weather } = context;
  const account = context.accounts.of(node);
  const known = account.managed.get(node.nodeId);
  if (known) context.dispatcher.delivery.change(known, { node, at: now });
  else if (node.isManaged) register(account, recordOf(node, { seed, now, baselines, weather }));
  else account.unmanaged.set(node.nodeId, node);
}
