import { random } from '../random.ts';
import type { Weather } from '../weather.ts';
import type { Operations } from './service.ts';

/** The least that MaxResults may say: API reference, page of each operation. */
const leastResults: Readonly<Record<string, number>> = {
  ListCommands: 1,
  ListCommandInvocations: 1,
  DescribeInstanceInformation: 5,
  DescribeInstancePatchStates: 10,
};

/**
 * The fault `short-page`: a listing of Systems Manager answers with as few items as could have been asked for, and a
 * token for the rest. MaxResults is the most that a page holds, and no promise.
 */
export function withShortPages({
  operations,
  seed,
  weather,
}: {
  readonly operations: Operations;
  readonly seed: number;
  readonly weather: Weather;
}): Operations {
  if (!weather.knows('short-page')) return operations;
  const shortened = Object.entries(leastResults).flatMap(([name, least]) => {
    const operation = operations[name];
    if (!operation) return [];
    const stream = random(seed, 'short-page', name);
    const short: typeof operation = (input, caller) => {
      const isShort = weather.strikesNow('short-page', { now: caller.now, draw: stream.next() });
      return operation(isShort ? { ...input, MaxResults: least } : input, caller);
    };
    return [[name, short] as const];
  });
  return { ...operations, ...Object.fromEntries(shortened) };
}
