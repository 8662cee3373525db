import { runIdOf } from '../../shared/domain/run-id.ts';
import type { Played } from '../play.ts';
import { ownWork } from './promised-run.ts';

/** Each run of an account by itself: what it left, and what was published of it. */
export function runsOf(played: Played): readonly Played[] {
  if (played.others.length === 0) return [played];
  const own = (run: Played): Played => ({
    ...run,
    published: run.published.filter(({ attributes }) => attributes['runId']?.value === runIdOf(run.name)),
  });
  const others = played.others.map((other) => own({ ...played, ...other, events: played.secondEvents }));
  return [own(played), ...others];
}

interface Flight {
  readonly runId: string;
  readonly nodeId: string;
  readonly from: number;
  readonly until: number;
}

/**
 * No run begins with a node while another has it, from its first step on the node to the end of its last, as the node had
 * them. A node that was given up as lost is free for others when its run is over.
 */
export function oneRunANode(played: Played): string[] {
  const flights = [played, ...played.others].flatMap((run) => flightsOf(played, run));
  return [...Map.groupBy(flights, ({ nodeId }) => nodeId)].flatMap(([nodeId, ofNode]) => {
    const inOrder = ofNode.toSorted((one, other) => one.from - other.from);
    return inOrder.slice(1).flatMap((later, index) => {
      const earlier = inOrder[index];
      const doMeet = earlier && later.from < earlier.until;
      return doMeet ? [`${nodeId} was in ${earlier.runId} and in ${later.runId} at once`] : [];
    });
  });
}

function flightsOf({ aws }: Played, { name, record }: Pick<Played, 'name' | 'record'>): Flight[] {
  const runId = runIdOf(name);
  const { executions } = ownWork({ aws, name });
  const lost = new Set(
    record?.nodes.flatMap(({ nodeId, steps }) =>
      steps.some(({ status }) => status === 'ConnectionLost') ? [nodeId] : [],
    ),
  );
  return [...Map.groupBy(executions, ({ nodeId }) => nodeId)].flatMap(([nodeId, ofNode]) => {
    if (lost.has(nodeId)) return [];
    const starts = ofNode.map(({ startedAt }) => startedAt);
    const ends = ofNode.map(({ startedAt, endedAt }) => endedAt ?? startedAt);
    return [{ runId, nodeId, from: Math.min(...starts), until: Math.max(...ends) }];
  });
}
