import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock, Hold } from '../clock.ts';
import { overrideMembers } from './evaluate.ts';

/** The AWS calls of one environment: what it sent, and how its answers are cut off when it dies. */
export interface Calls {
  /** The module that the bundle gets for `http`. */
  readonly http: unknown;
  /** The module that the bundle gets for `https`: there is no way out of the laptop. */
  readonly https: unknown;
  /** From now on no answer reaches the bundle. What was sent whole is let finish,
   * so that its effect is sure; then the sockets are closed. */
  readonly cutOff: () => void;
  /** Lets virtual time go on though an answer was never read: the frozen environment will not read it. */
  readonly releaseHolds: () => void;
  /** Closes every socket that is left. */
  readonly close: () => void;
}

/** What the environment does on each call: `onCall` says whether the handler dies when the answer comes. */
export interface CallObserver {
  readonly onCall: () => boolean;
  readonly onFatalAnswer: () => void;
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

/** Header that names the hold, so that a server can make its latency pass as simulated time. */
const holdHeader = 'x-local-hold';

/** `http` and `https` for one environment. Each request holds the clock until its answer is consumed. */
export function createCalls(clock: Clock, observer: CallObserver): Calls {
  const sockets = new Set<Socket>();
  const open = new Map<http.ClientRequest, () => void>();
  let isCutOff = false;

  const close = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const track = (socket: Socket): void => {
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };

  const request = (...values: Parameters<typeof http.request>): http.ClientRequest => {
    const hold = clock.hold();
    const outgoing = requestInHold(values, hold);
    const release = (): void => {
      open.delete(outgoing);
      hold.release();
      if (isCutOff && open.size === 0) close();
    };
    open.set(outgoing, release);
    outgoing.on('socket', track);
    const isFatal = !isCutOff && observer.onCall();
    interceptEvents(outgoing, (name, value) => {
      if (name === 'close') release();
      if (name === 'response' && isFatal && !isCutOff) observer.onFatalAnswer();
      if (name === 'response' && isReadable(value)) {
        value.once('end', release);
        if (isCutOff) value.resume();
      }
      return !isCutOff;
    });
    if (isCutOff) outgoing.destroy();
    return outgoing;
  };

  const get = (...values: Parameters<typeof http.request>): http.ClientRequest => {
    const outgoing = request(...values);
    outgoing.end();
    return outgoing;
  };

  return {
    http: overrideMembers(http, { request, get }),
    https: overrideMembers(https, { request: refuseToLeave, get: refuseToLeave }),
    cutOff: () => {
      isCutOff = true;
      for (const outgoing of open.keys()) if (!outgoing.writableEnded) outgoing.destroy();
      if (open.size === 0) close();
    },
    releaseHolds: () => {
      for (const release of open.values()) release();
    },
    close,
  };
}

/** Replaces the emitter's `emit` by one that asks first whether the event may reach its listeners. */
function interceptEvents(
  emitter: http.ClientRequest,
  mayPass: (name: string | symbol, value: unknown) => boolean,
): void {
  const emit = emitter.emit.bind(emitter);
  Object.defineProperty(emitter, 'emit', {
    value: (name: string, ...values: readonly unknown[]): boolean =>
      mayPass(name, values[0]) && emit(name, ...values),
    configurable: true,
    writable: true,
  });
}

function isReadable(value: unknown): value is http.IncomingMessage {
  return value instanceof http.IncomingMessage;
}

/** The header goes in with the options: for a large body Node sends the headers while it makes the request. */
function requestInHold(values: readonly unknown[], hold: Hold): http.ClientRequest {
  const header = hold.id === '' ? {} : { [holdHeader]: hold.id };
  try {
    const outgoing: http.ClientRequest = Reflect.apply(
      http.request,
      http,
      withOptions(values).map((value) => (isOptions(value) ? withHeader(value, header) : value)),
    );
    assertLoopback(outgoing);
    return outgoing;
  } catch (error) {
    hold.release();
    throw error;
  }
}

function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof URL);
}

/** `request(url)` and `request(url, callback)` have no options to put a header into. */
function withOptions([url, ...rest]: readonly unknown[]): unknown[] {
  return isOptions(url) || isOptions(rest[0]) ? [url, ...rest] : [url, {}, ...rest];
}

function withHeader(options: unknown, header: Readonly<Record<string, string>>): unknown {
  const { headers, ...rest } = Object(options);
  return { ...rest, headers: { ...headers, ...header } };
}

function assertLoopback(outgoing: http.ClientRequest): void {
  if (loopback.has(outgoing.host)) return;
  outgoing.on('error', () => undefined);
  outgoing.destroy();
  refuseToLeave(`http://${outgoing.host}${outgoing.path}`);
}

function refuseToLeave(target: unknown): never {
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
