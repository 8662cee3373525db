import type { FaultName } from '../faults.ts';
import { random } from '../random.ts';
import type { Weather } from '../weather.ts';

/** In the order in which they are drawn: of two that strike a call, the first counts. */
const networkFaultNames = [
  'throttle',
  'server-error',
  'lost-reply',
  'stale-page',
  'repeated-page',
  's3-denied',
  's3-unavailable',
  'sns-denied',
  'sns-unavailable',
] as const satisfies readonly FaultName[];

export type NetworkFault = (typeof networkFaultNames)[number];

/**
 * Which fault, if any, hits a call: a function of the seed and of how many calls that operation has had,
 * so that an operation's faults do not move when another operation is called more often.
 */
export class NetworkFaults {
  private readonly seed: number;
  private readonly weather: Weather;
  private readonly possible: readonly NetworkFault[];
  private readonly callsSoFar = new Map<string, number>();

  constructor(seed: number, weather: Weather) {
    this.seed = seed;
    this.weather = weather;
    this.possible = networkFaultNames.filter((name) => weather.knows(name));
  }

  /** `operationName` is `service:Operation`, `now` epoch milliseconds. */
  draw(operationName: string, now: number): NetworkFault | undefined {
    const n = this.callsSoFar.get(operationName) ?? 0;
    this.callsSoFar.set(operationName, n + 1);
    if (this.possible.length === 0) return undefined;
    const stream = random(this.seed, 'fault', operationName, n);
    // Each is drawn even when its rate is zero: turning one fault on must not move the others.
    const drawn = networkFaultNames.filter((name) => stream.chance(this.weather.rateOf(name, now)));
    return drawn.find((name) => isOf(name, operationName));
  }
}

/** What one service refuses strikes no other. */
function isOf(fault: NetworkFault, operationName: string): boolean {
  const [service = ''] = operationName.split(':');
  const [prefix = ''] = fault.split('-');
  return (prefix !== 's3' && prefix !== 'sns') || prefix === service;
}
