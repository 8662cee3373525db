import type { FaultRates } from '../faults.ts';
import type { TableOptions } from './dynamodb/dynalite-store.ts';
import { createDynamoDb, type EmbeddedDynamoDb } from './dynamodb/dynamodb.ts';
import { createEventBus, type EventBus, type RuleOptions } from './events/bus.ts';
import type { Endpoint } from './http/endpoint.ts';
import { createSecurityHub, type EmbeddedSecurityHub } from './securityhub/security-hub.ts';
import type { Caller, Surroundings } from './service.ts';
import type { QueueOptions } from './sqs/queue.ts';
import { createSqs, type EmbeddedSqs } from './sqs/sqs.ts';

/** What a run may ask for besides the fleet; all of it is in the home account and region. */
export interface AddedServicesOptions {
  /** Without any there is no DynamoDB. */
  readonly tables?: readonly TableOptions[];
  /** Dead letters first; without any there is no SQS. */
  readonly queues?: readonly QueueOptions[];
  /** Of the default event bus. */
  readonly rules?: readonly RuleOptions[];
  /** Without it there is no Security Hub, and Patch Manager tells nobody what it finds. */
  readonly securityHub?: { readonly isEnabled: boolean };
}

interface AddedServicesParts extends Surroundings {
  readonly options: AddedServicesOptions;
  readonly home: Pick<Caller, 'accountId' | 'region'>;
  readonly faults: FaultRates;
  /** The address of the embedded AWS, once it listens. */
  readonly origin: () => string;
}

interface AddedServices {
  readonly dynamodb: EmbeddedDynamoDb;
  readonly sqs: EmbeddedSqs;
  readonly bus: EventBus;
  readonly securityHub: EmbeddedSecurityHub;
  /** Of those that were asked for. */
  readonly endpoints: { readonly [service in 'dynamodb' | 'sqs' | 'securityhub']?: Endpoint };
}

/** Tables, queues, the event bus and Security Hub, connected as in the deployed account. */
export function createAddedServices(parts: AddedServicesParts): AddedServices {
  const { clock, seed, home, faults, options, origin } = parts;
  const { tables = [], queues = [], rules = [], securityHub: hubOptions } = options;
  const unprocessedRate = faults['unprocessed-items'] ?? 0;
  const twiceRate = faults['delivered-twice'] ?? 0;
  const lateRate = faults['delivered-late'] ?? 0;
  const dynamodb = createDynamoDb({ seed, tables, home, unprocessedRate });
  const sqs = createSqs({ clock, seed, queues, home, twiceRate, unprocessedRate, origin });
  const bus = createEventBus({ clock, seed, home, rules, queue: sqs.queue, twiceRate, lateRate });
  const isEnabled = hubOptions?.isEnabled ?? false;
  const securityHub = createSecurityHub({ clock, seed, home, isEnabled, bus, unprocessedRate });
  return {
    dynamodb,
    sqs,
    bus,
    securityHub,
    endpoints: {
      ...(tables.length > 0 ? { dynamodb: dynamodb.endpoint } : {}),
      ...(queues.length > 0 ? { sqs: sqs.endpoint } : {}),
      ...(hubOptions ? { securityhub: securityHub.endpoint } : {}),
    },
  };
}
