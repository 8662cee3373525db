import type { NodeExecution, SentCommand } from '../../local/aws/ssm/journal.ts';
import { bucketName } from '../../local/names.ts';
import type { RunRecord } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import { type Plan, planSchema } from '../../shared/domain/plan.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import type { Played } from '../play.ts';

/** A run with what of it is looked at from outside: what SSM took, what nodes did, and the record that was left. */
export interface Case {
  readonly played: Played;
  readonly record: RunRecord;
  readonly plan: Plan | undefined;
  /** The run's own commands, what they were to each node, and what nodes did by them. */
  readonly commands: readonly SentCommand[];
  readonly sent: readonly SentStep[];
  readonly executions: readonly NodeExecution[];
}

/** One node's place in one command that SSM took. `at` is epoch milliseconds. */
export interface SentStep {
  readonly nodeId: string;
  readonly step: string;
  readonly at: number;
}

/** What is to be looked at of a run that left a record. */
export function caseOf(played: Played, record: RunRecord): Case {
  const { commands, executions } = ownWork(played);
  const sent = commands.flatMap(({ comment, nodeIds, at }) =>
    nodeIds.map((nodeId) => ({ nodeId, step: comment.split(' ').at(-2) ?? '', at })),
  );
  return { played, record, plan: planOf(played, record), commands, sent, executions };
}

/** The run's own commands, and what nodes did by them. */
export function ownWork({ aws, name }: Pick<Played, 'aws' | 'name'>): Pick<Case, 'commands' | 'executions'> {
  const { journal } = aws.ssm;
  const commands = journal.commands.filter(({ comment }) => comment.startsWith(`${runIdOf(name)} `));
  const commandIds = new Set(commands.map(({ commandId }) => commandId));
  return { commands, executions: journal.executions.filter(({ commandId }) => commandIds.has(commandId)) };
}

function planOf({ aws }: Played, { runId }: RunRecord): Plan | undefined {
  if (!aws.s3.keys(bucketName).includes(keys.plan(runId))) return undefined;
  return planSchema.parse(JSON.parse(aws.s3.object(bucketName, keys.plan(runId)).toString('utf8')));
}
