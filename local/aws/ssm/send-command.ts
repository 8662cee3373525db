import { random } from '../../random.ts';
import { uuid } from '../http/identifiers.ts';
import { AwsError } from '../service.ts';
import { newCommandRow } from './command-row.ts';
import type { SsmCall, SsmOperation } from './context.ts';
import type { CommandDocument } from './document.ts';
import { findDocument } from './documents.ts';
import { resolveParameters, stepTimeoutSeconds } from './parameters.ts';
import type { Command } from './records.ts';
import { type CommandRequest, readSendCommand } from './send-command-request.ts';
import { type Recipient, recipientsOf } from './targets.ts';

/** SendCommand. It has no idempotency token: the same request twice is two commands. */
export const sendCommand: SsmOperation = (input, call) => {
  const request = readSendCommand(input);
  const { context, account, caller } = call;
  const document = findDocument(context.documents, {
    name: request.documentName,
    version: request.documentVersion,
  });
  assertNotification(request);
  const parameters = resolveParameters(document, request.parameters);
  const recipients = recipientsOf(account, { request, document });
  const command = accept({ call, request, document, parameters, recipients });

  account.commands.push(command);
  account.commandById.set(command.commandId, command);
  account.invocations.push(...command.invocations);
  context.sent.push({
    commandId: command.commandId,
    accountId: caller.accountId,
    region: caller.region,
    documentName: document.name,
    comment: request.comment,
    parameters: request.parameters,
    nodeIds: recipients.map(({ nodeId }) => nodeId),
    at: caller.now,
  });
  context.dispatcher.start(command);
  return { Command: newCommandRow(command) };
};

function assertNotification({ notification, serviceRoleArn }: CommandRequest): void {
  const { NotificationArn: topic } = notification;
  if (topic === '') return;
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:.+$/.test(topic)) {
    throw new AwsError('InvalidNotificationConfig', `${topic} is not the ARN of an SNS topic.`);
  }
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(serviceRoleArn)) {
    throw new AwsError(
      'InvalidRole',
      `ServiceRoleArn ${JSON.stringify(serviceRoleArn)} is not the ARN of a role.`,
    );
  }
}

interface Acceptance {
  readonly call: SsmCall;
  readonly request: CommandRequest;
  readonly document: CommandDocument;
  readonly parameters: Command['parameters'];
  readonly recipients: readonly Recipient[];
}

function accept({ call, request, document, parameters, recipients }: Acceptance): Command {
  const { context, account, caller } = call;
  const draw = random(context.seed, 'command', caller.accountId, caller.region, account.commands.length);
  const [from, to] = context.settings.visibilityLagSeconds;
  const visibleAt = caller.now + (from + (to - from) * draw.next()) * 1000;
  const listedAt = Math.max(visibleAt, caller.now + (from + (to - from) * draw.next()) * 1000);
  const deliveryDeadline = caller.now + request.timeoutSeconds * 1000;
  const executionSeconds = document.content.mainSteps.map((step) => stepTimeoutSeconds(step, parameters));
  const command: Command = {
    commandId: uuid(draw),
    sequence: account.commands.length,
    accountId: caller.accountId,
    region: caller.region,
    request,
    document,
    parameters,
    requestedAt: caller.now,
    visibleAt,
    listedAt,
    deliveryDeadline,
    expiresAt: deliveryDeadline + Math.max(...executionSeconds) * 1000,
    maxConcurrency: Math.max(1, amountOf(request.maxConcurrency, recipients.length)),
    maxErrors: amountOf(request.maxErrors, recipients.length),
    invocations: [],
    byNode: new Map(),
    tally: new Map([['Pending', recipients.length]]),
    next: 0,
    active: 0,
    isStopped: false,
    isCancelling: false,
  };
  for (const recipient of recipients) addInvocation(command, recipient);
  return command;
}

function addInvocation(command: Command, { nodeId, record }: Recipient): void {
  const invocation = {
    command,
    nodeId,
    record,
    index: command.invocations.length,
    details: 'Pending' as const,
    execution: undefined,
    entry: undefined,
    isSilent: false,
  };
  command.invocations.push(invocation);
  command.byNode.set(nodeId, invocation);
  record?.invocations.push(invocation);
}

/** A count, or a percentage of the targets rounded down; AWS documents no rounding. */
function amountOf(text: string, targets: number): number {
  return text.endsWith('%') ? Math.floor((targets * Number(text.slice(0, -1))) / 100) : Number(text);
}
