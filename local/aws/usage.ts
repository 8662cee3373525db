export type CallCounts = Readonly<Record<string, number>>;

/** Counts by `service:Operation`; `calls` holds every call that came in, the refused ones among them. */
export interface UsageSnapshot {
  readonly calls: CallCounts;
  readonly throttled: CallCounts;
  /** Calls hit by a network fault, by `fault service:Operation`; throttling faults stand under `throttled` too. */
  readonly faults: CallCounts;
  /** What services refused, by `service:Operation Code`. */
  readonly refusals: CallCounts;
}

/** What a run cost in API calls. Reset it before a run. */
export class Usage {
  private readonly calls = new Map<string, number>();
  private readonly throttled = new Map<string, number>();
  private readonly faults = new Map<string, number>();
  private readonly refusals = new Map<string, number>();

  countCall(operationName: string): void {
    increment(this.calls, operationName);
  }

  countThrottled(operationName: string): void {
    increment(this.throttled, operationName);
  }

  countFault(fault: string, operationName: string): void {
    increment(this.faults, `${fault} ${operationName}`);
  }

  countRefusal(code: string, operationName: string): void {
    increment(this.refusals, `${operationName} ${code}`);
  }

  snapshot(): UsageSnapshot {
    return {
      calls: sorted(this.calls),
      throttled: sorted(this.throttled),
      faults: sorted(this.faults),
      refusals: sorted(this.refusals),
    };
  }

  reset(): void {
    for (const counts of [this.calls, this.throttled, this.faults, this.refusals]) counts.clear();
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): CallCounts {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
