import type { AwsRequest, Reply } from '../../local/aws/http/request.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';

/** A call to AWS as an SDK makes it. */
export interface AwsCall {
  readonly service: 'ssm' | 's3' | 'sns';
  readonly operation: string;
  readonly input: JsonObject;
}

/** An error as AWS words it; `code` is what the SDK calls `name`. A connection that broke has the code of Node.js. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode: number) {
    super(`${code}: ${message}`);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** The request on the wire, as the embedded AWS reads it. Of SNS only Publish, of S3 only objects. */
export function requestOf(
  { service, operation, input }: AwsCall,
  from: { readonly region: string },
): AwsRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIABENCH/20260110/${from.region}/${service}/aws4_request`;
  const base = { path: '/', query: new URLSearchParams(), requestId: '' };
  if (service === 'ssm') {
    const headers = { authorization, 'x-amz-target': `AmazonSSM.${operation}` };
    return { ...base, method: 'POST', headers, body: Buffer.from(JSON.stringify(input)) };
  }
  if (service === 'sns') {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const form = new URLSearchParams({ Action: operation, Version: '2010-03-31' });
    for (const [name, value] of Object.entries(input)) form.set(name, textOf(value, name));
    return { ...base, method: 'POST', headers, body: Buffer.from(form.toString()) };
  }
  const path = `/${textOf(input['Bucket'], 'Bucket')}/${textOf(input['Key'], 'Key')}`;
  const body = operation === 'PutObject' ? Buffer.from(textOf(input['Body'], 'Body')) : Buffer.alloc(0);
  return {
    ...base,
    path,
    method: operation === 'PutObject' ? 'PUT' : 'GET',
    headers: { authorization },
    body,
  };
}

/** What the SDK would answer or throw. */
export function outputOf({ service, operation }: AwsCall, reply: Reply): JsonObject {
  const text = reply.body.toString();
  if (reply.statusCode >= 400) throw errorOf(service, reply.statusCode, text);
  if (service === 'ssm') return objectOf(JSON.parse(text), operation);
  return service === 's3' && operation === 'GetObject' ? { Body: text } : {};
}

function errorOf(service: AwsCall['service'], statusCode: number, text: string): AwsCallError {
  if (service === 'ssm') {
    const { __type: type, Message: large, message = large } = objectOf(JSON.parse(text), 'error');
    return new AwsCallError(String(type), String(message), statusCode);
  }
  const member = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  return new AwsCallError(member('Code'), member('Message'), statusCode);
}
