import { looksAtMost } from '../../infra/clock-limits.ts';
import { stackOf } from './stack.ts';

const stack = stackOf(undefined);
const { Resources } = stack.resources;
const properties = (id: string) => JSON.parse(JSON.stringify(Resources[id]?.Properties));

describe('the ledger', () => {
  test('outlives the stack, can be taken back, and is not deleted by mistake', () => {
    expect(Resources['LedgerTable']).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true },
        KeySchema: [
          { AttributeName: 'place', KeyType: 'HASH' },
          { AttributeName: 'item', KeyType: 'RANGE' },
        ],
      },
    });
  });

  test('is named to every function, with the other tables, topics and queues', () => {
    for (const definition of Object.values(stack.functions)) {
      expect(definition).toMatchObject({
        environment: {
          LEDGER_TABLE_NAME: { Ref: 'LedgerTable' },
          IDEMPOTENCY_TABLE_NAME: { Ref: 'IdempotencyTable' },
          CHAT_TOPIC_ARN: { Ref: 'ChatTopic' },
          FINDINGS_DEAD_LETTER_QUEUE_URL: { Ref: 'FindingsDeadLetters' },
        },
      });
    }
  });
});

test("the table of Powertools' idempotency has its key and its expiry", () => {
  expect(properties('IdempotencyTable')).toMatchObject({
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
  });
});

describe('the clock', () => {
  test('[F38] is looked at every hour, by a role that starts its state machine and nothing else', () => {
    const { ScheduleExpression, Targets } = properties('WatchSlaRule');

    expect(ScheduleExpression).toBe('rate(1 hour)');
    expect(Targets).toEqual([
      expect.objectContaining({
        Arn: { Ref: 'WatchSlaStateMachine' },
        Input: '{}',
        RoleArn: { 'Fn::GetAtt': ['WatchSlaRuleRole', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['EventDeadLetters', 'Arn'] } },
      }),
    ]);
    const [{ PolicyDocument }] = properties('WatchSlaRuleRole').Policies;
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Action: ['states:StartExecution'],
        Resource: { Ref: 'WatchSlaStateMachine' },
      }),
    ]);
  });

  test('trusts its own rule, by the name that the rule has', () => {
    const trust = JSON.stringify(properties('WatchSlaRuleRole').AssumeRolePolicyDocument);

    expect(trust).toContain(`:rule/${properties('WatchSlaRule').Name}"`);
  });

  test('shows every policy on the dashboard, as report-sla counts it', () => {
    const { 'Fn::Sub': body } = properties('Dashboard').DashboardBody;
    const metrics = JSON.parse(body).widgets.flatMap(
      (widget: { properties: { metrics?: unknown[] } }) => widget.properties.metrics ?? [],
    );

    for (const metric of ['OnTime', 'DueSoon', 'Breached', 'WillBreach']) {
      for (const policy of ['stg-web', 'prd-web', 'prd-onpremises']) {
        expect(metrics).toContainEqual(['FleetPatcher', metric, 'service', 'report-sla', 'policy', policy]);
      }
    }
  });

  test('keeps its widgets from lying on each other', () => {
    const { 'Fn::Sub': body } = properties('Dashboard').DashboardBody;
    const corners = JSON.parse(body).widgets.map(({ x, y }: { x: number; y: number }) => `${x},${y}`);

    expect(new Set(corners).size).toBe(corners.length);
  });
});

describe('[F29] policies with many scopes', () => {
  const scopes = (count: number) =>
    Array.from({ length: count }, (_each, index) => ({
      accountId: String(100_000_000_000 + index),
      region: 'us-east-1',
      roleArn: `arn:aws:iam::${100_000_000_000 + index}:role/spoke`,
    }));

  test('are refused with the arithmetic where one execution cannot look at all', () => {
    const many = { one: { scopes: scopes(1000) }, two: { scopes: scopes(1000) }, three: {} };

    expect(() => stackOf(many)).toThrow(
      /scopes: 3 policies have 2001 scopes together; the clock looks at 2000 an hour\. 2001 looks × 12 events, should all fail, are 24012 of the 25000.* Split/,
    );
  });

  test('are admitted up to there', () => {
    const act = () => stackOf({ one: { scopes: scopes(1000) }, two: { scopes: scopes(looksAtMost - 1000) } });

    // What so many roles do to a policy of IAM is told instead.
    expect(act).not.toThrow(/the clock looks at/);
  });
});
