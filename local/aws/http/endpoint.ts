import type { AwsError } from '../service.ts';
import type { AwsRequest, Reply, SignedCaller } from './request.ts';

/** Those that are always there, and those that a run asks for. */
export type ServiceName = StandingService | 'dynamodb' | 'sqs' | 'securityhub';
export type StandingService = 'ssm' | 's3' | 'sns' | 'sts' | 'ec2';

/** The errors that every operation of a service can answer with, in the words of its protocol. */
export interface CommonErrors {
  readonly missingSignature: AwsError;
  readonly invalidToken: AwsError;
  readonly expiredToken: AwsError;
  readonly throttled: AwsError;
  readonly internal: AwsError;
}

/** One operation that was asked for, and by whom. */
export interface Call {
  readonly request: AwsRequest;
  readonly operation: string;
  readonly caller: SignedCaller;
}

/** A service behind the front: it names the operation of a request, performs it and words its errors. */
export interface Endpoint {
  readonly service: ServiceName;
  readonly errors: CommonErrors;
  /** Throws the protocol's error for an operation that the embedded AWS does not know: never HTTP 500. */
  operationOf(request: AwsRequest): string;
  /** Throws an AwsError, or rejects with one, for what AWS would refuse. A promise must not wait for the clock. */
  perform(call: Call): Reply | Promise<Reply>;
  refuse(error: AwsError, request: AwsRequest): Reply;
}
