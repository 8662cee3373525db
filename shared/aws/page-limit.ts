import { InvalidAnswerError } from '../errors.ts';

/** No listing of ours has as many: fifty nodes a page are more than an account can have. */
const pagesAtMost = 1000;
/** A page that is repeated by mistake repeats its token too; one that comes so often leads nowhere. */
const tokenSeenAtMost = 5;

/**
 * Counts the pages of one listing. Throws InvalidAnswerError for tokens that go round, or that never end: AWS promises
 * neither that a token is a new one nor that a page holds anything.
 */
export function makePageLimit(listing: string): (token: unknown) => void {
  const seen = new Map<string, number>();
  let pages = 0;
  return (token) => {
    pages += 1;
    const key = typeof token === 'string' ? token : JSON.stringify(token ?? null);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times > tokenSeenAtMost || pages > pagesAtMost) {
      throw new InvalidAnswerError(
        `${listing} does not end: ${pages} pages, and the same token ${times} times`,
      );
    }
  };
}

/** The pages of a paginator of the SDK's, which itself would follow their tokens for ever. */
export async function* limited<Page>(
  listing: string,
  pages: AsyncIterable<Page>,
  tokenOf: (page: Page) => unknown,
): AsyncGenerator<Page> {
  const count = makePageLimit(listing);
  for await (const page of pages) {
    yield page;
    count(tokenOf(page));
  }
}
