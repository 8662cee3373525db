import type { Call } from './http/endpoint.ts';
import type { Reply } from './http/request.ts';

/**
 * The last answer that gave each page token, so that it can come again under that token: whoever goes on from page to
 * page then reads a page twice, and is given the same token once more.
 */
export class RepeatedPages {
  private readonly byToken = new Map<string, Reply>();

  recall(call: Call): Reply | undefined {
    const token = tokenAsked(call);
    return token === undefined ? undefined : this.byToken.get(keyOf(call, token));
  }

  remember(call: Call, reply: Reply): void {
    if (!/^(?:List|Describe)/.test(call.operation)) return;
    const token = tokenGiven(String(reply.body));
    if (token !== undefined) this.byToken.set(keyOf(call, token), reply);
  }
}

function keyOf({ operation, caller }: Call, token: string): string {
  return [caller.accountId, caller.region, operation, token].join(' ');
}

/** In JSON, in a form, and in the query of a GET to S3. */
function tokenAsked({ request }: Call): string | undefined {
  const body = request.body.toString('utf8');
  return (
    request.query.get('continuation-token') ??
    /"NextToken":"([^"]+)"/.exec(body)?.[1] ??
    new URLSearchParams(body).get('NextToken') ??
    undefined
  );
}

/** In JSON, in EC2's XML and in S3's. */
function tokenGiven(body: string): string | undefined {
  return (
    /"NextToken":"([^"]+)"/.exec(body)?.[1] ??
    /<nextToken>([^<]+)<\/nextToken>/.exec(body)?.[1] ??
    /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(body)?.[1]
  );
}
