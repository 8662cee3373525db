import type { FaultRates } from '../faults.ts';
import { random } from '../random.ts';

const networkFaultNames = ['throttle', 'server-error', 'lost-reply', 'stale-page'] as const;

export type NetworkFault = (typeof networkFaultNames)[number];

/**
 * Which fault, if any, hits a call: a function of the seed and of how many calls that operation has had,
 * so that an operation's faults do not move when another operation is called more often.
 */
export class NetworkFaults {
  private readonly seed: number;
  private readonly rates: FaultRates;
  private readonly callsSoFar = new Map<string, number>();

  constructor(seed: number, rates: FaultRates) {
    this.seed = seed;
    this.rates = rates;
  }

  /** Whether the fault can come at all. */
  isOn(name: NetworkFault): boolean {
    return (this.rates[name] ?? 0) > 0;
  }

  draw(operationName: string): NetworkFault | undefined {
    const n = this.callsSoFar.get(operationName) ?? 0;
    this.callsSoFar.set(operationName, n + 1);
    const stream = random(this.seed, 'fault', operationName, n);
    // Each is drawn even when its rate is zero: turning one fault on must not move the others.
    const drawn = networkFaultNames.filter((name) => stream.chance(this.rates[name] ?? 0));
    return drawn[0];
  }
}
