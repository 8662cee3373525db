import type { FleetNode } from '../../fleet/node.ts';
import { AwsError, type Caller } from '../service.ts';
import type { Command, Invocation, NodeRecord } from './records.ts';

/** What Systems Manager keeps for one account in one region. */
export interface Account {
  /** Managed nodes by id, in the order of their registration. */
  readonly managed: Map<string, NodeRecord>;
  readonly managedList: NodeRecord[];
  /** EC2 instances that Systems Manager does not manage. */
  readonly unmanaged: Map<string, FleetNode>;
  /** Oldest first. */
  readonly commands: Command[];
  readonly commandById: Map<string, Command>;
  /** Of every command, oldest first. */
  readonly invocations: Invocation[];
}

/** The accounts by account id and region; each springs into being empty. */
export class Accounts {
  private readonly byScope = new Map<string, Account>();

  of({ accountId, region }: Pick<Caller, 'accountId' | 'region'>): Account {
    const key = `${accountId}/${region}`;
    const known = this.byScope.get(key);
    if (known) return known;
    const account = {
      managed: new Map(),
      managedList: [],
      unmanaged: new Map(),
      commands: [],
      commandById: new Map(),
      invocations: [],
    };
    this.byScope.set(key, account);
    return account;
  }

  /** The managed node, wherever it is; a RangeError for an id that nobody has. */
  recordOf(nodeId: string): NodeRecord {
    for (const account of this.byScope.values()) {
      const record = account.managed.get(nodeId);
      if (record) return record;
    }
    throw new RangeError(`no managed node ${nodeId} in the embedded Systems Manager`);
  }
}

/** Registers a node in its own account and region. */
export function register(account: Account, record: NodeRecord): void {
  account.managed.set(record.node.nodeId, record);
  account.managedList.push(record);
}

/** The account's managed node; `InvalidInstanceId` for an id that it does not have. */
export function managedRecord(account: Account, instanceId: string): NodeRecord {
  const record = account.managed.get(instanceId);
  if (record) return record;
  throw new AwsError('InvalidInstanceId', `Instance ${instanceId} is not a managed node of this account.`);
}
