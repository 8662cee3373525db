import * as z from 'zod';
import type { EmbeddedSsm } from '../aws/ssm/ssm.ts';
import type { Clock } from '../clock.ts';
import { defaultScope } from '../fleet/generate.ts';
import type { ScanTask } from './deployed.ts';

const commandSchema = z.object({ CommandId: z.string(), Status: z.string() });
const sentSchema = z.object({ Command: commandSchema });
const listedSchema = z.object({ Commands: z.array(commandSchema) });
const unfinished: readonly string[] = ['Pending', 'InProgress', 'Cancelling'];
const lookMilliseconds = 30_000;

/** What a maintenance window calls by itself, without the network in between. */
export interface Service {
  readonly ssm: EmbeddedSsm;
  readonly clock: Clock;
}

/** A window's RUN_COMMAND task: a command for each target, the next when the one before has ended. */
export async function playScan(task: ScanTask, service: Service): Promise<void> {
  for (const targets of task.targets) {
    const { Command } = sentSchema.parse(call(service, 'SendCommand', { ...task.command, Targets: targets }));
    while (!isOver(service, Command.CommandId)) await service.clock.sleep(lookMilliseconds);
  }
}

const statesSchema = z.object({
  InstancePatchStates: z.array(
    z.object({
      MissingCount: z.number(),
      FailedCount: z.number(),
      InstalledPendingRebootCount: z.number(),
      OperationEndTime: z.number(),
    }),
  ),
});

/** How many of the nodes have reported since a time, how many of these lack something, and how many patches they lack. */
export function scanFigures(
  service: Service,
  nodeIds: readonly string[],
  since: number,
): { readonly reported: number; readonly lacking: number; readonly patches: number } {
  const rows = chunks(nodeIds).flatMap((InstanceIds) => {
    const answer = call(service, 'DescribeInstancePatchStates', { InstanceIds, MaxResults: 100 });
    return statesSchema.parse(answer).InstancePatchStates;
  });
  const fresh = rows.filter(({ OperationEndTime }) => OperationEndTime * 1000 >= since);
  const lacks = fresh.map((row) => row.MissingCount + row.FailedCount + row.InstalledPendingRebootCount);
  return {
    reported: fresh.length,
    lacking: lacks.filter((count) => count > 0).length,
    patches: lacks.reduce((sum, count) => sum + count, 0),
  };
}

/** A command that is not listed yet is not over. */
function isOver(service: Service, CommandId: string): boolean {
  const [command] = listedSchema.parse(call(service, 'ListCommands', { CommandId })).Commands;
  return command !== undefined && !unfinished.includes(command.Status);
}

function call({ ssm, clock }: Service, operation: string, input: Readonly<Record<string, unknown>>): unknown {
  const perform = ssm.operations[operation];
  if (!perform) throw new RangeError(`the embedded Systems Manager has no ${operation}`);
  return perform(input, { ...defaultScope, now: clock.now() });
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / 50) }, (_, index) =>
    ids.slice(index * 50, (index + 1) * 50),
  );
}
