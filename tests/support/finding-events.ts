/** When the scan of these events ended, and when they are read, in ms. */
export const scannedAt = Date.parse('2026-11-22T03:10:00Z');
export const readAt = Date.parse('2026-11-22T03:16:00Z');

export const iso = (moment: number): string => new Date(moment).toISOString();

type Json = Readonly<Record<string, unknown>>;

export interface Found {
  readonly nodeId?: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly severity?: string;
  readonly missing?: number;
  readonly failed?: number;
  readonly pendingReboot?: number;
  readonly foundAt?: number;
  /** Of the command that scanned: another one makes another finding. */
  readonly commandId?: string;
}

export const aNode = 'i-0123456789abcdef0';
export const productArn = 'arn:aws:securityhub:us-east-1::product/aws/ssm-patch-manager';

export function findingIdOf(found: Found): string {
  const { nodeId = aNode, accountId = '111122223333', region = 'us-east-1', foundAt = scannedAt } = found;
  const commandId = found.commandId ?? `00000000-0000-4000-8000-${foundAt.toString(16).padStart(12, '0')}`;
  const place = `arn:aws:patchmanager:${region}:${accountId}`;
  return `${place}:instance/${nodeId}/document/AWS-RunPatchBaseline/run-command/${commandId}`;
}

/** A finding as Patch Manager sends it to Security Hub, in full. Source: user guide, patch-manager-security-hub. */
export function patchFinding(found: Found = {}): Json {
  const { nodeId = aNode, accountId = '111122223333', region = 'us-east-1', foundAt = scannedAt } = found;
  const { severity = 'HIGH', missing = 3, failed = 1, pendingReboot = 0 } = found;
  const id = findingIdOf(found);
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: productArn,
    ProductName: 'Systems Manager Patch Manager',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: id.split('/').at(-1),
    AwsAccountId: accountId,
    Types: ['Software & Configuration Checks/Patch Management/Compliance'],
    CreatedAt: iso(foundAt + 30_000),
    UpdatedAt: iso(foundAt + 30_000),
    Severity: { Label: severity },
    Title: 'Systems Manager Patch Summary - Managed Instance Non-Compliant',
    Description: 'A summary of patch compliance for the managed node.',
    Remediation: { Recommendation: { Text: 'See Patch Manager.', Url: 'https://example.com/remediate' } },
    SourceUrl: 'https://example.com/source',
    ProductFields: { 'aws/securityhub/ProductName': 'Systems Manager Patch Manager' },
    Resources: [{ Type: 'AwsEc2Instance', Id: nodeId, Partition: 'aws', Region: region }],
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    PatchSummary: {
      Id: 'pb-0123456789abcdef0',
      InstalledCount: 45,
      MissingCount: missing,
      FailedCount: failed,
      InstalledOtherCount: 12,
      InstalledRejectedCount: 0,
      InstalledPendingReboot: pendingReboot,
      OperationStartTime: iso(foundAt - 600_000),
      OperationEndTime: iso(foundAt),
      RebootOption: 'NoReboot',
      Operation: 'SCAN',
    },
  };
}

/** Inspector's finding about an instance, which it names by an ARN. Source: findings-understanding-securityhub. */
export function inspectorFinding(different: Json = {}): Json {
  return {
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:inspector2:us-east-1:111122223333:finding/0123456789abcdef0123456789abcdef',
    ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/inspector',
    ProductName: 'Inspector',
    GeneratorId: 'AWSInspector',
    AwsAccountId: '111122223333',
    Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    CreatedAt: iso(scannedAt),
    UpdatedAt: iso(scannedAt),
    Severity: { Label: 'CRITICAL', Normalized: 90 },
    Title: 'CVE-2026-0001 - openssl',
    Description: 'A vulnerability.',
    Resources: [
      { Type: 'AwsEc2Instance', Id: `arn:aws:ec2:us-east-1:111122223333:${aNode}`, Region: 'us-east-1' },
    ],
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    Vulnerabilities: [
      { Id: 'CVE-2026-0001', FixAvailable: 'YES', VulnerablePackages: [{ Name: 'openssl' }] },
    ],
    ...different,
  };
}

/** The event about findings, as EventBridge puts it into a queue: usually one finding an event. */
export function importedEvent(...findings: readonly unknown[]): Json {
  return {
    version: '0',
    id: 'bbbbbbbb-0000-0000-0000-000000000001',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: '111122223333',
    time: '2026-11-22T03:11:09Z',
    region: 'us-east-1',
    resources: [],
    detail: { findings },
  };
}

/** A value with one member, at a path of names, set to something else; undefined takes it out. */
export function withMember(value: unknown, path: string, content: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  const members = Array.isArray(value) ? [...value] : { ...Object(value) };
  const before = Reflect.get(members, name);
  const after = rest.length > 0 ? withMember(before, rest.join('.'), content) : content;
  if (after === undefined) Reflect.deleteProperty(members, name);
  else Reflect.set(members, name, after);
  return members;
}
