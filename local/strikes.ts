import type { FaultName } from './faults.ts';

/** How often each fault struck: a fault that never does shows nothing. */
export class Strikes {
  private readonly counts = new Map<FaultName, number>();

  count(fault: FaultName): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  /** Only those that struck. */
  get all(): Readonly<Partial<Record<FaultName, number>>> {
    return Object.fromEntries(this.counts);
  }
}
