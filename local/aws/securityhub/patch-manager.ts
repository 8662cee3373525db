import type { PatchOperationReport } from '../ssm/patch-operation-report.ts';
import type { ImportedFinding } from './finding.ts';

const labels = {
  CRITICAL: 'CRITICAL',
  HIGH: 'HIGH',
  MEDIUM: 'MEDIUM',
  LOW: 'LOW',
  UNSPECIFIED: 'INFORMATIONAL',
} as const;

/**
 * The finding that Patch Manager makes of a patch operation: none for a compliant node, for which it does not close
 * earlier ones either; a new one a node and command; the bare node id as the resource, of type AwsEc2Instance also for
 * a hybrid node, and no `Compliance` (Systems Manager user guide, "Receiving findings from Patch Manager").
 */
export function patchManagerReports(report: PatchOperationReport): ImportedFinding | undefined {
  const { nodeId, accountId, region, commandId, missing, failed, pendingReboot } = report;
  if (missing + failed + pendingReboot === 0) return undefined;
  const createdAt = new Date(report.endedAt).toISOString();
  const instance = `arn:aws:patchmanager:${region}:${accountId}:instance/${nodeId}`;
  return {
    SchemaVersion: '2018-10-08',
    Id: `${instance}/document/AWS-RunPatchBaseline/run-command/${commandId}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/ssm-patch-manager`,
    GeneratorId: commandId,
    AwsAccountId: accountId,
    Types: ['Software & Configuration Checks/Patch Management/Compliance'],
    CreatedAt: createdAt,
    UpdatedAt: createdAt,
    Severity: { Label: labels[report.highestSeverity ?? 'UNSPECIFIED'] },
    Title: 'Systems Manager Patch Summary - Managed Instance Non-Compliant',
    Description:
      'This AWS control checks whether each instance that is managed by AWS Systems Manager is in compliance with the rules of the patch baseline that applies when a compliance Scan runs.',
    Remediation: {
      Recommendation: {
        Text: 'For information about bringing instances into patch compliance, see the Systems Manager user guide.',
        Url: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html',
      },
    },
    SourceUrl: `https://${region}.console.aws.amazon.com/systems-manager/fleet-manager/${nodeId}/patch?region=${region}`,
    Resources: [{ Type: 'AwsEc2Instance', Id: nodeId, Partition: 'aws', Region: region }],
    PatchSummary: {
      Id: report.baselineId,
      InstalledCount: report.installed,
      MissingCount: missing,
      FailedCount: failed,
      InstalledOtherCount: report.installedOther,
      InstalledRejectedCount: 0,
      InstalledPendingReboot: pendingReboot,
      OperationStartTime: second(report.startedAt),
      OperationEndTime: second(report.endedAt),
      RebootOption: report.rebootOption,
      Operation: report.operation === 'Scan' ? 'SCAN' : 'INSTALL',
    },
  };
}

function second(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, '');
}
