import { createHash } from 'node:crypto';
import { AwsError } from '../service.ts';

/** Where a listing goes on: a position whose meaning is the listing's own. */
interface Paging {
  /** Operation, caller and every member that shapes the answer: a token is good for this query alone. */
  readonly query: readonly unknown[];
  readonly token: string | undefined;
}

/** The position that a NextToken stands for, 0 without one; `InvalidNextToken` when it was not made for this query. */
function positionOf(paging: Paging): number {
  if (paging.token === undefined) return 0;
  const [position] = Buffer.from(paging.token, 'base64url').toString('latin1').split('.');
  const at = Number(position);
  if (Number.isSafeInteger(at) && at > 0 && tokenAt(paging, at) === paging.token) return at;
  throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
}

function tokenAt(paging: Paging, position: number): string {
  const seal = createHash('sha256')
    .update(JSON.stringify([paging.query, position]))
    .digest('hex');
  return Buffer.from(`${position}.${seal}`, 'latin1').toString('base64url');
}

/** How a listing is cut into pages. */
export interface PageOptions<T> {
  readonly paging: Paging;
  readonly size: number;
  readonly passes: (item: T) => boolean;
  /** `newest`: the list grows at its end and is shown from there; positions stay good while it grows. */
  readonly from: 'oldest' | 'newest';
  /** Where to stop looking: nothing passes from here on. */
  readonly isPast?: (item: T) => boolean;
}

/** One page of a list: at most `size` of the items that pass, and the token for the rest. */
export function pageOf<T>(
  items: readonly T[],
  options: PageOptions<T>,
): { readonly rows: readonly T[]; readonly token: string } {
  const { paging, size, passes, from, isPast } = options;
  const position = positionOf(paging);
  const step = from === 'oldest' ? 1 : -1;
  const first = from === 'oldest' ? position : (position || items.length) - 1;
  const rows: T[] = [];
  for (let index = first; index >= 0 && index < items.length; index += step) {
    const item = items[index];
    if (item === undefined || isPast?.(item)) break;
    if (!passes(item)) continue;
    if (rows.length === size) return { rows, token: tokenAt(paging, from === 'oldest' ? index : index + 1) };
    rows.push(item);
  }
  return { rows, token: '' };
}
