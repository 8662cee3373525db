import { AwsError } from '../service.ts';
import type { Account } from './account.ts';
import type { SsmOperation } from './context.ts';
import {
  type InformationFilter,
  passesInformationFilter,
  readInformationFilters,
} from './information-filters.ts';
import { Members } from './members.ts';
import { pingOf } from './node-record.ts';
import { pageOf } from './page.ts';
import type { NodeRecord } from './records.ts';
import { wireTime } from './wire.ts';

/** DescribeInstanceInformation: managed nodes that run, as their last heartbeat left them. Tags are not in a row. */
export const describeInstanceInformation: SsmOperation = (input, { account, caller }) => {
  const members = new Members(input);
  const filters = readInformationFilters(members);
  const size = members.integer('MaxResults', { min: 5, max: 50 }) ?? 10;
  const token = members.string('NextToken');
  members.finish();
  assertOwned(account, filters);
  const query = ['DescribeInstanceInformation', caller.accountId, caller.region, filters];
  const page = pageOf(account.managedList, {
    paging: { query, token },
    size,
    from: 'oldest',
    passes: (record) =>
      isListed(record) &&
      filters.every((filter) => passesInformationFilter({ record, now: caller.now }, filter)),
  });
  return {
    InstanceInformationList: page.rows.map((record) => informationRow(record, caller.now)),
    NextToken: page.token,
  };
};

/** API reference: an id that is not valid or not yours is an error, one that is stopped is merely missing. */
function assertOwned(account: Account, filters: readonly InformationFilter[]): void {
  const ids = filters.filter(({ key }) => key === 'InstanceIds').flatMap(({ values }) => values);
  const stranger = ids.find((id) => !account.managed.has(id) && !account.unmanaged.has(id));
  if (stranger !== undefined) {
    throw new AwsError('InvalidInstanceId', `Instance ${stranger} is not an instance of this account.`);
  }
}

function isListed({ node }: NodeRecord): boolean {
  return node.instanceState === 'running' || node.instanceState === 'pending';
}

function informationRow(record: NodeRecord, now: number): Readonly<Record<string, unknown>> {
  const { node } = record;
  const ping = pingOf(record, now);
  const isHybrid = node.resourceType === 'ManagedInstance';
  return {
    InstanceId: node.nodeId,
    PingStatus: ping.status,
    LastPingDateTime: wireTime(ping.at),
    AgentVersion: node.agentVersion,
    IsLatestVersion: false,
    PlatformType: node.platformType,
    PlatformName: node.platformName,
    PlatformVersion: node.platformVersion,
    ResourceType: node.resourceType,
    ...(isHybrid ? { Name: node.computerName, RegistrationDate: wireTime(record.registeredAt) } : {}),
    IPAddress: node.ipAddress,
    ComputerName: node.computerName,
    SourceId: node.nodeId,
    SourceType: isHybrid ? 'AWS::SSM::ManagedInstance' : 'AWS::EC2::Instance',
  };
}
