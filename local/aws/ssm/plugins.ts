import type { ReadOutput } from '../../fleet/agent-execution.ts';
import { type DocumentStep, platformsOf } from './document.ts';
import { invocationStatuses, isTerminal } from './invocation-status.ts';
import type { Invocation } from './records.ts';

/** One step of a document on one node. Times are epoch milliseconds, absent until they are. */
export interface Plugin {
  readonly name: string;
  readonly action: string;
  readonly status: string;
  readonly details: string;
  readonly responseCode: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly output: ReadOutput;
}

const noOutput: ReadOutput = () => ({ stdout: '', stderr: '' });

/** The steps of an invocation, in the document's order: those for another platform are skipped as Success. */
export function pluginsOf(invocation: Invocation): readonly Plugin[] {
  const { mainSteps } = invocation.command.document.content;
  const platform = invocation.record?.node.platformType;
  const own = mainSteps.find((step) => platform !== undefined && platformsOf(step).includes(platform));
  return mainSteps.map((step) => {
    const { name, action } = step;
    if (name !== own?.name && invocation.execution)
      return skipped(step, invocation.execution.startedAt + offsetOf(invocation));
    return { name, action, ...progressOf(invocation) };
  });
}

function skipped({ name, action }: DocumentStep, at: number): Plugin {
  const stdout = 'Step execution skipped due to unsupported platform';
  return {
    name,
    action,
    status: 'Success',
    details: 'Success',
    responseCode: 0,
    startedAt: at,
    endedAt: at,
    output: () => ({ stdout, stderr: '' }),
  };
}

/** A step's times are the agent's, by the node's own clock. */
function offsetOf({ record }: Invocation): number {
  return record?.clockOffset ?? 0;
}

/** Output and exit code come with the step's end, and never for one that Systems Manager gave up on. */
function progressOf(invocation: Invocation): Omit<Plugin, 'name' | 'action'> {
  const { details, execution } = invocation;
  const offset = offsetOf(invocation);
  const isAnswered = isTerminal(details) && execution !== undefined && execution.result === details;
  const known = details === 'Delayed' ? 'Pending' : details === 'Cancelling' ? 'InProgress' : details;
  return {
    status: invocationStatuses[known],
    details: known,
    responseCode: isAnswered ? execution.responseCode : -1,
    startedAt: execution && execution.startedAt + offset,
    endedAt: isAnswered ? execution.endedAt + offset : undefined,
    output: isAnswered ? execution.output : noOutput,
  };
}

/** Names of a step's objects in S3: user guide, Patch Manager, "Troubleshooting". Nothing is written there. */
export function outputPlace(
  invocation: Invocation,
  plugin: Plugin,
): {
  readonly bucket: string;
  readonly keyPrefix: string;
  readonly stdoutUrl: string;
  readonly stderrUrl: string;
} {
  const { command, nodeId } = invocation;
  const { outputS3BucketName: bucket, outputS3KeyPrefix: prefix } = command.request;
  if (bucket === '') return { bucket: '', keyPrefix: '', stdoutUrl: '', stderrUrl: '' };
  const parts = [prefix, command.commandId, nodeId, plugin.action.replace(':', '')];
  const keyPrefix = parts.filter((part) => part !== '').join('/');
  const url = `https://s3.${command.region}.amazonaws.com/${bucket}/${keyPrefix}/${plugin.name}`;
  return { bucket, keyPrefix, stdoutUrl: `${url}/stdout`, stderrUrl: `${url}/stderr` };
}
