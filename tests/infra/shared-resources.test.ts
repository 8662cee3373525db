import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functions } from '../../infra/functions.ts';
import { alarmResources } from '../../infra/resources/alarm-resources.ts';
import { alarms } from '../../infra/resources/alarms.ts';
import { countedLines } from '../../infra/resources/metrics.ts';
import { logMessages } from '../../shared/lambda/log-messages.ts';
import { amazonLinux, install, scan } from './policies.ts';
import { propertiesOf, stackOf } from './stack.ts';

const stack = stackOf(undefined, { alertMails: 'ops@example.com', reportMails: 'it@example.com' });
const { Resources } = stack.resources;
const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');

describe('a state machine', () => {
  const machines = propertiesOf(stack, 'AWS::StepFunctions::StateMachine');

  test.each(Object.entries(machines))('%s logs errors without payloads, and is traced', (_id, machine) => {
    expect(machine).toMatchObject({
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  test('calls its own functions and no others', () => {
    const called = (id: string) =>
      [...JSON.stringify(Resources[id]?.Properties).matchAll(/"(\w+)LambdaFunction"/g)].map(
        ([, name]) => name,
      );

    expect(Object.keys(machines)).toEqual(['PatchFleetStateMachine', 'WatchSlaStateMachine']);
    expect(called('WatchSlaRole')).toEqual(['ListScopes', 'ReportSla', 'UpdateLedger']);
    expect(called('PatchFleetRole')).not.toEqual(expect.arrayContaining(called('WatchSlaRole')));
  });

  test('starts executions of itself only with a Distributed Map', () => {
    expect(JSON.stringify(Resources['PatchFleetRole'])).toContain('states:StartExecution');
    expect(JSON.stringify(Resources['WatchSlaRole'])).not.toContain('states:StartExecution');
  });

  test('[F28] is started and followed by the role of the windows', () => {
    const role = JSON.stringify(Resources['InstallWindowRole']?.Properties);

    expect(role).toContain('states:StartExecution');
    expect(role).toContain('states:DescribeExecution');
    expect(role).toContain('ssm.amazonaws.com');
  });
});

describe('the bucket', () => {
  test('is encrypted, closed to the public, versioned, tidied up, and outlives the stack', () => {
    expect(Resources['RunBucket']).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 400 })] },
      },
    });
    expect(JSON.stringify(Resources['RunBucket'])).toContain('SSEAlgorithm');
  });

  test('[F13] lets nodes that have the policy leave their logs, and nothing else', () => {
    expect(JSON.stringify(Resources['NodeLogsPolicy']?.Properties)).toContain(`\${RunBucket.Arn}/logs/*`);
  });

  test('can be one that is there already', () => {
    const other = stackOf({ web: { scan } }, { existingBucket: 'a-bucket-of-ours' });

    expect(propertiesOf(other, 'AWS::S3::Bucket')).toEqual({});
    expect(JSON.stringify(other)).not.toContain('RunBucket"');
    expect(JSON.stringify(other.resources.Resources['NotifyRole'])).toContain(
      ':s3:::a-bucket-of-ours/runs/*',
    );
  });
});

describe('what is told', () => {
  test('goes to encrypted topics, to those who are named, with dead letters', () => {
    expect(
      Object.values(propertiesOf(stack, 'AWS::SNS::Topic')).every((topic) => topic['KmsMasterKeyId']),
    ).toBe(true);
    expect(Object.values(propertiesOf(stack, 'AWS::SNS::Subscription'))).toMatchObject([
      { TopicArn: { Ref: 'AlertsTopic' }, Endpoint: 'ops@example.com', RedrivePolicy: expect.anything() },
      { TopicArn: { Ref: 'ReportsTopic' }, Endpoint: 'it@example.com', RedrivePolicy: expect.anything() },
    ]);
  });

  test("keeps a subscription when another one's address leaves the list", () => {
    const both = propertiesOf(
      stackOf(undefined, { alertMails: 'a@example.com,b@example.com' }),
      'AWS::SNS::Subscription',
    );
    const one = propertiesOf(stackOf(undefined, { alertMails: 'b@example.com' }), 'AWS::SNS::Subscription');

    expect(both).toMatchObject(one);
  });
});

describe('events', () => {
  test('of a run that ended badly reach close-run, and those of batches do not', () => {
    expect(Resources['CloseRunRule']?.Properties).toMatchObject({
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [{ Ref: 'PatchFleetStateMachine' }],
        },
      },
    });
  });

  test('[F38] have a resource policy, dead letters, and dead letters again behind the function', () => {
    for (const [id, name] of [
      ['CloseRun', 'CloseRunRule'],
      ['CheckWindows', 'CheckWindowsRule'],
    ] as const) {
      const { Targets } = JSON.parse(JSON.stringify(Resources[name]?.Properties));

      expect(Targets[0].DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': ['EventDeadLetters', 'Arn'] });
      expect(Targets[0].RoleArn).toBeUndefined();
      expect(Resources[`${id}Permission`]?.Properties).toMatchObject({
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [name, 'Arn'] },
      });
      expect(Resources[`${id}InvokeConfig`]?.Properties).toMatchObject({
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['EventDeadLetters', 'Arn'] } } },
      });
    }
  });
});

describe('every alarm', () => {
  const all = propertiesOf(stack, 'AWS::CloudWatch::Alarm');

  test.each(Object.entries(all))(
    '%s goes to the alerts, and links to its entry in the runbook',
    (_id, alarm) => {
      const [, entry] = /docs\/operations\.md#(\S+)$/.exec(String(alarm['AlarmDescription'])) ?? [];

      expect(alarm['AlarmActions']).toEqual([{ Ref: 'AlertsTopic' }]);
      expect(runbook).toContain(`\n### ${entry}\n`);
    },
  );

  test('adds up no more metrics than CloudWatch takes', () => {
    for (const { Metrics } of Object.values(all)) {
      const metrics = JSON.stringify(Metrics).match(/"MetricStat"/g) ?? [];

      expect(metrics.length).toBeGreaterThan(0);
      expect(metrics.length).toBeLessThanOrEqual(10);
    }
    const twelve = Array.from({ length: 12 }, (_each, index) => `function-${index}`);
    const naming = { service: 'fleet-patcher', stage: 'prd', prefix: 'fleet-patcher-prd' };
    expect(() => alarmResources(twelve, { naming, runbookUrl: 'x' })).toThrow(
      'alarm function-errors: 12 metrics are refused; CloudWatch adds up 10',
    );
  });

  test('of what is watched for its silence rings when there is nothing to see', () => {
    const silent = Object.entries(all).filter(([, alarm]) => alarm['TreatMissingData'] === 'breaching');

    expect(silent.map(([id]) => id)).toEqual(['ClockStoppedAlarm']);
    expect(silent[0]?.[1]).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
    });
  });

  test('that counts lines of a log counts lines that are written', () => {
    const known = functions.map(({ name }) => name);
    for (const { metric, functionNames, code } of countedLines) {
      expect(Object.keys(logMessages)).toContain(code);
      expect(functionNames.filter((name) => !known.includes(name))).toEqual([]);
      expect(JSON.stringify(all)).toContain(`"MetricName":"${metric}"`);
    }
  });

  test('is on the dashboard', () => {
    const dashboard = JSON.stringify(Resources['Dashboard']?.Properties);

    for (const { name } of alarms([])) expect(dashboard).toContain(`:alarm:fleet-patcher-prd-${name}`);
  });

  test('that operators were promised is there', () => {
    expect(alarms([]).map((alarm) => alarm.name)).toEqual([
      'run-failed',
      'executions-throttled',
      'function-errors',
      'function-throttles',
      'clock-function-errors',
      'clock-function-throttles',
      'dead-events',
      'dead-messages',
      'dead-findings',
      'chat-not-told',
      'locks-not-released',
      'findings-late',
      'window-without-run',
      'clock-stopped',
      'scope-not-seen',
    ]);
  });
});

test.each([
  'run-succeeded',
  'run-halted',
  'run-failed',
  'urgent',
  'findings',
  'findings-without-policy',
  'sla-forecast',
  'sla-breach',
])('the runbook has the entry %s, which messages link to', (entry) => {
  expect(runbook).toContain(`\n### ${entry}\n`);
});

test('reserved concurrency leaves what the runbook says', () => {
  const total = functions.reduce((sum, each) => sum + each.reservedConcurrency, 0);

  expect(runbook).toContain(`adds up to ${total}, and Lambda wants 100 left`);
});

describe('a stack of fifty policies', () => {
  const fifty = (systems: readonly string[], patchGroup = (index: number) => `group-${index}`) =>
    Object.fromEntries(
      Array.from({ length: 50 }, (_each, index) => [
        `policy-${index}`,
        {
          patchGroup: patchGroup(index),
          scan,
          install: install(['WED', 'SAT'][index % 2]),
          baselines: systems.map((operatingSystem) => ({ ...amazonLinux, operatingSystem })),
        },
      ]),
    );

  test('stays within the limits of CloudFormation and Systems Manager', () => {
    const { resources } = stackOf(fifty(['AMAZON_LINUX_2023', 'WINDOWS']));

    expect(Object.keys(resources.Resources).length).toBeGreaterThan(300);
    expect(Object.keys(resources.Resources).length).toBeLessThan(500);
    expect(Buffer.byteLength(JSON.stringify(resources))).toBeLessThan(1_000_000);
  });

  test('is refused with the arithmetic, and the way to split it, where it does not', () => {
    const many = [
      'AMAZON_LINUX_2',
      'AMAZON_LINUX_2023',
      'WINDOWS',
      'SUSE',
      'CENTOS',
      'ORACLE_LINUX',
      'DEBIAN',
    ];

    expect(() => stackOf(fifty(many))).toThrow(
      /resources: 554 of Systems Manager \+ \d+ shared \+ 24 of the framework = \d+; a template holds 500\. Split/,
    );
    expect(() => stackOf(fifty(['WINDOWS'], (index) => `${index}-`.padEnd(250, 'x')))).toThrow(
      /role SendCommandRole: .* characters; IAM takes 10240/,
    );
  });
});
