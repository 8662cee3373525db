import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { pageOf } from './page.ts';
import { patchGroupOf } from './patch-baselines.ts';
import { installedCount, nonCompliantPatches, otherCount } from './patch-list.ts';
import type { NodeRecord } from './records.ts';
import { instanceIdsRule, patchPageRange } from './rules.ts';
import { wireTime } from './wire.ts';

/** DescribeInstancePatchStates: each node's last patch operation, whenever it was. Unknown ids are merely absent. */
export const describeInstancePatchStates: SsmOperation = (input, { account, caller }) => {
  const members = new Members(input);
  const instanceIds = members.requiredStrings('InstanceIds', instanceIdsRule);
  const size = members.integer('MaxResults', patchPageRange) ?? 10;
  const token = members.string('NextToken');
  members.finish();
  const records = [...new Set(instanceIds)]
    .map((id) => account.managed.get(id))
    .filter((record) => record !== undefined);
  const query = ['DescribeInstancePatchStates', caller.accountId, caller.region, instanceIds];
  const page = pageOf(records, { paging: { query, token }, size, from: 'oldest', passes: () => true });
  return { InstancePatchStates: page.rows.map(patchStateRow), NextToken: page.token };
};

function patchStateRow(record: NodeRecord): Readonly<Record<string, unknown>> {
  const { clockOffset, node, memory } = record;
  const { report } = memory;
  const wrong = nonCompliantPatches(record);
  const critical = wrong.filter(({ severity }) => severity === 'Critical').length;
  const security = wrong.filter(({ classification }) => classification.startsWith('Security')).length;
  const securityOnly = Math.max(0, security - critical);
  return {
    InstanceId: node.nodeId,
    PatchGroup: patchGroupOf(node),
    BaselineId: report.baselineId,
    ...(report.snapshotId === undefined ? {} : { SnapshotId: report.snapshotId }),
    ...(report.installOverrideList === undefined ? {} : { InstallOverrideList: report.installOverrideList }),
    OwnerInformation: '',
    InstalledCount: installedCount(record),
    InstalledOtherCount: otherCount(record),
    InstalledPendingRebootCount: report.pendingReboot.length,
    InstalledRejectedCount: 0,
    MissingCount: report.missing.length,
    FailedCount: report.failed.length,
    UnreportedNotApplicableCount: 0,
    NotApplicableCount: 0,
    OperationStartTime: wireTime(report.startedAt + clockOffset),
    OperationEndTime: wireTime(report.endedAt + clockOffset),
    Operation: report.operation,
    RebootOption: report.rebootOption,
    ...(memory.lastNoRebootInstallAt === undefined
      ? {}
      : { LastNoRebootInstallOperationTime: wireTime(memory.lastNoRebootInstallAt + clockOffset) }),
    CriticalNonCompliantCount: critical,
    SecurityNonCompliantCount: securityOnly,
    OtherNonCompliantCount: wrong.length - critical - securityOnly,
  };
}
