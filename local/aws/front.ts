import type { CredentialRegistry } from './credentials.ts';
import type { Endpoint, ServiceName, StandingService } from './http/endpoint.ts';
import type { AwsRequest, Reply } from './http/request.ts';
import { readSignature, type Signature } from './http/signature.ts';
import type { NetworkFaults } from './network-faults.ts';
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
  readonly usage: Usage;
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
    const refuse = (error: unknown): Answer => refusal({ endpoint, request, error });
    try {
      const answer = this.admit({ endpoint, request, signature, now });
      return answer instanceof Promise ? answer.catch(refuse) : answer;
    } catch (error) {
      return refuse(error);
    }
  }

  private admit({ endpoint, request, signature, now }: Arrival): Answer | Promise<Answer> {
    const { credentials, throttle, faults, usage } = this.parts;
    const { errors, service } = endpoint;
    if (!signature) throw errors.missingSignature;
    const caller = credentials.identify({ signature, now, errors });
    const operation = endpoint.operationOf(request);
    const name = `${service}:${operation}`;
    usage.countCall(name);
    const fault = faults.draw(name);
    const isAdmitted = throttle.admits(name, caller);
    if (fault) usage.countFault(fault, name);
    if (fault === 'throttle' || !isAdmitted) {
      usage.countThrottled(name);
      throw errors.throttled;
    }
    if (fault === 'server-error') throw errors.internal;
    const call = { request, operation, caller };
    const isLost = fault === 'lost-reply';
    const stale = fault === 'stale-page' ? this.parts.stalePages.recall(call) : undefined;
    if (stale) return { reply: stale, isLost };
    const reply = endpoint.perform(call);
    if (reply instanceof Promise) return reply.then((later) => ({ reply: later, isLost }));
    // S3 is strongly consistent: what was put is what is listed.
    if (service !== 's3' && faults.isOn('stale-page')) this.parts.stalePages.remember(call, reply);
    return { reply, isLost };
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
