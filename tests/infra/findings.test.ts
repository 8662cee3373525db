import { findingsBuffer, findingsPattern } from '../../infra/findings.ts';
import { functions } from '../../infra/functions.ts';
import { policiesOf } from './policies.ts';
import { stackOf } from './stack.ts';

const { Resources } = stackOf(undefined).resources;
const properties = (id: string) => JSON.parse(JSON.stringify(Resources[id]?.Properties));
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const notifyFinding = functions.find(({ name }) => name === 'notify-finding');

function policiesWith(...inspector: readonly boolean[]) {
  return Object.values(
    policiesOf(
      Object.fromEntries(inspector.map((each, index) => [`p-${index}`, { alerts: { inspector: each } }])),
    ),
  );
}

describe('the rule for findings', () => {
  test('[F34] takes what is new and active: our own updates are sent as imported again', () => {
    const { detail } = findingsPattern(policiesWith(false));

    expect(detail.findings.Workflow).toEqual({ Status: ['NEW'] });
    expect(detail.findings.RecordState).toEqual(['ACTIVE']);
  });

  test('[F35] knows them by their product, and asks for no severity and no Compliance', () => {
    expect(findingsPattern(policiesWith(false))).toEqual({
      source: ['aws.securityhub'],
      'detail-type': ['Security Hub Findings - Imported'],
      detail: {
        findings: {
          ProductArn: [{ suffix: ':product/aws/ssm-patch-manager' }],
          RecordState: ['ACTIVE'],
          Workflow: { Status: ['NEW'] },
        },
      },
    });
  });

  test("takes Inspector's, if a policy wants them", () => {
    const products = (...inspector: readonly boolean[]) =>
      findingsPattern(policiesWith(...inspector)).detail.findings.ProductArn;

    expect(products(false, true)).toContainEqual({ suffix: ':product/aws/inspector' });
    expect(products(false, false)).not.toContainEqual({ suffix: ':product/aws/inspector' });
  });

  test('is deployed as it is, within what EventBridge takes', () => {
    const pattern = properties('FindingsRule').EventPattern;

    expect(pattern).toEqual(findingsPattern(Object.values(policiesOf({ web: {} }))));
    expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
  });

  test('[F38] sends to the queue by a resource policy and no role, tries for a day, and keeps what it cannot send', () => {
    const [target] = properties('FindingsRule').Targets;

    expect(target).toEqual({
      Id: 'findings',
      Arn: arnOf('FindingsQueue'),
      DeadLetterConfig: { Arn: arnOf('EventDeadLetters') },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    });
    const [sender] = properties('FindingsQueuePolicy').PolicyDocument.Statement;
    expect(sender).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': [arnOf('FindingsRule')] } },
    });
    const [dead] = properties('EventDeadLettersPolicy').PolicyDocument.Statement;
    expect(dead.Condition.ArnEquals['aws:SourceArn']).toContainEqual(arnOf('FindingsRule'));
  });
});

describe('the queue of findings', () => {
  test('hides a message for longer than its function can take, the gathering counted', () => {
    const seconds = properties('FindingsQueue').VisibilityTimeout;

    expect(seconds).toBeGreaterThanOrEqual(6 * (notifyFinding?.timeoutSeconds ?? Number.NaN) + 300);
    expect(seconds).toBeLessThanOrEqual(43_200);
  });

  test('gives a message up after five receipts, to a queue that keeps it longer', () => {
    const { RedrivePolicy, MessageRetentionPeriod } = properties('FindingsQueue');

    expect(RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf('FindingsDeadLetters'),
      maxReceiveCount: 5,
    });
    expect(properties('FindingsDeadLetters').MessageRetentionPeriod).toBe(14 * 86_400);
    expect(MessageRetentionPeriod).toBeLessThan(14 * 86_400);
  });

  test('is encrypted, and so are its dead letters', () => {
    for (const id of ['FindingsQueue', 'FindingsDeadLetters']) {
      expect(properties(id).SqsManagedSseEnabled).toBe(true);
    }
  });

  test('hands over some minutes at once, and takes back single messages', () => {
    expect(properties('FindingsEventSource')).toEqual({
      EventSourceArn: arnOf('FindingsQueue'),
      FunctionName: arnOf('NotifyFindingLambdaFunction'),
      BatchSize: 1_000,
      MaximumBatchingWindowInSeconds: 300,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('starts no more invocations than are reserved for the function', () => {
    expect(findingsBuffer().maximumConcurrency).toBeLessThanOrEqual(
      notifyFinding?.reservedConcurrency ?? Number.NaN,
    );
  });
});
