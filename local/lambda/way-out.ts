import type { ClientRequest } from 'node:http';

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

/** Destroys a request that would leave the laptop, and throws an Error that names where to. */
export function assertLoopback(outgoing: ClientRequest): void {
  if (loopback.has(outgoing.host)) return;
  outgoing.on('error', () => undefined);
  outgoing.destroy();
  refuseToLeave(`http://${outgoing.host}${outgoing.path}`);
}

/** Throws an Error that names the target. */
export function refuseToLeave(target: unknown): never {
  throw new Error(
    `the embedded Lambda does not let ${describe(target)} out: only http on loopback is allowed, set AWS_ENDPOINT_URL`,
  );
}

function describe(target: unknown): string {
  if (typeof target === 'string') return target;
  if (target instanceof URL) return target.href;
  if (typeof target === 'object' && target !== null && 'hostname' in target)
    return `https://${String(target.hostname)}`;
  return 'a request over https';
}
