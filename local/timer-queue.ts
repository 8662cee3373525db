interface Entry {
  readonly id: number;
  readonly due: number;
  readonly sequence: number;
  readonly callback: () => void;
  isLive: boolean;
}

/** A timer whose time has come. `due` is epoch milliseconds. */
export interface DueTimer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * Timers by due time and then by age: a binary heap in which a deleted timer stays as a dead entry until it
 * surfaces. Most timers of an SDK client are cleared and never fire, so the heap is rebuilt when the dead prevail.
 */
export class TimerQueue {
  private readonly live = new Map<number, Entry>();
  private heap: Entry[] = [];
  private sequence = 0;

  get size(): number {
    return this.live.size;
  }

  has(id: number): boolean {
    return this.live.has(id);
  }

  /** Adds a timer; an id that is there already is moved to its new time, as the youngest. */
  add(id: number, due: number, callback: () => void): void {
    this.delete(id);
    this.sequence += 1;
    const entry: Entry = { id, due, sequence: this.sequence, callback, isLive: true };
    this.live.set(id, entry);
    this.heap.push(entry);
    this.siftUp(this.heap.length - 1);
  }

  delete(id: number): void {
    const entry = this.live.get(id);
    if (!entry) return;
    entry.isLive = false;
    this.live.delete(id);
    if (this.heap.length > 64 && this.heap.length > 2 * this.live.size) this.rebuild();
  }

  /** Takes the next timer out, or undefined when none is left. */
  take(): DueTimer | undefined {
    for (let entry = this.takeRoot(); entry; entry = this.takeRoot()) {
      if (!entry.isLive) continue;
      this.live.delete(entry.id);
      return entry;
    }
    return undefined;
  }

  private rebuild(): void {
    // A sorted array is a heap, and sorting is rare enough to be paid for by the deletions since the last time.
    this.heap = [...this.live.values()].sort((one, other) => (isBefore(one, other) ? -1 : 1));
  }

  private takeRoot(): Entry | undefined {
    const root = this.heap[0];
    const last = this.heap.pop();
    if (last && last !== root) {
      this.heap[0] = last;
      this.siftDown();
    }
    return root;
  }

  private siftUp(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  private siftDown(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.isBeforeAt(right, left) ? right : left;
      if (!this.swapIfBefore(child, index)) return;
      index = child;
    }
  }

  private isBeforeAt(index: number, other: number): boolean {
    const one = this.heap[index];
    const two = this.heap[other];
    return one !== undefined && two !== undefined && isBefore(one, two);
  }

  private swapIfBefore(index: number, other: number): boolean {
    const one = this.heap[index];
    const two = this.heap[other];
    if (one === undefined || two === undefined || !isBefore(one, two)) return false;
    this.heap[index] = two;
    this.heap[other] = one;
    return true;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.due === other.due ? one.sequence < other.sequence : one.due < other.due;
}
