import { join, resolve } from 'node:path';
import { InvalidPolicyError } from '../shared/errors.ts';
import { clockProblems } from './clock-limits.ts';
import { localArn, type Resources, ref, sub, type Value } from './cloudformation.ts';
import { type FunctionDefinition, functions } from './functions.ts';
import { functionRoles } from './iam/function-roles.ts';
import { serviceRoles } from './iam/service-roles.ts';
import { camelCase, functionNameOf, type Naming, namingFor, roleIdOf, stateMachineNameOf } from './names.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { loadPolicies } from './policies.ts';
import { alarmResources } from './resources/alarm-resources.ts';
import { alarms } from './resources/alarms.ts';
import { baselineProblems, patchBaselines } from './resources/baselines.ts';
import { bucketName, bucketResources } from './resources/bucket.ts';
import { dashboardResources } from './resources/dashboard.ts';
import { eventResources, ruleIds } from './resources/events.ts';
import { findingsResources } from './resources/findings.ts';
import { hookDocumentResources } from './resources/hook-document.ts';
import { maintenanceWindows, scanTargetProblems } from './resources/maintenance-windows.ts';
import { deadLetterQueues } from './resources/queues.ts';
import { stateMachineResources } from './resources/state-machine.ts';
import { tableResources } from './resources/tables.ts';
import { topicIds, topicResources } from './resources/topics.ts';
import { templateProblems } from './template-limits.ts';
import { shareWindows } from './windows/share-windows.ts';
import { windowProblems } from './windows/window-limits.ts';

const root = join(import.meta.dirname, '..');

/** What serverless.yml is composed of: functions by their key, and CloudFormation's own resources. */
export interface Stack {
  readonly functions: { readonly [key: string]: Value };
  readonly resources: {
    readonly Description: string;
    readonly Resources: Resources;
    readonly Outputs: { readonly [name: string]: Value };
  };
}

/**
 * Makes the stack of a stage. Throws RangeError for parameters or a stage that are refused, and InvalidPolicyError for
 * a policy file that is, or whose policies do not fit into one account, Region and template.
 */
export function composeStack(given: {
  readonly service: string;
  readonly stage: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}): Stack {
  const naming = namingFor(given.service, given.stage);
  const parameters = readParameters(given.parameters);
  const { policies } = loadPolicies(resolve(root, parameters.policyFile));
  const windows = shareWindows(policies);
  const problems = [
    ...baselineProblems(policies),
    ...scanTargetProblems(policies),
    ...windowProblems(windows),
    ...clockProblems(Object.values(policies)),
  ];
  if (problems.length > 0) throw new InvalidPolicyError(parameters.policyFile, problems);
  const names = functions.map((each) => each.name);
  const parts = { naming, parameters, policies: Object.values(policies) };
  const Resources = {
    ...bucketResources(parameters, Object.values(policies)),
    ...tableResources(),
    ...topicResources(naming, parameters),
    ...deadLetterQueues({ rules: ruleIds, topics: topicIds }),
    ...hookDocumentResources(naming),
    ...functionRoles(names, parts),
    ...serviceRoles(parts),
    ...stateMachineResources(naming, parameters.logRetentionDays),
    ...eventResources(naming),
    ...findingsResources(parts.policies),
    ...alarmResources(names, { naming, runbookUrl: parameters.runbookUrl }),
    ...dashboardResources(naming, {
      functionNames: names,
      alarmNames: alarms(names).map((alarm) => alarm.name),
      policyNames: Object.keys(policies),
    }),
    ...patchBaselines(policies, naming),
    ...maintenanceWindows(windows, policies, { naming, existingBucket: parameters.existingBucket }),
  };
  const tooMuch = templateProblems(Resources, functions.length);
  if (tooMuch.length > 0) throw new InvalidPolicyError(parameters.policyFile, tooMuch);
  return {
    functions: Object.fromEntries(
      functions.map((each) => [camelCase(each.name), functionConfiguration(each, { naming, parameters })]),
    ),
    resources: {
      Description: `${naming.prefix}: patches fleets of servers through Systems Manager`,
      Resources,
      Outputs: outputs(parameters),
    },
  };
}

function functionConfiguration(
  definition: FunctionDefinition,
  { naming, parameters }: { readonly naming: Naming; readonly parameters: Parameters },
): Value {
  const { name, description, memoryMegabytes, timeoutSeconds, reservedConcurrency } = definition;
  const { subnetIds, securityGroupIds } = parameters;
  return {
    name: functionNameOf(naming, name),
    description,
    handler: 'index.handler',
    // As Fn::Sub the framework leaves it alone; to a logical id it adds a DependsOn that cfn-lint warns of.
    role: sub(`\${${roleIdOf(name)}.Arn}`),
    memorySize: memoryMegabytes,
    timeout: timeoutSeconds,
    package: { artifact: `dist/functions/${name}.zip` },
    environment: environment(naming, parameters),
    ...(parameters.reserveConcurrency ? { reservedConcurrency } : {}),
    ...(subnetIds.length > 0 ? { vpc: { subnetIds, securityGroupIds } } : {}),
  };
}

function environment(naming: Naming, parameters: Parameters): Value {
  return {
    BUCKET_NAME: bucketName(parameters.existingBucket),
    ALERTS_TOPIC_ARN: ref('AlertsTopic'),
    REPORTS_TOPIC_ARN: ref('ReportsTopic'),
    CHAT_TOPIC_ARN: ref('ChatTopic'),
    LEDGER_TABLE_NAME: ref('LedgerTable'),
    IDEMPOTENCY_TABLE_NAME: ref('IdempotencyTable'),
    // Ref of a queue is its URL.
    FINDINGS_DEAD_LETTER_QUEUE_URL: ref('FindingsDeadLetters'),
    // By its name: a reference would have the machine wait for its functions, and them for it.
    PATCH_FLEET_ARN: localArn('states', `stateMachine:${stateMachineNameOf(naming, 'patch-fleet')}`),
    HOOK_DOCUMENT_NAME: ref('HookDocument'),
    SSM_CALLS_PER_SECOND: String(parameters.ssmCallsPerSecond),
    INSTALL_WINDOW_PREFIX: `${naming.prefix}-install-`,
    RUNBOOK_URL: parameters.runbookUrl,
  };
}

function outputs(parameters: Parameters): Stack['resources']['Outputs'] {
  return {
    StateMachineArn: { Description: 'Start a run here', Value: ref('PatchFleetStateMachine') },
    RunBucketName: {
      Description: 'Logs, plans and results',
      Value: bucketName(parameters.existingBucket),
    },
    AlertsTopicArn: { Description: 'What needs a hand', Value: ref('AlertsTopic') },
    ReportsTopicArn: { Description: 'What went well', Value: ref('ReportsTopic') },
    ChatTopicArn: {
      Description: 'For Amazon Q Developer in chat applications, where a policy wants it',
      Value: ref('ChatTopic'),
    },
    LedgerTableName: { Description: 'The clock of every node and patch', Value: ref('LedgerTable') },
    NodeLogsPolicyArn: { Description: "For the nodes' own roles", Value: ref('NodeLogsPolicy') },
  };
}
