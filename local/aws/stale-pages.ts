import { createHash } from 'node:crypto';
import type { Call } from './http/endpoint.ts';
import type { Reply } from './http/request.ts';

const staleForMilliseconds = 120_000;

interface Remembered {
  readonly reply: Reply;
  readonly at: number;
}

/**
 * The last true answer to every listing request of the last two minutes, page token included, so that it can be
 * given again. Repeating is chosen over asking the service at an earlier time: services settle their state as
 * time goes on and cannot look back. Only true answers are remembered, so nothing can stay stale for ever.
 */
export class StalePages {
  private readonly remembered = new Map<string, Remembered>();

  recall(call: Call): Reply | undefined {
    const page = this.remembered.get(keyOf(call));
    return page && page.at >= call.caller.now - staleForMilliseconds ? page.reply : undefined;
  }

  remember(call: Call, reply: Reply): void {
    if (!/^(?:List|Describe)/.test(call.operation)) return;
    const key = keyOf(call);
    this.remembered.delete(key);
    this.remembered.set(key, { reply, at: call.caller.now });
    this.forgetBefore(call.caller.now - staleForMilliseconds);
  }

  private forgetBefore(time: number): void {
    for (const [key, { at }] of this.remembered) {
      if (at >= time) return;
      this.remembered.delete(key);
    }
  }
}

function keyOf({ request, operation, caller }: Call): string {
  const digest = createHash('sha256').update(request.body).digest('base64');
  return [caller.accountId, caller.region, operation, request.path, request.query, digest].join(' ');
}
