import type { EmbeddedQueue } from '../aws/sqs/queue.ts';
import type { Clock, Timer } from '../clock.ts';
import { type Random, random } from '../random.ts';
import { failedItems } from './batch-response.ts';
import { type QueueRecord, recordOf } from './queue-record.ts';

/** An event source mapping as its template makes it, and what it stands between. */
export interface EventSourceOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly queue: EmbeddedQueue;
  readonly functionName: string;
  readonly functionTimeoutSeconds: number;
  /** Rejects when the function failed. */
  readonly invoke: (functionName: string, payload: unknown) => Promise<unknown>;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly maximumConcurrency: number;
  /** FunctionResponseTypes ReportBatchItemFailures; without it a function that does not throw has done all. */
  readonly reportsBatchItemFailures: boolean;
}

export interface EventSource {
  /** Counts since the start; a failed invocation is one that threw. */
  usage(): { readonly invocations: number; readonly failedInvocations: number; readonly failedItems: number };
  /** Receives no more; answers when what is under way has ended. What was gathered comes back by its visibility timeout. */
  stop(): Promise<void>;
}

interface Poller {
  records: QueueRecord[];
  bytes: number;
  timer: Timer | undefined;
  running: Promise<void> | undefined;
}

/** Lambda's limit on a batch, whatever its size is set to: one synchronous payload. */
const maximumPayloadBytes = 6_291_456;
const emptyPayloadBytes = Buffer.byteLength('{"Records":[]}');
/** Between two looks at the queue. */
const pollMilliseconds = 1_000;
const mostAReceive = 10;

/**
 * Lambda's pollers on a queue: each gathers a batch from its first message on until the window is over, the batch is
 * full or the payload is, and invokes the function with it; what did not fail is deleted, and the rest comes back when
 * its visibility timeout is over. Throws a RangeError for what CreateEventSourceMapping refuses.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  checkOptions(options);
  const pollers = new Pollers(options);
  return { usage: () => ({ ...pollers.usage }), stop: () => pollers.stop() };
}

class Pollers {
  readonly usage = { invocations: 0, failedInvocations: 0, failedItems: 0 };
  private readonly options: EventSourceOptions;
  private readonly stream: Random;
  private readonly pollers: readonly Poller[];
  private next: { readonly timer: Timer; readonly at: number } | undefined;
  private polledAt = Number.NEGATIVE_INFINITY;
  private isStopped = false;

  constructor(options: EventSourceOptions) {
    this.options = options;
    this.stream = random(options.seed, 'event-source', options.functionName);
    this.pollers = Array.from({ length: options.maximumConcurrency }, () => ({
      records: [],
      bytes: emptyPayloadBytes,
      timer: undefined,
      running: undefined,
    }));
    options.queue.watch((visibleAt) => this.wakeAt(visibleAt));
    this.wakeForNext();
  }

  async stop(): Promise<void> {
    const { clock } = this.options;
    this.isStopped = true;
    clock.clearTimeout(this.next?.timer);
    for (const poller of this.pollers) clock.clearTimeout(poller.timer);
    await Promise.all(this.pollers.map(({ running }) => running));
  }

  private wakeForNext(): void {
    const at = this.options.queue.nextVisibleAt();
    if (at !== undefined) this.wakeAt(at);
  }

  /** A queue that is looked at every second for weeks would cost more than the weeks do. */
  private wakeAt(visibleAt: number): void {
    const { clock } = this.options;
    const at = Math.max(visibleAt, clock.now(), this.polledAt + pollMilliseconds);
    if (this.isStopped || (this.next && this.next.at <= at)) return;
    clock.clearTimeout(this.next?.timer);
    const timer = clock.setTimeout(() => this.poll(), at - clock.now());
    this.next = { timer, at };
  }

  private poll(): void {
    this.next = undefined;
    this.polledAt = this.options.clock.now();
    for (;;) {
      const takers = this.pollers.filter(({ running }) => !running);
      // A poller that comes free looks by itself.
      if (takers.length === 0) return;
      const poller = this.stream.pick(takers);
      const room = Math.min(mostAReceive, this.options.batchSize - poller.records.length);
      const messages = this.options.queue.receive(room);
      if (messages.length === 0) break;
      this.gather(
        poller,
        messages.map((message) => recordOf(message, this.options.queue.arn)),
      );
    }
    this.wakeForNext();
  }

  private gather(poller: Poller, records: readonly QueueRecord[]): void {
    const { batchSize, batchingWindowSeconds, clock } = this.options;
    for (const [index, record] of records.entries()) {
      const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
      if (poller.bytes + bytes > maximumPayloadBytes) {
        this.invoke(poller, records.slice(index));
        return;
      }
      poller.records.push(record);
      poller.bytes += bytes;
      poller.timer ??= clock.setTimeout(() => this.invoke(poller, []), batchingWindowSeconds * 1000);
    }
    if (poller.records.length >= batchSize) this.invoke(poller, []);
  }

  /** `rest` did not fit, and begins the next batch. */
  private invoke(poller: Poller, rest: readonly QueueRecord[]): void {
    const { records } = poller;
    this.options.clock.clearTimeout(poller.timer);
    Object.assign(poller, { records: [], bytes: emptyPayloadBytes, timer: undefined });
    poller.running = this.handOver(records).then(() => {
      poller.running = undefined;
      if (this.isStopped) return;
      this.gather(poller, rest);
      this.wakeForNext();
    });
  }

  private async handOver(records: readonly QueueRecord[]): Promise<void> {
    const { queue, functionName, invoke, reportsBatchItemFailures } = this.options;
    this.usage.invocations += 1;
    const ids = records.map(({ messageId }) => messageId);
    const failed = await invoke(functionName, { Records: records }).then(
      (answer) => (reportsBatchItemFailures ? failedItems(answer, ids) : new Set<string>()),
      () => {
        // What went wrong is in the function's log; here it only means that nothing was done.
        this.usage.failedInvocations += 1;
        return new Set(ids);
      },
    );
    this.usage.failedItems += records.filter(({ messageId }) => failed.has(messageId)).length;
    for (const { messageId, receiptHandle } of records)
      if (!failed.has(messageId)) queue.delete(receiptHandle);
  }
}

/** Source: Lambda API Reference, CreateEventSourceMapping; developer guide, "Creating and configuring an Amazon SQS event source mapping". */
function checkOptions(options: EventSourceOptions): void {
  const { batchSize, batchingWindowSeconds, maximumConcurrency, functionTimeoutSeconds, queue } = options;
  const isWhole = (value: number, lowest: number, highest: number): boolean =>
    Number.isInteger(value) && value >= lowest && value <= highest;
  const problems = [
    isWhole(batchSize, 1, 10_000) ? '' : `batch size ${batchSize}; allowed: 1 to 10,000`,
    isWhole(batchingWindowSeconds, 0, 300)
      ? ''
      : `batching window ${batchingWindowSeconds} s; allowed: 0 to 300`,
    batchSize > 10 && batchingWindowSeconds < 1 ? 'a batch size above 10 needs a batching window of 1 s' : '',
    isWhole(maximumConcurrency, 2, 1_000)
      ? ''
      : `maximum concurrency ${maximumConcurrency}; allowed: 2 to 1,000`,
    queue.visibilityTimeoutSeconds >= functionTimeoutSeconds
      ? ''
      : `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds is less than Function timeout: ${functionTimeoutSeconds} seconds`,
  ].filter((problem) => problem !== '');
  if (problems.length > 0)
    throw new RangeError(`the event source of ${options.functionName}: ${problems.join('; ')}`);
}
