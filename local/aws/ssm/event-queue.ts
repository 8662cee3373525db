interface Event {
  readonly at: number;
  readonly sequence: number;
  readonly run: (at: number) => void;
}

/**
 * What is to happen, by time and then by age (a binary heap). Nothing runs by itself: `settle` plays everything up
 * to the time asked for, so state follows from the questions' times alone and needs no timer. Who wants to hear of it
 * in time settles when `onSchedule` has said.
 */
export class EventQueue {
  private readonly onSchedule: (at: number) => void;
  private readonly heap: Event[] = [];
  private sequence = 0;

  constructor(onSchedule: (at: number) => void = () => undefined) {
    this.onSchedule = onSchedule;
  }

  /** An event at Infinity never happens and is not kept. */
  schedule(at: number, run: (at: number) => void): void {
    if (at === Number.POSITIVE_INFINITY) return;
    this.sequence += 1;
    const event = { at, sequence: this.sequence, run };
    let index = this.heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.heap[above];
      if (!parent || isBefore(parent, event)) break;
      this.heap[index] = parent;
      index = above;
    }
    this.heap[index] = event;
    this.onSchedule(at);
  }

  settle(now: number): void {
    for (let next = this.heap[0]; next && next.at <= now; next = this.heap[0]) {
      this.removeFirst();
      next.run(next.at);
    }
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    let index = 0;
    for (let below = this.earlierChild(index); below; below = this.earlierChild(index)) {
      if (isBefore(last, below.event)) break;
      this.heap[index] = below.event;
      index = below.index;
    }
    this.heap[index] = last;
  }

  private earlierChild(index: number): { readonly index: number; readonly event: Event } | undefined {
    const left = this.heap[2 * index + 1];
    const right = this.heap[2 * index + 2];
    if (!left) return undefined;
    if (right && isBefore(right, left)) return { index: 2 * index + 2, event: right };
    return { index: 2 * index + 1, event: left };
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}
