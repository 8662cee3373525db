import type { RunRecord } from '../../shared/domain/account.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import type { Played } from '../play.ts';

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

/** No run begins with a node while another has it, from its first step to its last. */
export function oneRunANode({ record, others }: Played): string[] {
  const records = [record, ...others.map((other) => other.record)].filter((each) => each !== undefined);
  const byNode = Map.groupBy(records.flatMap(flightsOf), ({ nodeId }) => nodeId);
  return [...byNode].flatMap(([nodeId, flights]) => {
    const inOrder = flights.toSorted((one, other) => one.from - other.from);
    return inOrder.slice(1).flatMap((later, index) => {
      const earlier = inOrder[index];
      const doMeet = earlier && later.from < earlier.until;
      return doMeet ? [`${nodeId} was in ${earlier.runId} and in ${later.runId} at once`] : [];
    });
  });
}

/** A step without an end was under way when nobody was there to hear of it any more: its start is all that is known. */
function flightsOf({ runId, nodes }: RunRecord): Flight[] {
  return nodes.flatMap(({ nodeId, steps }) => {
    if (steps.length === 0) return [];
    const starts = steps.map(({ startedAt }) => Date.parse(startedAt));
    const ends = steps.map(({ startedAt, endedAt }) => Date.parse(endedAt ?? startedAt));
    return [{ runId, nodeId, from: Math.min(...starts), until: Math.max(...ends) }];
  });
}
