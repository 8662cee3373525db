import type { Clock } from '../../clock.ts';
import { type Random, random } from '../../random.ts';
import { uuid } from '../http/identifiers.ts';
import { shuffled } from '../shuffle.ts';
import { sqsError } from './errors.ts';
import type { OutgoingMessage } from './message.ts';

/** A standard queue, as its template makes it. */
export interface QueueOptions {
  readonly name: string;
  readonly visibilityTimeoutSeconds?: number;
  readonly retentionSeconds?: number;
  /** The name of a queue that is made before this one. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

/** A message as it was received. Times are epoch milliseconds of simulated time. */
export interface ReceivedMessage extends Pick<OutgoingMessage, 'body' | 'attributes'> {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  /** Of the queue that gave it up. */
  readonly deadLetterSourceArn: string | undefined;
}

interface StoredMessage extends Pick<OutgoingMessage, 'body' | 'attributes'> {
  readonly messageId: string;
  readonly sentAt: number;
  readonly deadLetterSourceArn: string | undefined;
  visibleAt: number;
  firstReceivedAt: number | undefined;
  receiveCount: number;
  isInFlight: boolean;
  /** One of SQS's servers will miss the deletion. */
  isToComeBack: boolean;
}

interface QueueParts {
  readonly options: QueueOptions;
  readonly arn: string;
  readonly clock: Clock;
  readonly seed: number;
  /** Probability that a message comes back after its deletion. */
  readonly twiceRate: number;
  readonly deadLetters: EmbeddedQueue | undefined;
}

/** Quotas of a standard queue (SQS Developer Guide, "Amazon SQS message quotas"). */
const maximumInFlight = 120_000;

/** A standard queue: at least once, in no order. */
export class EmbeddedQueue {
  readonly arn: string;
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly redrive: QueueOptions['redrive'];
  private readonly parts: QueueParts;
  private readonly stream: Random;
  private readonly stored = new Map<string, StoredMessage>();
  private readonly listeners: ((visibleAt: number) => void)[] = [];

  constructor(parts: QueueParts) {
    const { name, visibilityTimeoutSeconds = 30, retentionSeconds = 345_600, redrive } = parts.options;
    this.parts = parts;
    this.arn = parts.arn;
    this.name = name;
    this.visibilityTimeoutSeconds = visibilityTimeoutSeconds;
    this.retentionSeconds = retentionSeconds;
    this.redrive = redrive;
    this.stream = random(parts.seed, 'sqs', name);
  }

  /** What is in the queue, for tests: received or not, oldest first. */
  messages(): readonly Pick<
    StoredMessage,
    'messageId' | 'body' | 'attributes' | 'receiveCount' | 'isInFlight'
  >[] {
    this.expire();
    return [...this.stored.values()];
  }

  /** Tells when a message that was sent, or that is given back, can be received. */
  watch(listener: (visibleAt: number) => void): void {
    this.listeners.push(listener);
  }

  /** When the next message can be received; undefined for an empty queue. */
  nextVisibleAt(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.stored.values()) next = Math.min(next, visibleAt);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  /** Answers with the message's id. */
  send({ body, attributes, delaySeconds = 0 }: OutgoingMessage): string {
    const now = this.parts.clock.now();
    const messageId = uuid(this.stream);
    const isToComeBack = this.stream.chance(this.parts.twiceRate);
    this.add({
      messageId,
      body,
      attributes,
      sentAt: now,
      deadLetterSourceArn: undefined,
      visibleAt: now + delaySeconds * 1000,
      firstReceivedAt: undefined,
      receiveCount: 0,
      isInFlight: false,
      isToComeBack,
    });
    return messageId;
  }

  /** Up to `most` messages. One that was received too often goes to the dead letters instead. Throws OverLimit. */
  receive(most: number, visibilityTimeoutSeconds = this.visibilityTimeoutSeconds): ReceivedMessage[] {
    this.expire();
    const { clock } = this.parts;
    const now = clock.now();
    const visible: StoredMessage[] = [];
    for (const message of this.stored.values()) {
      if (message.visibleAt > now) continue;
      if (this.isSpent(message)) this.giveUp(message);
      else visible.push(message);
      // Not all of them: SQS asks some of its servers, and what is old comes first on the whole.
      if (visible.length >= 10 * most) break;
    }
    if (this.stored.size >= maximumInFlight && this.counts().inFlight >= maximumInFlight) {
      throw sqsError.overLimit(maximumInFlight);
    }
    return shuffled(visible, this.stream)
      .slice(0, most)
      .map((message) => {
        message.visibleAt = now + visibilityTimeoutSeconds * 1000;
        message.isInFlight = true;
        message.receiveCount += 1;
        message.firstReceivedAt ??= now;
        return {
          ...message,
          firstReceivedAt: message.firstReceivedAt,
          receiptHandle: this.handleOf(message),
        };
      });
  }

  /** An old receipt handle succeeds and deletes nothing (DeleteMessage). Throws ReceiptHandleIsInvalid. */
  delete(receiptHandle: string): void {
    const message = this.find(receiptHandle);
    if (!message || this.handleOf(message) !== receiptHandle) return;
    if (message.isToComeBack) this.bringBack(message);
    else this.stored.delete(message.messageId);
  }

  /** Throws ReceiptHandleIsInvalid, and MessageNotInflight for a message that is not, or no longer, this receiver's. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.find(receiptHandle);
    const now = this.parts.clock.now();
    const isHeld = message?.isInFlight === true && message.visibleAt > now;
    if (!message || !isHeld || this.handleOf(message) !== receiptHandle) throw sqsError.notInFlight();
    message.visibleAt = now + seconds * 1000;
    this.tell(message.visibleAt);
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.expire();
    const now = this.parts.clock.now();
    const all = [...this.stored.values()];
    const hidden = all.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ isInFlight }) => isInFlight).length;
    return { visible: all.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  private add(message: StoredMessage): void {
    this.stored.set(message.messageId, message);
    this.tell(message.visibleAt);
  }

  private tell(visibleAt: number): void {
    for (const listener of this.listeners) listener(visibleAt);
  }

  private isSpent({ receiveCount }: StoredMessage): boolean {
    return this.redrive !== undefined && receiveCount >= this.redrive.maxReceiveCount;
  }

  /** A message's age goes on counting among the dead letters of a standard queue. */
  private giveUp(message: StoredMessage): void {
    this.stored.delete(message.messageId);
    this.parts.deadLetters?.add({
      ...message,
      deadLetterSourceArn: this.arn,
      visibleAt: this.parts.clock.now(),
      isInFlight: false,
    });
  }

  private bringBack(message: StoredMessage): void {
    message.isToComeBack = false;
    message.isInFlight = false;
    message.visibleAt = this.parts.clock.now() + Math.ceil(60_000 * this.stream.next());
    this.tell(message.visibleAt);
  }

  private expire(): void {
    const oldest = this.parts.clock.now() - this.retentionSeconds * 1000;
    for (const { messageId, sentAt } of this.stored.values()) {
      if (sentAt < oldest) this.stored.delete(messageId);
    }
  }

  private handleOf({ messageId, receiveCount }: StoredMessage): string {
    return Buffer.from(`${this.arn} ${messageId} ${receiveCount}`).toString('base64');
  }

  private find(receiptHandle: string): StoredMessage | undefined {
    const [arn, messageId] = Buffer.from(receiptHandle, 'base64').toString('utf8').split(' ');
    if (arn !== this.arn || messageId === undefined) throw sqsError.receiptHandle();
    return this.stored.get(messageId);
  }
}
