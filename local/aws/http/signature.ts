import type { AwsRequest } from './request.ts';

/** The credential scope of a Signature Version 4 request (IAM User Guide, "Elements of an AWS API request signature"). */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, such as `ssm`; it need not be a service that is embedded here. */
  readonly service: string;
  readonly sessionToken: string | undefined;
}

const credential = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

/** Reads the Authorization header, or a presigned URL's query; undefined when the request is not signed. */
export function readSignature(request: AwsRequest): Signature | undefined {
  const header = /^AWS4-HMAC-SHA256 Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1];
  const parts = credential.exec(header ?? request.query.get('X-Amz-Credential') ?? '');
  const [, accessKeyId, region, service] = parts ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  const sessionToken =
    request.headers['x-amz-security-token'] ?? request.query.get('X-Amz-Security-Token') ?? undefined;
  return { accessKeyId, region, service, sessionToken };
}
