import type { Caller } from '../service.ts';

/** A request as a service reads it: the path still percent-encoded, because an S3 key may hold anything. */
export interface AwsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly requestId: string;
}

/** What goes back on the wire; the front adds the request id and the date. */
export interface Reply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The caller with the identity behind the access key, as `sts:GetCallerIdentity` tells it. */
export interface SignedCaller extends Caller {
  readonly arn: string;
  readonly userId: string;
  /** True for the credentials of an assumed role: assuming the next role is role chaining. */
  readonly isSession: boolean;
}
