import { type CommandCounts, type CommandStatus, commandStatus, countsOf } from './command-status.ts';
import type { Command } from './records.ts';
import { wireTime } from './wire.ts';

/** A command as ListCommands shows it at the time settled last; before its nodes are known, TargetCount is 0. */
export function commandRow(command: Command, now: number): Readonly<Record<string, unknown>> {
  if (now < command.listedAt) return newCommandRow(command);
  return row(command, {
    ...commandStatus(command),
    ...countsOf(command),
    targets: command.invocations.length,
  });
}

/** The same in SendCommand's own answer: Pending, and every count 0. */
export function newCommandRow(command: Command): Readonly<Record<string, unknown>> {
  return row(command, {
    status: 'Pending',
    details: 'Pending',
    completed: 0,
    errors: 0,
    deliveryTimedOut: 0,
    targets: 0,
  });
}

function row(
  command: Command,
  progress: CommandStatus & CommandCounts & { readonly targets: number },
): Readonly<Record<string, unknown>> {
  const { request } = command;
  return {
    CommandId: command.commandId,
    DocumentName: request.documentName,
    DocumentVersion: request.documentVersion,
    Comment: request.comment,
    ExpiresAfter: wireTime(command.expiresAt),
    Parameters: request.parameters,
    InstanceIds: request.instanceIds,
    Targets: request.targets,
    RequestedDateTime: wireTime(command.requestedAt),
    Status: progress.status,
    StatusDetails: progress.details,
    OutputS3BucketName: request.outputS3BucketName,
    OutputS3KeyPrefix: request.outputS3KeyPrefix,
    MaxConcurrency: request.maxConcurrency,
    MaxErrors: request.maxErrors,
    TargetCount: progress.targets,
    CompletedCount: progress.completed,
    ErrorCount: progress.errors,
    DeliveryTimedOutCount: progress.deliveryTimedOut,
    ServiceRole: request.serviceRoleArn,
    NotificationConfig: request.notification,
    CloudWatchOutputConfig: request.cloudWatch,
    TimeoutSeconds: request.timeoutSeconds,
  };
}
