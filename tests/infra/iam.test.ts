import * as z from 'zod';
import { unscopableActions } from '../../infra/iam/policy.ts';
import { checkout, readTemplate, serverless, type Template } from './packaged.ts';

const statementSchema = z.looseObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.unknown(),
  Resource: z.unknown().optional(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});

/** One statement of the template, with where it stands. Actions and resources as text, intrinsic functions as JSON. */
interface Statement {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: string;
  readonly condition: string;
}

function statementsOf(template: Template): Statement[] {
  return Object.entries(template.Resources).flatMap(([resourceId, { Type, Properties }]) =>
    documentsIn(Properties).flatMap((document) =>
      document.map((statement) => ({
        resourceId,
        resourceType: Type,
        effect: statement.Effect,
        actions: listOf(statement.Action).map(String),
        resources: listOf(statement.Resource).map((each) =>
          typeof each === 'string' ? each : JSON.stringify(each),
        ),
        principal: JSON.stringify(statement.Principal ?? null),
        condition: JSON.stringify(statement.Condition ?? null),
      })),
    ),
  );
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Every list of statements, wherever in the properties it is. */
function documentsIn(value: unknown): z.infer<typeof statementSchema>[][] {
  if (Array.isArray(value)) return value.flatMap(documentsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'Statement' ? [z.array(statementSchema).parse(each)] : documentsIn(each),
  );
}

describe('every IAM statement of the packaged template', () => {
  let statements: Statement[] = [];
  let allowed: Statement[] = [];
  beforeAll(() => {
    const directory = checkout();
    const subnets = [
      '--param=subnetIds=subnet-0123456789abcdef0',
      '--param=securityGroupIds=sg-0123456789abcdef0',
    ];
    serverless(directory, ['package', '--stage', 'prd', ...subnets]);
    statements = statementsOf(readTemplate(directory));
    allowed = statements.filter((statement) => statement.effect === 'Allow');
  });

  test('is found: roles, queues, topics, key, buckets', () => {
    expect([...new Set(statements.map((statement) => statement.resourceType))].toSorted()).toEqual([
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
      'AWS::KMS::Key',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::TopicPolicy',
      'AWS::SQS::QueuePolicy',
    ]);
    expect(statements.length).toBeGreaterThan(50);
  });

  test('names its resource, unless IAM cannot scope the action', () => {
    const wild = allowed
      // In a key's own policy "*" is that key.
      .filter((statement) => statement.resourceType !== 'AWS::KMS::Key' && statement.resources.includes('*'))
      .flatMap((statement) =>
        statement.actions
          .filter((action) => !unscopableActions.includes(action))
          .map((action) => `${statement.resourceId}: ${action}`),
      );

    expect(wild).toEqual([]);
  });

  test('names at least a kind of resource in each ARN', () => {
    const open = allowed
      .flatMap(({ resourceId, resources }) => resources.map((resource) => `${resourceId}: ${resource}`))
      .filter((line) => /:(\$\{AWS::AccountId\})?:\*"/.test(line));

    expect(open).toEqual([]);
  });

  test('names its actions one by one', () => {
    const wild = allowed.flatMap(({ resourceId, actions }) =>
      actions.filter((action) => action.includes('*')).map((action) => `${resourceId}: ${action}`),
    );

    expect(wild).toEqual(['TopicKey: kms:*', 'TopicKey: kms:GenerateDataKey*']);
  });

  test('keeps nothing on the list of what IAM cannot scope that it does not need', () => {
    const used = new Set(
      allowed
        .filter((statement) => statement.resources.includes('*'))
        .flatMap((statement) => statement.actions),
    );

    expect(unscopableActions.filter((action) => !used.has(action))).toEqual([]);
  });

  test('sends two documents and no other, to nodes with the tag of a policy and no others', () => {
    const sending = allowed.filter((statement) => statement.actions.includes('ssm:SendCommand'));
    const toNodes = sending.filter(({ resources }) => resources.some((each) => /instance\//.test(each)));
    const documents = sending
      .filter((statement) => !toNodes.includes(statement))
      .flatMap((statement) => statement.resources);

    expect(sending).toHaveLength(6);
    expect(new Set(documents.map((each) => each.replace(/.*(document\/|\{RunBucket)/, '$1')))).toEqual(
      new Set([
        'document/AWS-RunPatchBaseline"}',
        'document/fleet-patcher-prd-run-hooks"}',
        '{RunBucket.Arn}"}',
      ]),
    );
    expect(toNodes.map((statement) => statement.condition)).toEqual(
      Array.from({ length: 2 }, () => ['PatchGroup', 'Patch Group'])
        .flat()
        .map((key) =>
          JSON.stringify({
            StringEquals: {
              [`ssm:resourceTag/${key}`]: [
                'prd-onpremises',
                'prd-web',
                'prd-windows',
                'stg-web',
                'stg-windows',
              ],
            },
          }),
        ),
    );
  });

  test('looks at the windows of this stage, and at no others', () => {
    const windows = allowed.filter(({ resources }) =>
      resources.some((each) => each.includes('maintenancewindow/')),
    );

    expect(windows.map((statement) => statement.condition)).toEqual(
      windows.map(() => '{"StringEquals":{"aws:ResourceTag/fleet-patcher":"fleet-patcher-prd"}}'),
    );
    expect(windows).toHaveLength(2);
  });

  test('reaches objects in the bucket by prefix alone', () => {
    const objects = allowed
      .filter(({ actions }) => actions.some((action) => /^s3:(Get|Put|Delete)Object/.test(action)))
      .flatMap((statement) => statement.resources);

    expect(objects.length).toBeGreaterThan(5);
    expect(objects.filter((each) => !/\{RunBucket\.Arn\}\/(runs|logs|sla|locks)\//.test(each))).toEqual([]);
  });

  test('takes and releases the locks of runs from the three functions that have to, and deletes none', () => {
    const locks = allowed.filter(({ resources }) => resources.some((each) => each.includes('/locks/')));

    expect(locks.map(({ resourceId, actions }) => `${resourceId}: ${actions.join()}`).toSorted()).toEqual([
      'CloseRunRole: s3:GetObject',
      'CloseRunRole: s3:PutObject',
      'NotifyRole: s3:GetObject',
      'NotifyRole: s3:PutObject',
      'ResolveTargetsRole: s3:GetObject',
      'ResolveTargetsRole: s3:PutObject',
    ]);
  });

  test('reaches findings through the hub of this account and Region alone', () => {
    const findings = allowed.filter(({ actions }) => actions.some((action) => /^securityhub:/.test(action)));

    expect(findings.map(({ resourceId, actions }) => `${resourceId}: ${actions.join()}`).toSorted()).toEqual([
      'NotifyFindingRole: securityhub:BatchUpdateFindings',
      'ReportSlaRole: securityhub:BatchUpdateFindings',
      'UpdateLedgerRole: securityhub:GetFindings,securityhub:BatchUpdateFindings',
    ]);
    for (const { resources } of findings) {
      expect(resources).toEqual([expect.stringMatching(/AWS::AccountId\}:hub\/default"/)]);
    }
  });

  test('writes the ledger from the three functions that keep it, and scans no table', () => {
    const tables = allowed.filter(({ actions }) => actions.some((action) => /^dynamodb:/.test(action)));

    const pairs = tables.map(({ resourceId, resources }) => `${resourceId}: ${resources.join()}`);
    expect(pairs.toSorted()).toEqual([
      'NotifyFindingRole: {"Fn::GetAtt":["IdempotencyTable","Arn"]}',
      'NotifyFindingRole: {"Fn::GetAtt":["LedgerTable","Arn"]}',
      'ReportSlaRole: {"Fn::GetAtt":["IdempotencyTable","Arn"]}',
      'ReportSlaRole: {"Fn::GetAtt":["LedgerTable","Arn"]}',
      'UpdateLedgerRole: {"Fn::GetAtt":["LedgerTable","Arn"]}',
    ]);
    expect(tables.flatMap(({ actions }) => actions)).not.toContain('dynamodb:Scan');
  });

  test('passes a role by its ARN and to one service, if at all', () => {
    expect(allowed.filter(({ actions }) => actions.some((action) => /^iam:|^\*$/.test(action)))).toEqual([]);
  });

  test('binds each service to this account and to what acts through it', () => {
    const unbound = allowed
      .filter(({ principal }) => principal.includes('"Service"'))
      // Lambda gives no source when it assumes an execution role.
      .filter(({ principal }) => !principal.includes('lambda.amazonaws.com'))
      .filter(({ condition }) => !/aws:SourceArn.*aws:SourceAccount/.test(condition));

    expect(unbound).toEqual([]);
    expect(allowed.filter(({ principal }) => principal.includes('"*"'))).toEqual([]);
  });

  test('gives each function a role of its own', () => {
    const roles = allowed.filter(({ principal }) => principal.includes('lambda.amazonaws.com'));

    expect(roles.map((statement) => statement.resourceId).toSorted()).toEqual([
      'CheckWindowsRole',
      'CloseRunRole',
      'EvaluateResultRole',
      'ListScopesRole',
      'NotifyFindingRole',
      'NotifyRole',
      'PollCommandRole',
      'ReportSlaRole',
      'ResolveTargetsRole',
      'SendCommandRole',
      'UpdateLedgerRole',
    ]);
  });

  test('denies what comes without TLS, to buckets and queues', () => {
    const denied = statements.filter((statement) => statement.effect === 'Deny');

    expect(denied.map((statement) => statement.resourceId).toSorted()).toEqual([
      'EventDeadLettersPolicy',
      'FindingsDeadLettersPolicy',
      'FindingsQueuePolicy',
      'MessageDeadLettersPolicy',
      'RunBucketPolicy',
      'ServerlessDeploymentBucketPolicy',
    ]);
    expect(denied.filter(({ condition }) => !condition.includes('aws:SecureTransport'))).toEqual([]);
  });
});
