import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { patchManagerReports } from '../../../local/aws/securityhub/patch-manager.ts';
import type { PatchOperationReport } from '../../../local/aws/ssm/patch-operation-report.ts';
import { generateFleet } from '../../../local/fleet/generate.ts';
import { startsAt } from './front-server.ts';
import { closeServices, startServices } from './services-under-test.ts';

afterEach(closeServices);

const commandId = '11111111-2222-4333-8444-555555555555';

const report: PatchOperationReport = {
  nodeId: 'mi-0123456789abcdef0',
  accountId: '444455556666',
  region: 'eu-west-1',
  commandId,
  baselineId: 'pb-0123456789abcdef0',
  operation: 'Scan',
  startedAt: startsAt,
  endedAt: startsAt + 60_500,
  rebootOption: 'NoReboot',
  missing: 3,
  failed: 1,
  pendingReboot: 2,
  installed: 45,
  installedOther: 12,
  highestSeverity: 'HIGH',
};

describe('patchManagerReports', () => {
  test('[F23] [F35] names a hybrid node by its bare id, as an AwsEc2Instance', () => {
    const finding = patchManagerReports(report);

    expect(finding?.Resources).toEqual([
      { Type: 'AwsEc2Instance', Id: 'mi-0123456789abcdef0', Partition: 'aws', Region: 'eu-west-1' },
    ]);
  });

  test('[F35] has an id of node and command, no compliance, and a pending reboot without "Count"', () => {
    const finding = patchManagerReports(report);

    expect(finding).not.toHaveProperty('Compliance');
    expect(finding).toMatchObject({
      Id: `arn:aws:patchmanager:eu-west-1:444455556666:instance/mi-0123456789abcdef0/document/AWS-RunPatchBaseline/run-command/${commandId}`,
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/ssm-patch-manager',
      GeneratorId: commandId,
      AwsAccountId: '444455556666',
      Severity: { Label: 'HIGH' },
      PatchSummary: {
        Id: 'pb-0123456789abcdef0',
        InstalledCount: 45,
        MissingCount: 3,
        FailedCount: 1,
        InstalledOtherCount: 12,
        InstalledRejectedCount: 0,
        InstalledPendingReboot: 2,
        OperationStartTime: '2026-11-22T02:00:00Z',
        OperationEndTime: '2026-11-22T02:01:00Z',
        RebootOption: 'NoReboot',
        Operation: 'SCAN',
      },
    });
    expect(Object.keys(Object(finding?.['PatchSummary']))).not.toContain('InstalledPendingRebootCount');
  });

  test('[F35] makes none for a compliant node', () => {
    const compliant = { ...report, missing: 0, failed: 0, pendingReboot: 0, highestSeverity: null };

    expect(patchManagerReports(compliant)).toBeUndefined();
  });
});

describe('a scan in the embedded account', () => {
  const nodes = generateFleet({ seed: 1, nodes: 40, target: { PatchGroup: 'prd-web' } });

  async function scanTwice(seed: number) {
    const { aws, clock, client } = await startServices({ nodes, seed, securityHub: { isEnabled: true } });
    const ids = nodes
      .filter(
        ({ isManaged, instanceState, fate }) =>
          isManaged && instanceState === 'running' && fate.agent === 'online',
      )
      .slice(0, 20)
      .map(({ nodeId }) => nodeId);
    const scan = {
      DocumentName: 'AWS-RunPatchBaseline',
      Parameters: { Operation: ['Scan'] },
      InstanceIds: ids,
    };
    const commands: (string | undefined)[] = [];
    const counts: number[] = [];
    for (let n = 0; n < 2; n += 1) {
      const { Command } = await new SSMClient(client).send(new SendCommandCommand(scan));
      commands.push(Command?.CommandId);
      await clock.sleep(600_000);
      counts.push(aws.securityHub.findings.length);
      await clock.sleep(3 * 3_600_000);
      counts.push(aws.securityHub.findings.length);
    }
    return { aws, commands, counts, ids };
  }

  test('[F35] becomes a finding a node and command, minutes or hours later, and closes none', async () => {
    const { aws, commands, counts, ids } = await scanTwice(1);

    const { findings } = aws.securityHub;
    const [soon = 0, first = 0, , second = 0] = counts;
    expect(soon).toBeGreaterThan(0);
    expect(soon).toBeLessThan(first);
    expect(first).toBeLessThanOrEqual(ids.length);
    expect(second).toBeGreaterThan(first);
    expect(new Set(findings.map(({ GeneratorId }) => GeneratorId))).toEqual(new Set(commands));
    expect(new Set(findings.map(({ Id }) => Id)).size).toBe(findings.length);
    expect(
      findings.every(({ Workflow, RecordState }) => Workflow.Status === 'NEW' && RecordState === 'ACTIVE'),
    ).toBe(true);
  });

  test('arrives in the same order for the same seed', async () => {
    const play = async (seed: number) => (await scanTwice(seed)).aws.securityHub.findings.map(({ Id }) => Id);

    const first = await play(1);

    expect(await play(1)).toEqual(first);
    expect(await play(2)).not.toEqual(first);
  });
});
