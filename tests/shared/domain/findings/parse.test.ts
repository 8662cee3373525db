import { type FindingsEvent, parseEvent } from '../../../../shared/domain/findings/parse.ts';
import {
  aNode,
  findingIdOf,
  importedEvent,
  inspectorFinding,
  iso,
  patchFinding,
  productArn,
  readAt,
  scannedAt,
  withMember,
} from '../../../support/finding-events.ts';

function parsed(event: unknown): FindingsEvent {
  return parseEvent(JSON.stringify(event), readAt);
}

/** The one finding of an event, with one member set to something else. */
function parsedWith(path: string, content: unknown, finding: unknown = patchFinding()): FindingsEvent {
  return parsed(importedEvent(withMember(finding, path, content)));
}

const nothing: FindingsEvent = { findings: [], ignored: [], malformed: [] };

describe("Patch Manager's finding", () => {
  test('[F35] is read from the event as AWS sends it: bare node id, no Compliance, InstalledPendingReboot', () => {
    const found = { severity: 'HIGH', missing: 3, failed: 1, pendingReboot: 2 };

    const event = parsed(importedEvent(patchFinding(found)));

    expect(event).toEqual({
      ...nothing,
      findings: [
        {
          kind: 'patch',
          key: { id: findingIdOf({}), productArn },
          nodeId: aNode,
          accountId: '111122223333',
          region: 'us-east-1',
          ...found,
          foundAt: scannedAt,
        },
      ],
    });
  });

  test.each([
    ['[F23] a hybrid node, though its type says EC2', 'mi-0123456789abcdef0', 'mi-0123456789abcdef0'],
    ['an ARN', 'arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0', aNode],
    [
      'an ARN of a hybrid node',
      'arn:aws:ssm:us-east-1:111122223333:managed-instance/mi-0123456789abcdef0',
      'mi-0123456789abcdef0',
    ],
    ['a short id of old', 'i-0a1b2c3d', 'i-0a1b2c3d'],
    ["the id of AWS's own sample", 'i-02573cafcfEXAMPLE', 'i-02573cafcfEXAMPLE'],
  ])('finds the node in %s', (_what, id, nodeId) => {
    expect(parsedWith('Resources.0.Id', id).findings).toMatchObject([{ nodeId }]);
  });

  test('takes the first resource that is a node', () => {
    const Resources = [
      { Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' },
      { Id: aNode, Region: 'eu-west-1' },
    ];

    expect(parsedWith('Resources', Resources).findings).toMatchObject([
      { nodeId: aNode, region: 'eu-west-1' },
    ]);
  });

  test.each([
    ['Resources.0.Region', 'eu-west-1', 'eu-west-1'],
    ['Resources.0.Region', undefined, 'us-east-1'],
  ])('has its Region from %s = %s', (path, content, region) => {
    expect(parsedWith(path, content).findings).toMatchObject([{ region }]);
  });

  test("has the event's Region where the finding says none", () => {
    const finding = withMember(
      withMember(patchFinding(), 'Region', undefined),
      'Resources.0.Region',
      undefined,
    );

    expect(parsed({ ...importedEvent(finding), region: 'eu-west-3' }).findings).toMatchObject([
      { region: 'eu-west-3' },
    ]);
  });

  test.each([
    [{ Label: 'CRITICAL', Normalized: 1 }, 'CRITICAL'],
    [{ Label: 'medium' }, 'MEDIUM'],
    [{ Label: 'SEVERE', Normalized: 95 }, 'CRITICAL'],
    [{ Normalized: 100 }, 'CRITICAL'],
    [{ Normalized: 90 }, 'CRITICAL'],
    [{ Normalized: 89 }, 'HIGH'],
    [{ Normalized: 70 }, 'HIGH'],
    [{ Normalized: 69 }, 'MEDIUM'],
    [{ Normalized: 40 }, 'MEDIUM'],
    [{ Normalized: 39 }, 'LOW'],
    [{ Normalized: 1 }, 'LOW'],
    [{ Normalized: 0 }, 'INFORMATIONAL'],
  ])('has from %j the severity %s', (Severity, severity) => {
    expect(parsedWith('Severity', Severity).findings).toMatchObject([{ severity }]);
  });

  test.each([
    ['OperationEndTime', [], scannedAt],
    ['UpdatedAt, where the operation has no end', ['PatchSummary.OperationEndTime'], scannedAt + 30_000],
    ['CreatedAt, where nothing else is', ['PatchSummary.OperationEndTime', 'UpdatedAt'], scannedAt + 40_000],
  ])('was found at %s', (_what, without, foundAt) => {
    const whole = withMember(patchFinding(), 'CreatedAt', iso(scannedAt + 40_000));
    const finding = without.reduce((value, path) => withMember(value, path, undefined), whole);

    expect(parsed(importedEvent(finding)).findings).toMatchObject([{ foundAt }]);
  });

  test('was found now, where the clock of the node is ahead', () => {
    const event = parsedWith('PatchSummary.OperationEndTime', iso(readAt + 3_600_000));

    expect(event.findings).toMatchObject([{ foundAt: readAt }]);
  });

  test.each([
    ['digits in quotes', '7', 7],
    ['nothing', undefined, 0],
    ['null', null, 0],
  ])('counts %s', (_what, content, missing) => {
    expect(parsedWith('PatchSummary.MissingCount', content).findings).toMatchObject([{ missing }]);
  });

  test('is told of also without a summary', () => {
    const event = parsedWith('PatchSummary', undefined);

    expect(event.findings).toMatchObject([
      { missing: 0, failed: 0, pendingReboot: 0, foundAt: scannedAt + 30_000 },
    ]);
  });

  test('is new and active where it says nothing else: Security Hub makes it so', () => {
    const finding = withMember(withMember(patchFinding(), 'Workflow', undefined), 'RecordState', undefined);

    expect(parsed(importedEvent(finding)).findings).toHaveLength(1);
  });
});

describe('a finding that is not for us', () => {
  test.each([
    ['[F34] NOTIFIED, our own mark come back', 'Workflow.Status', 'NOTIFIED', 'not new'],
    ['[F34] RESOLVED, our own mark come back', 'Workflow.Status', 'RESOLVED', 'not new'],
    ['SUPPRESSED by a person', 'Workflow.Status', 'SUPPRESSED', 'not new'],
    ['ARCHIVED', 'RecordState', 'ARCHIVED', 'not active'],
    [
      "another product's",
      'ProductArn',
      'arn:aws:securityhub:us-east-1::product/aws/guardduty',
      'other product',
    ],
    [
      'one whose name ends alike',
      'ProductArn',
      'arn:aws:securityhub:us-east-1::product/x/y-ssm-patch-manager',
      'other product',
    ],
  ])('is ignored, and nothing is wrong with it: %s', (_what, path, content, reason) => {
    expect(parsedWith(path, content)).toEqual({ ...nothing, ignored: [reason] });
  });

  test('is ignored before the rest of it is looked at', () => {
    const finding = {
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
      Severity: 'whatever',
    };

    expect(parsed(importedEvent(finding))).toEqual({ ...nothing, ignored: ['other product'] });
  });
});

describe('what cannot be understood', () => {
  const whole = JSON.stringify(importedEvent(patchFinding()));

  test.each([
    ['no JSON', 'not json', 'the body is not JSON'],
    ['nothing', '', 'the body is not JSON'],
    ['JSON that was cut', whole.slice(0, -20), 'the body is not JSON'],
    ['null', 'null', '(root): null is refused; allowed: object'],
    ['a list', '[]', '(root): [] is refused; allowed: object'],
  ])('is named: %s', (_what, body, reason) => {
    expect(parseEvent(body, readAt)).toEqual({ ...nothing, malformed: [reason] });
  });

  test.each([
    [
      'an event of the new Security Hub',
      { 'detail-type': 'Findings Imported V2' },
      /^detail-type: "Findings Imported V2"/,
    ],
    [
      'a custom action',
      { 'detail-type': 'Security Hub Findings - Custom Action' },
      /^detail-type: .*Custom Action"/,
    ],
    ['an event of another source', { source: 'my.app' }, /^source: "my\.app" is refused/],
    ['no findings', { detail: {} }, /^detail\.findings: a missing value is refused/],
    ['an empty list of findings', { detail: { findings: [] } }, /^detail\.findings: \[\] is refused/],
  ])('is named by its field: %s', (_what, different, reason) => {
    const event = parsed({ ...importedEvent(patchFinding()), ...different });

    expect(event).toEqual({ ...nothing, malformed: [expect.stringMatching(reason)] });
  });

  test.each([
    ['ProductArn', undefined],
    ['ProductArn', 7],
    ['Id', undefined],
    ['Id', ''],
    ['AwsAccountId', 111122223333],
    ['AwsAccountId', '1111'],
    ['Severity', undefined],
    ['Severity', {}],
    ['Severity', { Label: 'SEVERE' }],
    ['Severity.Normalized', 101],
    ['Resources', undefined],
    ['Resources', []],
    ['Resources', [{ Id: 'arn:aws:s3:::a-bucket' }]],
    ['Resources', [{ Id: 'i-xyz' }]],
    ['PatchSummary.MissingCount', -1],
    ['PatchSummary.FailedCount', 'many'],
    ['PatchSummary.InstalledPendingReboot', 1.5],
    ['Workflow', 'NEW'],
  ])('is a finding whose %s is %j, and the reason says so', (path, content) => {
    const event = parsedWith(path, content);

    expect(event).toEqual({ ...nothing, malformed: [expect.stringContaining(`detail.findings[0].${path}`)] });
  });

  test('is a finding without any time', () => {
    const without = ['PatchSummary.OperationEndTime', 'UpdatedAt', 'CreatedAt'];
    const finding = without.reduce<unknown>((value, path) => withMember(value, path, 'soon'), patchFinding());

    expect(parsed(importedEvent(finding)).malformed).toEqual([
      expect.stringContaining('findings[0].UpdatedAt'),
    ]);
  });

  test.each([null, 'x', 7, []])('is a finding that is %j', (finding) => {
    expect(parsed(importedEvent(finding)).malformed).toEqual([expect.stringContaining('detail.findings[0]')]);
  });

  test('costs its neighbours in the same event nothing', () => {
    const bad = withMember(patchFinding(), 'Severity', undefined);
    const good = patchFinding({ nodeId: 'i-0123456789abcdef1' });

    const event = parsed(importedEvent(bad, good));

    expect(event.findings).toMatchObject([{ nodeId: 'i-0123456789abcdef1' }]);
    expect(event.malformed).toEqual([expect.stringContaining('detail.findings[0].Severity')]);
  });
});

describe("Inspector's finding", () => {
  test('has its node from the ARN, and its CVE', () => {
    const event = parsed(importedEvent(inspectorFinding()));

    expect(event.findings).toMatchObject([
      { kind: 'vulnerability', nodeId: aNode, vulnerabilities: ['CVE-2026-0001'], updatedAt: iso(scannedAt) },
    ]);
  });

  test.each([
    ['an image', { Resources: [{ Id: 'arn:aws:ecr:us-east-1:111122223333:repository/web/sha256:0a' }] }],
    ['an open port', { Vulnerabilities: undefined }],
  ])('is ignored if it is about %s', (_what, different) => {
    expect(parsed(importedEvent(inspectorFinding(different)))).toEqual({
      ...nothing,
      ignored: ['no managed node'],
    });
  });

  test('is malformed without a severity', () => {
    expect(parsed(importedEvent(inspectorFinding({ Severity: undefined }))).malformed).toHaveLength(1);
  });
});
