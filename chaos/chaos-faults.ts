import type { FaultName } from '../local/faults.ts';

/** The faults that strike while a run goes on; what is wrong with a node from the start is its situation. */
export const chaosFaults = [
  'throttle',
  'server-error',
  'lost-reply',
  'stale-page',
  'killed-handler',
  'refused-node',
] as const satisfies readonly FaultName[];

export type ChaosFault = (typeof chaosFaults)[number];

export function isChaosFault(name: string): name is ChaosFault {
  return chaosFaults.some((fault) => fault === name);
}
