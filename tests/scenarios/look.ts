import type { Played } from '../../chaos/play.ts';
import type { PublishedMessage } from '../../local/aws/sns/sns.ts';
import type { NodeExecution } from '../../local/aws/ssm/journal.ts';
import type { NodeAccount, RunRecord } from '../../shared/domain/account.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';

/** The record that a run left; a run without one fails the test. */
export function recordOf({ record }: Played): RunRecord {
  if (!record) throw new Error('the run left no record');
  return record;
}

/** What the record says of a node; one that is not there fails the test. */
export function accountOf(played: Played, nodeId: string | undefined): NodeAccount {
  const account = recordOf(played).nodes.find((node) => node.nodeId === nodeId);
  if (!account) throw new Error(`${nodeId} is not in the record`);
  return account;
}

/** The outcomes in the order of the run's nodes as the test made them. */
export function outcomesOf(played: Played): Outcome[] {
  return played.nodes.map(({ nodeId }) => accountOf(played, nodeId).outcome);
}

/** The commands that SSM took for a node, as steps, in their order. */
export function sentTo(played: Played, nodeId: string | undefined): string[] {
  return commandsTo(played, nodeId).map(({ step }) => step);
}

/** The same with the time of each; epoch milliseconds. */
export function commandsTo(played: Played, nodeId: string | undefined): { step: string; at: number }[] {
  return played.aws.ssm.journal.commands
    .filter(({ nodeIds }) => nodeId !== undefined && nodeIds.includes(nodeId))
    .map(({ comment, at }) => ({ step: comment.split(' ').at(-2) ?? '', at }));
}

/** What really ran on a node, in its order. */
export function executionsOf(played: Played, nodeId: string | undefined): NodeExecution[] {
  return played.aws.ssm.journal.executions.filter((each) => each.nodeId === nodeId);
}

/** Messages of one kind: the digest of a run that has ended, or what could not wait for it. */
export function messagesOf(played: Played, kind: 'run-ended' | 'urgent'): PublishedMessage[] {
  return played.published.filter(({ attributes }) => attributes['kind']?.value === kind);
}

/** Minutes from the run's start to the end of a node's last step. */
export function minutesOf(played: Played, nodeId: string | undefined): number {
  const startedAt = Date.parse(recordOf(played).startedAt);
  const ends = accountOf(played, nodeId).steps.map((step) => Date.parse(step.endedAt ?? step.startedAt));
  return (Math.max(...ends) - startedAt) / 60_000;
}
