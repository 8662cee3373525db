import type { Clock } from '../../clock.ts';
import { random } from '../../random.ts';
import { uuid } from '../http/identifiers.ts';
import type { Caller } from '../service.ts';
import type { EmbeddedQueue } from '../sqs/queue.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** A rule of the default bus with one target. */
export interface RuleOptions {
  readonly name: string;
  readonly pattern: unknown;
  /** The name of the queue that matching events are sent to. */
  readonly queue: string;
}

/** What a service tells the bus. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventBusOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly home: Pick<Caller, 'accountId' | 'region'>;
  readonly rules: readonly RuleOptions[];
  queue(name: string): EmbeddedQueue;
  /** Probability that an event is delivered a second time. */
  readonly twiceRate: number;
  /** Probability that an event is delivered up to half an hour late. */
  readonly lateRate: number;
}

/** An event as a target gets it. */
export type BusEvent = Readonly<Record<string, unknown>>;

export interface EventBus {
  put(event: ServiceEvent): void;
  /** All that was put, matched or not. */
  readonly events: readonly BusEvent[];
}

/** The older of EventBridge's two limits for an event. Bytes. */
const maximumBytes = 262_144;
const halfHour = 1_800_000;

interface Rule {
  readonly matches: Pattern;
  readonly queue: EmbeddedQueue;
}

/**
 * The default bus of the home account and region, with queues for targets. Delivery is at least once and in no order:
 * it takes a second or two, and longer, or twice, by fault. Throws for a pattern or a target that cannot be.
 */
export function createEventBus(options: EventBusOptions): EventBus {
  const { clock, seed, home } = options;
  const rules = options.rules.map(
    ({ pattern, queue }): Rule => ({ matches: compilePattern(pattern), queue: options.queue(queue) }),
  );
  const events: BusEvent[] = [];
  return {
    events,
    put(given) {
      const draw = random(seed, 'events', events.length);
      const event = {
        version: '0',
        id: uuid(draw),
        'detail-type': given.detailType,
        source: given.source,
        account: home.accountId,
        time: new Date(clock.now()).toISOString().replace(/\.\d+/, ''),
        region: home.region,
        resources: given.resources,
        detail: given.detail,
      };
      const body = JSON.stringify(event);
      const bytes = Buffer.byteLength(body);
      if (bytes > maximumBytes) throw new RangeError(`event of ${bytes} bytes; allowed: ${maximumBytes}`);
      events.push(event);
      for (const { matches, queue } of rules) {
        // Each is drawn even when its rate is zero: turning one fault on must not move the others.
        const usual = 200 + 1_800 * draw.next();
        const late = draw.chance(options.lateRate) ? halfHour * draw.next() : 0;
        const again = draw.chance(options.twiceRate) ? [usual + 60_000 * draw.next()] : [];
        if (!matches(event)) continue;
        const send = () => void queue.send({ body, attributes: {} });
        for (const delay of [usual + late, ...again]) clock.setTimeout(send, delay);
      }
    },
  };
}
