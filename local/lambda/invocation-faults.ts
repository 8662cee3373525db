import type { FaultName } from '../faults.ts';
import { random } from '../random.ts';
import type { Weather } from '../weather.ts';

/** In the order in which they are drawn: of two that strike an invocation, the first counts. */
const invocationFaultNames = [
  'refused-invocation',
  'killed-at-start',
  'lost-answer',
  'hung-handler',
  'zombie-handler',
] as const satisfies readonly FaultName[];

export type InvocationFault = (typeof invocationFaultNames)[number];

/** What strikes an invocation as a whole, and a number from 0 to 1 for how late a zombie begins. */
export interface InvocationTrouble {
  readonly fault: InvocationFault | undefined;
  readonly share: number;
}

/**
 * Which fault, if any, strikes the n-th invocation of a function: of the seed, the function and that number alone, so that
 * one function's faults do not move when another is invoked more often.
 */
export function invocationTrouble(
  weather: Weather,
  invocation: { readonly seed: number; readonly name: string; readonly number: number; readonly now: number },
): InvocationTrouble {
  const { seed, name, number, now } = invocation;
  if (!invocationFaultNames.some((fault) => weather.knows(fault))) return { fault: undefined, share: 0 };
  const stream = random(seed, 'invocation', name, number);
  const share = stream.next();
  // Each is drawn even when its rate is zero: turning one fault on must not move the others.
  const drawn = invocationFaultNames.filter((fault) => stream.chance(weather.rateOf(fault, now)));
  const [fault] = drawn;
  if (fault) weather.strikes.count(fault);
  return { fault, share };
}
