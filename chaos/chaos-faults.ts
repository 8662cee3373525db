import type { FaultName } from '../local/faults.ts';

/**
 * The faults that strike while a run goes on, and the most that each strikes: of its calls, invocations, states, nodes or
 * commands. It is absurd where a run can outlive that, and lower where nothing but dead runs would be looked at.
 */
const mostOften = {
  'killed-at-start': 0.5,
  'killed-handler': 0.2,
  'lost-answer': 0.5,
  'hung-handler': 0.3,
  'zombie-handler': 0.4,
  'refused-invocation': 0.6,
  throttle: 0.6,
  'server-error': 0.4,
  'lost-reply': 0.4,
  'stale-page': 1,
  'repeated-page': 0.6,
  'short-page': 1,
  'delivered-twice': 1,
  'delivered-late': 1,
  'delivered-never': 1,
  'stuck-pending': 0.5,
  'stuck-delayed': 0.6,
  'stuck-in-progress': 0.5,
  'stuck-cancelling': 1,
  'refused-node': 0.6,
  'vanished-node': 0.3,
  'retagged-node': 0.4,
  'outdated-agent': 1,
  'wrong-clock': 1,
  's3-denied': 0.4,
  's3-unavailable': 0.4,
  'sns-denied': 1,
  'sns-unavailable': 1,
  redeployed: 0.5,
  'failed-batch': 0.1,
  'stopped-run': 0.05,
  'timed-out-run': 0.05,
} as const satisfies Readonly<Partial<Record<FaultName, number>>>;

export type ChaosFault = keyof typeof mostOften;

export const chaosFaults: readonly ChaosFault[] = Object.keys(mostOften).filter(isChaosFault);

export function isChaosFault(name: string): name is ChaosFault {
  return Object.hasOwn(mostOften, name);
}

/** The highest rate that a random play gives it. */
export function mostOftenOf(fault: ChaosFault): number {
  return mostOften[fault];
}

/** Those that need something else to come about first, and are drawn three times as often for it. */
export const coyFaults: readonly ChaosFault[] = [
  'repeated-page',
  'stuck-cancelling',
  'refused-node',
  'vanished-node',
  'outdated-agent',
  'zombie-handler',
];

/** Those of the event that tells of a run's end: twice and late go together. */
export const eventFaults: readonly ChaosFault[] = ['delivered-twice', 'delivered-late', 'delivered-never'];

/** Those that also come as storms: nothing, then for a while nearly everything, then nothing. */
export const stormyFaults: readonly ChaosFault[] = [
  'throttle',
  'server-error',
  'lost-reply',
  'stale-page',
  'killed-at-start',
  'killed-handler',
  'lost-answer',
  'refused-invocation',
  's3-denied',
  's3-unavailable',
  'sns-denied',
  'sns-unavailable',
];
