import type { QueryForm } from '../http/query-form.ts';
import { ec2Error } from './error.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** MaxResults from 5 to 1,000; without it everything is answered at once. Throws InvalidParameterValue. */
export function readPage<Item>(form: QueryForm, items: readonly Item[]): Page<Item> {
  const text = form.get('MaxResults');
  const size = text === undefined ? items.length : Number(text);
  if (text !== undefined && !(Number.isInteger(size) && size >= 5 && size <= 1000)) {
    throw ec2Error.invalidParameterValue(
      `Value ( ${text} ) for parameter maxResults is invalid. Allowed: 5 to 1000.`,
    );
  }
  const start = readToken(form.get('NextToken'), items.length);
  const end = start + size;
  const nextToken = end < items.length ? Buffer.from(`from ${end}`).toString('base64url') : undefined;
  return { items: items.slice(start, end), nextToken };
}

function readToken(token: string | undefined, count: number): number {
  if (token === undefined || token === '') return 0;
  const start = Number(
    /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1] ?? Number.NaN,
  );
  if (start <= count) return start;
  throw ec2Error.invalidParameterValue(`Value ( ${token} ) for parameter nextToken is invalid.`);
}
