import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { findingsPattern } from '../../infra/findings.ts';
import { functions } from '../../infra/functions.ts';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import { loadPolicies } from '../../infra/policies.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { checkout, serverless } from '../infra/packaged.ts';
import { install, scan } from '../infra/policies.ts';
import { policyFileOf } from '../infra/stack.ts';
import { hasMoto, type MotoServer, startMoto } from './moto-server.ts';

const stackName = 'fleet-patcher-prd';

/** Types that moto 5.2.1 takes in a template and does not create: of these only the template itself is compared. */
const gaps = [
  'AWS::CloudWatch::Alarm',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::MetricFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::MaintenanceWindow',
  'AWS::SSM::MaintenanceWindowTarget',
  'AWS::SSM::MaintenanceWindowTask',
  'AWS::SSM::PatchBaseline',
];

const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

function unseenPolicies(durationHours: number): string {
  return policyFileOf(
    Object.fromEntries(
      ['stg-app', 'stg-db', 'stg-batch', 'prd-app', 'prd-db', 'prd-batch'].map((name) => [
        name,
        {
          scan,
          install: install(name.startsWith('stg') ? 'WED' : 'SAT#3', { durationHours }),
          baselines: ['AMAZON_LINUX_2023', 'WINDOWS'].map((operatingSystem) => ({
            operatingSystem,
            rules: [{ classification: ['Security'], approveAfterDays: name.startsWith('stg') ? 1 : 31 }],
          })),
        },
      ]),
    ),
  );
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** What `fleet.yml` demands of Systems Manager, and what the deployed template holds of it. */
function demanded({ policies }: PolicyFile) {
  const all = Object.entries(policies);
  return {
    baselines: all.flatMap(([, { patchGroup, baselines }]) =>
      baselines.map(({ operatingSystem, rules }) => [
        patchGroup,
        operatingSystem,
        rules.map((rule) => rule.approveAfterDays),
      ]),
    ),
    scans: all.filter(([, policy]) => policy.scan).map(([name]) => name),
    installs: all.flatMap(([name, policy]) =>
      policy.install ? [[name, policy.install.schedule, policy.install.durationHours]] : [],
    ),
  };
}

const baselineSchema = z.object({
  PatchGroups: z.array(z.string()),
  OperatingSystem: z.string(),
  ApprovalRules: z.object({ PatchRules: z.array(z.object({ ApproveAfterDays: z.number() })) }),
});
const taskSchema = z.object({
  Name: z.string(),
  TaskType: z.string(),
  WindowId: z.object({ Ref: z.string() }),
});

function held({ Resources }: z.infer<typeof templateSchema>) {
  const ofType = (type: string) =>
    Object.values(Resources)
      .filter((resource) => resource.Type === type)
      .map((resource) => resource.Properties);
  const tasks = ofType('AWS::SSM::MaintenanceWindowTask').map((task) => taskSchema.parse(task));
  return {
    baselines: ofType('AWS::SSM::PatchBaseline')
      .map((each) => baselineSchema.parse(each))
      .map((each) => [
        each.PatchGroups[0],
        each.OperatingSystem,
        each.ApprovalRules.PatchRules.map((rule) => rule.ApproveAfterDays),
      ]),
    scans: tasks.filter((task) => task.TaskType === 'RUN_COMMAND').map((task) => task.Name),
    installs: tasks
      .filter((task) => task.TaskType === 'STEP_FUNCTIONS')
      .map((task) => {
        const window = Resources[task.WindowId.Ref]?.Properties;
        return [task.Name, window?.['Schedule'], window?.['Duration']];
      }),
  };
}

async function all<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[] | undefined) {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

(hasMoto ? describe : describe.skip)(
  hasMoto ? 'the stack on moto_server' : 'NOT RUN: moto_server is not on this machine',
  () => {
    const directory = checkout();
    const policyFile = join(directory, 'policies.yml');
    let moto: MotoServer;
    let clientConfig: {
      endpoint: string;
      region: string;
      credentials: typeof credentials;
      maxAttempts: number;
    };

    const framework = (...command: readonly string[]) =>
      serverless(
        directory,
        [
          ...command,
          '--stage',
          'prd',
          '--region',
          'ap-northeast-1',
          '--param=policyFile=policies.yml',
          '--param=alertMails=ops@example.com',
        ],
        {
          AWS_ENDPOINT_URL: moto.endpoint,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      );

    const deploy = (source: string) => {
      writeFileSync(policyFile, JSON.stringify(loadPolicies(source)));
      return framework('deploy');
    };

    const deployedTemplate = async () => {
      const { TemplateBody } = await new CloudFormationClient(clientConfig).send(
        new GetTemplateCommand({ StackName: stackName }),
      );
      return templateSchema.parse(typeof TemplateBody === 'string' ? JSON.parse(TemplateBody) : TemplateBody);
    };

    const codeOf = async (name: string) => {
      const { Configuration } = await new LambdaClient(clientConfig).send(
        new GetFunctionCommand({ FunctionName: `${stackName}-${name}` }),
      );
      return Configuration?.CodeSha256;
    };

    beforeAll(async () => {
      moto = await startMoto();
      clientConfig = { endpoint: moto.endpoint, region: 'ap-northeast-1', credentials, maxAttempts: 1 };
      deploy(unseenPolicies(4));
    }, 180_000);
    afterAll(async () => {
      await moto?.stop();
    });

    test('is complete', async () => {
      const { Stacks } = await new CloudFormationClient(clientConfig).send(
        new DescribeStacksCommand({ StackName: stackName }),
      );

      expect(Stacks?.[0]?.StackStatus).toMatch(/_COMPLETE$/);
    });

    test('lacks what moto cannot make, and nothing else', () => {
      const named = [...moto.log().matchAll(/No Moto CloudFormation support for (\S+)/g)].map(
        ([, type]) => type,
      );

      expect([...new Set(named)].toSorted()).toEqual(gaps);
    });

    test('holds the windows, tasks and baselines of the policies, in its template', async () => {
      expect(held(await deployedTemplate())).toEqual(demanded(loadPolicies(policyFile)));
    });

    test('has each function, with its memory, its time and its own role', async () => {
      const found = await all(
        paginateListFunctions({ client: new LambdaClient(clientConfig) }, {}),
        (page) => page.Functions,
      );

      expect(
        found
          .map((each) => [each.FunctionName, each.Runtime, each.MemorySize, each.Timeout])
          .toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
      ).toEqual(
        functions.map((each) => [
          `${stackName}-${each.name}`,
          'nodejs24.x',
          each.memoryMegabytes,
          each.timeoutSeconds,
        ]),
      );
      expect(new Set(found.map((each) => each.Role)).size).toBe(functions.length);
    });

    test('has the state machines, with the definitions of the project and roles of their own', async () => {
      const client = new SFNClient(clientConfig);
      const machines = await all(paginateListStateMachines({ client }, {}), (page) => page.stateMachines);

      const described = await Promise.all(
        machines.map(({ stateMachineArn }) =>
          client.send(new DescribeStateMachineCommand({ stateMachineArn })),
        ),
      );

      const states = new Map(
        described.map(({ name, definition }) => [name, Object.keys(JSON.parse(definition ?? '{}').States)]),
      );
      expect([...states.keys()].toSorted()).toEqual([`${stackName}-patch-fleet`, `${stackName}-watch-sla`]);
      expect(states.get(`${stackName}-patch-fleet`)).toContain('PatchBatches');
      expect(states.get(`${stackName}-watch-sla`)).toContain('ForEachScope');
      expect(new Set(described.map((each) => each.roleArn)).size).toBe(2);
    });

    test('has the ledger with its keys, and the table of what was told', async () => {
      const client = new DynamoDBClient(clientConfig);
      const { TableNames = [] } = await client.send(new ListTablesCommand({}));

      const tables = await Promise.all(
        TableNames.map((TableName) => client.send(new DescribeTableCommand({ TableName }))),
      );

      const keys = tables.map(({ Table }) => Table?.KeySchema?.map((key) => key.AttributeName).join());
      expect(keys.toSorted()).toEqual(['id', 'place,item']);
      expect(tables.map(({ Table }) => Table?.BillingModeSummary?.BillingMode)).toEqual([
        'PAY_PER_REQUEST',
        'PAY_PER_REQUEST',
      ]);
    });

    test('hands findings from their queue to their function, some minutes at once', async () => {
      const { EventSourceMappings = [] } = await new LambdaClient(clientConfig).send(
        new ListEventSourceMappingsCommand({}),
      );

      expect(EventSourceMappings).toHaveLength(1);
      expect(EventSourceMappings[0]?.FunctionArn).toContain(`${stackName}-notify-finding`);
      expect(EventSourceMappings[0]?.EventSourceArn).toContain('FindingsQueue');
      expect(EventSourceMappings[0]?.BatchSize).toBe(1_000);
    });

    test('has a bucket that is encrypted, versioned and closed to the public', async () => {
      const client = new S3Client({ ...clientConfig, forcePathStyle: true });
      const { Buckets } = await client.send(new ListBucketsCommand({}));
      const Bucket = Buckets?.map((each) => each.Name).find((name) => name?.includes('runbucket'));

      const encryption = await client.send(new GetBucketEncryptionCommand({ Bucket }));
      const { RunBucket } = (await deployedTemplate()).Resources;

      expect(JSON.stringify(encryption.ServerSideEncryptionConfiguration)).toContain('AES256');
      // moto leaves these properties out when it makes a bucket: compared in the template.
      expect(RunBucket?.Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
      expect(RunBucket?.Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    });

    test('has three encrypted topics', async () => {
      const client = new SNSClient(clientConfig);
      const { Topics = [] } = await client.send(new ListTopicsCommand({}));

      const keys = [];
      for (const { TopicArn } of Topics) {
        const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
        keys.push(Attributes?.['KmsMasterKeyId']);
      }

      expect(Topics.map((topic) => topic.TopicArn?.split(':').at(-1)).toSorted()).toEqual([
        `${stackName}-alerts`,
        `${stackName}-chat`,
        `${stackName}-reports`,
      ]);
      expect(keys.every((key) => key !== undefined)).toBe(true);
    });

    test('has the hook document', async () => {
      const { DocumentFormat } = await new SSMClient(clientConfig).send(
        new GetDocumentCommand({ Name: `${stackName}-run-hooks` }),
      );

      expect(DocumentFormat).toBe('JSON');
      // moto answers the content as an object where AWS answers text: compared in the template.
      const { HookDocument } = (await deployedTemplate()).Resources;
      expect(HookDocument?.Properties['Content']).toEqual(JSON.parse(JSON.stringify(hookDocument())));
    });

    test('[F38] has a rule for runs that ended badly, with dead letters', async () => {
      const client = new EventBridgeClient(clientConfig);
      const { Rules: rules = [] } = await client.send(new ListRulesCommand({}));
      const closing = rules.find((rule) => rule.EventPattern?.includes('ABORTED'));

      const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: closing?.Name }));

      expect(rules).toHaveLength(4);
      expect(Targets?.[0]?.Arn).toContain(`${stackName}-close-run`);
      expect(Targets?.[0]?.DeadLetterConfig?.Arn).toBeDefined();
    });

    test("has the window's role with StartExecution and DescribeExecution", async () => {
      const client = new IAMClient({ ...clientConfig });
      const roles = await all(paginateListRoles({ client }, {}), (page) => page.Roles);
      const RoleName = roles.map((role) => role.RoleName).find((name) => name?.includes('InstallWindowRole'));

      const { PolicyDocument } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own' }));

      expect(decodeURIComponent(PolicyDocument ?? '')).toMatch(
        /states:StartExecution[\s\S]*states:DescribeExecution/,
      );
    });

    test('takes a changed policy over it, with new windows and new code for the function that reads it', async () => {
      const before = { resolve: await codeOf('resolve-targets'), notify: await codeOf('notify') };

      deploy(unseenPolicies(6));

      expect(held(await deployedTemplate())).toEqual(demanded(loadPolicies(policyFile)));
      expect(held(await deployedTemplate()).installs[0]?.[2]).toBe(6);
      expect(await codeOf('resolve-targets')).not.toBe(before.resolve);
      expect(await codeOf('notify')).toBe(before.notify);
    }, 180_000);

    test('[F34] has the rule for findings, with the pattern of the policies', async () => {
      const client = new EventBridgeClient(clientConfig);
      const { Rules: rules = [] } = await client.send(new ListRulesCommand({}));
      const findings = rules.find((rule) => rule.EventPattern?.includes('securityhub'));

      const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: findings?.Name }));

      const { policies } = loadPolicies(policyFile);
      expect(JSON.parse(findings?.EventPattern ?? '')).toEqual(findingsPattern(Object.values(policies)));
      expect(Targets?.[0]?.Arn).toContain('FindingsQueue');
      expect(Targets?.[0]?.RoleArn).toBeUndefined();
    });

    test('is removed, and leaves its bucket and its ledger', async () => {
      framework('remove');

      const functionsLeft = await all(
        paginateListFunctions({ client: new LambdaClient(clientConfig) }, {}),
        (page) => page.Functions,
      );
      const { Buckets } = await new S3Client(clientConfig).send(new ListBucketsCommand({}));
      const { TableNames } = await new DynamoDBClient(clientConfig).send(new ListTablesCommand({}));
      expect(functionsLeft).toEqual([]);
      expect(TableNames).toEqual([expect.stringContaining('LedgerTable')]);
      expect(Buckets?.map((each) => each.Name)).toEqual([expect.stringContaining('runbucket')]);
    }, 180_000);
  },
);
