import type { Weather } from '../weather.ts';
import type { CredentialRegistry } from './credentials.ts';
import type { Call, Endpoint, ServiceName, StandingService } from './http/endpoint.ts';
import type { AwsRequest, Reply } from './http/request.ts';
import { readSignature, type Signature } from './http/signature.ts';
import type { NetworkFault, NetworkFaults } from './network-faults.ts';
import type { RepeatedPages } from './repeated-pages.ts';
import { AwsError } from './service.ts';
import type { StalePages } from './stale-pages.ts';
import type { Throttle } from './throttle.ts';
import type { Usage } from './usage.ts';

export interface FrontParts {
  readonly endpoints: Readonly<Record<StandingService, Endpoint> & Partial<Record<ServiceName, Endpoint>>>;
  readonly credentials: CredentialRegistry;
  readonly throttle: Throttle;
  readonly faults: NetworkFaults;
  readonly stalePages: StalePages;
  readonly repeatedPages: RepeatedPages;
  readonly usage: Usage;
  readonly weather: Weather;
}

/**
 * `isLost`: the call took effect, and its answer must not arrive.
 * `defect`: what a service threw that was no AwsError, which is a fault of the embedded AWS itself.
 */
export interface Answer {
  readonly reply: Reply;
  readonly isLost: boolean;
  readonly defect?: unknown;
}

/** Strikes only where there is an earlier page to come again. */
function isOfPages(fault: NetworkFault): boolean {
  return fault === 'stale-page' || fault === 'repeated-page';
}

/** What outages answer: S3 and SNS API references, "Common errors". */
const refusals: Readonly<Partial<Record<NetworkFault | 'none', AwsError>>> = {
  's3-denied': new AwsError('AccessDenied', 'Access Denied', 403),
  's3-unavailable': new AwsError('SlowDown', 'Please reduce your request rate.', 503),
  'sns-denied': new AwsError('AuthorizationError', 'User is not authorized to perform: SNS:Publish', 403),
  'sns-unavailable': new AwsError('ServiceUnavailable', 'The service is temporarily unavailable.', 503),
};

interface Arrival {
  readonly endpoint: Endpoint;
  readonly request: AwsRequest;
  readonly signature: Signature | undefined;
  readonly now: number;
}

/** What stands before every service: identity, routing, counting, throttling and faults. No HTTP and no waiting. */
export class Front {
  private readonly parts: FrontParts;

  constructor(parts: FrontParts) {
    this.parts = parts;
  }

  /** Never throws: all that AWS would refuse is a reply. A promise is real work, for which virtual time must stand. */
  answer(request: AwsRequest, now: number): Answer | Promise<Answer> {
    const signature = readSignature(request);
    const endpoint = this.endpointFor(request, signature);
    const refuse = (error: unknown): Answer => {
      if (error instanceof AwsError) this.countRefusal(error, { endpoint, request });
      return refusal({ endpoint, request, error });
    };
    try {
      const answer = this.admit({ endpoint, request, signature, now });
      return answer instanceof Promise ? answer.catch(refuse) : answer;
    } catch (error) {
      return refuse(error);
    }
  }

  private admit({ endpoint, request, signature, now }: Arrival): Answer | Promise<Answer> {
    const { credentials, throttle, faults, weather, usage } = this.parts;
    const { errors, service } = endpoint;
    if (!signature) throw errors.missingSignature;
    const caller = credentials.identify({ signature, now, errors });
    const operation = endpoint.operationOf(request);
    const name = `${service}:${operation}`;
    usage.countCall(name);
    const fault = faults.draw(name, now);
    const isAdmitted = throttle.admits(name, caller);
    if (fault) usage.countFault(fault, name);
    if (fault && !isOfPages(fault)) weather.strikes.count(fault);
    if (fault === 'throttle' || !isAdmitted) {
      usage.countThrottled(name);
      throw errors.throttled;
    }
    if (fault === 'server-error') throw errors.internal;
    const refused = refusals[fault ?? 'none'];
    if (refused) throw refused;
    const call = { request, operation, caller };
    const isLost = fault === 'lost-reply';
    const earlier = this.earlierPage(fault, call);
    if (earlier) return { reply: earlier, isLost };
    const reply = endpoint.perform(call);
    if (reply instanceof Promise) return reply.then((later) => ({ reply: later, isLost }));
    // S3 is strongly consistent: what was put is what is listed.
    if (service !== 's3' && weather.knows('stale-page')) this.parts.stalePages.remember(call, reply);
    if (weather.knows('repeated-page')) this.parts.repeatedPages.remember(call, reply);
    return { reply, isLost };
  }

  /** An operation that is not known cannot be counted by its name. */
  private countRefusal(
    { code }: AwsError,
    { endpoint, request }: { readonly endpoint: Endpoint; readonly request: AwsRequest },
  ): void {
    const operation = operationIn(endpoint, request) ?? 'unknown';
    this.parts.usage.countRefusal(code, `${endpoint.service}:${operation}`);
  }

  private earlierPage(fault: NetworkFault | undefined, call: Call): Reply | undefined {
    if (fault === undefined || !isOfPages(fault)) return undefined;
    const pages = fault === 'stale-page' ? this.parts.stalePages : this.parts.repeatedPages;
    const earlier = pages.recall(call);
    if (earlier) this.parts.weather.strikes.count(fault);
    return earlier;
  }

  /** By the signing name, as AWS's hosts are; for a service that is not embedded, whoever speaks its protocol refuses. */
  private endpointFor(request: AwsRequest, signature: Signature | undefined): Endpoint {
    const { endpoints } = this.parts;
    const named = Object.values(endpoints).find(({ service }) => service === signature?.service);
    if (named) return named;
    if (request.headers['x-amz-target'] !== undefined) return endpoints.ssm;
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    return isForm ? endpoints.sns : endpoints.s3;
  }
}

function operationIn(endpoint: Endpoint, request: AwsRequest): string | undefined {
  try {
    return endpoint.operationOf(request);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

interface Refused {
  readonly endpoint: Endpoint;
  readonly request: AwsRequest;
  readonly error: unknown;
}

function refusal({ endpoint, request, error }: Refused): Answer {
  if (error instanceof AwsError) return { reply: endpoint.refuse(error, request), isLost: false };
  const { code, statusCode } = endpoint.errors.internal;
  const internal = new AwsError(code, `defect of the embedded AWS: ${String(error)}`, statusCode);
  return { reply: endpoint.refuse(internal, request), isLost: false, defect: error };
}
