import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Clock, Hold } from '../clock.ts';
import { overrideMembers } from './evaluate.ts';
import type { LoopbackRequest } from './loopback-request.ts';
import { loopbackRequest } from './loopback-target.ts';
import { assertLoopback, refuseToLeave } from './way-out.ts';

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
  /** Whether a call is open, has failed, was answered with an error that a client takes to heart, or with a session. */
  readonly isSpoilt: () => boolean;
  /** Closes every socket that is left. */
  readonly close: () => void;
}

/** What the environment does on each call: `onCall` says whether the handler dies when the answer comes. */
export interface CallObserver {
  readonly onCall: () => boolean;
  readonly onFatalAnswer: () => void;
}

/** Header that names the hold, so that a server can make its latency pass as simulated time. */
const holdHeader = 'x-local-hold';

type Outgoing = http.ClientRequest | LoopbackRequest;

/**
 * `http` and `https` for one environment. Each request holds the clock until its answer is consumed. To a server of
 * this process it goes without a socket.
 */
export function createCalls(clock: Clock, observer: CallObserver): Calls {
  const sockets = new Set<Socket>();
  const open = new Map<Outgoing, () => void>();
  let isCutOff = false;
  let hasFailed = false;
  let hasSession = false;

  const close = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const track = (socket: Socket): void => {
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };

  const request = (...values: Parameters<typeof http.request>): Outgoing => {
    const { outgoing, endHold } = withoutSocket(values, clock) ?? overSocket(values, clock);
    const release = (): void => {
      open.delete(outgoing);
      endHold();
      if (isCutOff && open.size === 0) close();
    };
    open.set(outgoing, release);
    outgoing.on('socket', track);
    if (isForSession(values[0])) hasSession = true;
    const isFatal = !isCutOff && observer.onCall();
    interceptEvents(outgoing, (name, value) => {
      if (name === 'close') release();
      if (name === 'error' || (name === 'response' && !isHarmless(value))) hasFailed = true;
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

  const get = (...values: Parameters<typeof http.request>): Outgoing => {
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
    isSpoilt: () => hasFailed || hasSession || open.size > 0,
    close,
  };
}

/** A call of STS, by its signature: the session that it answers with is known to this run's STS alone. */
function isForSession(options: unknown): boolean {
  const { authorization } = Object(Object(options).headers);
  return String(authorization).includes('/sts/aws4_request');
}

/** What is not there, or is not as expected, is an answer like another: no client slows down or counts its attempts for it. */
function isHarmless(response: unknown): boolean {
  const { statusCode } = Object(response);
  return statusCode < 400 || statusCode === 404 || statusCode === 412;
}

/** Replaces the emitter's `emit` by one that asks first whether the event may reach its listeners. */
function interceptEvents(
  emitter: Outgoing,
  mayPass: (name: string | symbol, value: unknown) => boolean,
): void {
  const emit: Outgoing['emit'] = emitter.emit.bind(emitter);
  Object.defineProperty(emitter, 'emit', {
    value: (name: string, ...values: readonly unknown[]): boolean =>
      mayPass(name, values[0]) && emit(name, ...values),
    configurable: true,
    writable: true,
  });
}

function isReadable(value: unknown): value is Readable {
  return value instanceof Readable;
}

interface Held {
  readonly outgoing: Outgoing;
  readonly endHold: () => void;
}

/** Held from its connection on: whoever waits for one waits for other calls, whose time must pass. */
function withoutSocket(values: readonly unknown[], clock: Clock): Held | undefined {
  let hold: Hold | undefined;
  let isOver = false;
  const outgoing = loopbackRequest(values, clock, () => {
    if (isOver) return;
    hold = clock.hold();
    if (hold.id !== '') outgoing?.setHeader(holdHeader, hold.id);
  });
  const endHold = (): void => {
    isOver = true;
    hold?.release();
  };
  return outgoing && { outgoing, endHold };
}

/** The header goes in with the options: for a large body Node sends the headers while it makes the request. */
function overSocket(values: readonly unknown[], clock: Clock): Held {
  const hold = clock.hold();
  const header = hold.id === '' ? {} : { [holdHeader]: hold.id };
  try {
    const outgoing: http.ClientRequest = Reflect.apply(
      http.request,
      http,
      withOptions(values).map((value) => (isOptions(value) ? withHeader(value, header) : value)),
    );
    assertLoopback(outgoing);
    return { outgoing, endHold: hold.release };
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
