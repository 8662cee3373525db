import { Front } from '../../local/aws/front.ts';
import type { AwsRequest } from '../../local/aws/http/request.ts';
import { s3Target } from '../../local/aws/s3/target.ts';

/** One request as a service reads it: `ssm:SendCommand` and its members. */
export interface RecordedRequest {
  readonly operation: string;
  readonly input: unknown;
}

/** From now on until all mocks are restored: every request that reaches an embedded AWS. */
export function recordRequests(): RecordedRequest[] {
  const requests: RecordedRequest[] = [];
  const answer = Front.prototype.answer;
  jest.spyOn(Front.prototype, 'answer').mockImplementation(function (this: Front, request, now) {
    requests.push(recorded(request));
    return answer.call(this, request, now);
  });
  return requests;
}

function recorded(request: AwsRequest): RecordedRequest {
  const [, service = ''] = /\/([a-z0-9]+)\/aws4_request/.exec(request.headers['authorization'] ?? '') ?? [];
  const target = request.headers['x-amz-target']?.split('.')[1];
  if (target) return { operation: `${service}:${target}`, input: JSON.parse(request.body.toString('utf8')) };
  if (service === 's3') return recordedOfS3(request);
  const input = nested(new URLSearchParams(request.body.toString('utf8')));
  return { operation: `${service}:${input.get('Action')}`, input: plain(input) };
}

function recordedOfS3(request: AwsRequest): RecordedRequest {
  const { bucket: Bucket, key: Key } = s3Target(request);
  if (request.query.get('list-type') === '2') {
    const ContinuationToken = request.query.get('continuation-token') ?? undefined;
    return {
      operation: 's3:ListObjectsV2',
      input: { Bucket, Prefix: request.query.get('prefix'), ContinuationToken },
    };
  }
  return { operation: `s3:${request.method === 'PUT' ? 'PutObject' : 'GetObject'}`, input: { Bucket, Key } };
}

type Nested = Map<string, string | Nested>;

/** `Filter.1.Value.2=x` is a path into structures and lists. */
function nested(form: URLSearchParams): Nested {
  const root: Nested = new Map();
  for (const [name, value] of form) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let place = root;
    for (const part of path) {
      const known = place.get(part);
      const next: Nested = known instanceof Map ? known : new Map();
      place.set(part, next);
      place = next;
    }
    place.set(last, value);
  }
  return root;
}

function plain(value: string | Nested): unknown {
  if (typeof value === 'string') return value;
  const members = [...value].map(([name, member]) => [name, plain(member)] as const);
  const isList = members.every(([name]) => /^\d+$/.test(name));
  return isList ? members.map(([, member]) => member) : Object.fromEntries(members);
}
