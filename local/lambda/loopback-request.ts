import { Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { LoopbackReply, ServeLoopback } from '../loopback.ts';
import { type Connections, noConnections } from './loopback-connections.ts';
import { LoopbackResponse } from './loopback-response.ts';
import { LoopbackSocket } from './loopback-socket.ts';

export interface LoopbackRequestOptions {
  readonly clock: Clock;
  readonly serve: ServeLoopback;
  /** It has a connection, and will be sent. */
  readonly onConnect: () => void;
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Those of the agent; without one every request has a connection of its own. */
  readonly connections?: Connections;
}

/**
 * A ClientRequest to a server of this process, without a socket: as much of one as clients ask for, in the same order
 * of events. What was sent whole takes effect, whatever becomes of the request.
 */
export class LoopbackRequest extends Writable {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly protocol = 'http:';
  socket: LoopbackSocket | undefined;
  res: LoopbackResponse | undefined;
  private readonly options: LoopbackRequestOptions;
  private readonly fields: Map<string, string>;
  private readonly chunks: Buffer[] = [];
  private readonly connections: Connections;
  private isWhole = false;
  private isSent = false;

  constructor(options: LoopbackRequestOptions) {
    super({ autoDestroy: false });
    this.options = options;
    this.host = options.host;
    this.method = options.method;
    this.path = options.path;
    this.fields = new Map(Object.entries(options.headers));
    this.connections = options.connections ?? noConnections;
    // As in Node.js: whoever made the request can still listen.
    process.nextTick(() => this.connections.take(this.connect));
  }

  get aborted(): boolean {
    return this.destroyed;
  }

  setHeader(name: string, value: string | number | readonly string[]): this {
    this.fields.set(name.toLowerCase(), [value].flat().join(', '));
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.fields.get(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.fields.delete(name.toLowerCase());
  }

  flushHeaders(): void {}

  setNoDelay(): void {}

  setSocketKeepAlive(): void {}

  setTimeout(milliseconds: number, callback?: () => void): this {
    if (callback) this.once('timeout', callback);
    const start = (socket: LoopbackSocket): void => {
      socket.setTimeout(milliseconds, () => this.emit('timeout'));
    };
    if (this.socket) start(this.socket);
    else this.once('socket', start);
    return this;
  }

  abort(): void {
    this.destroy();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.isWhole = true;
    this.send();
    done();
  }

  /** A request that is given up before its answer fails, as a socket does that was hung up; later its answer does. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const isOver = this.res?.complete === true;
    if (this.res && !isOver) this.res.destroy(error ?? connectionReset('aborted'));
    done(this.res || isOver ? error : (error ?? connectionReset('socket hang up')));
    this.disconnect();
  }

  private readonly connect = (): void => {
    if (this.destroyed) {
      // What was whole had been handed over to the connection.
      this.connections.give();
      return;
    }
    this.socket = new LoopbackSocket(this.options.clock, () => this.destroy());
    this.options.onConnect();
    this.emit('socket', this.socket);
    if (this.fields.get('expect') === '100-continue') this.emit('continue');
    this.send();
  };

  private send(): void {
    if (!this.socket || !this.isWhole || this.isSent) return;
    this.isSent = true;
    const { method, path: target, options } = this;
    const body = Buffer.concat(this.chunks);
    const headers = Object.fromEntries(this.fields);
    options.serve({ method, target, headers, body }).then((reply) => this.receive(reply));
  }

  private receive(reply: LoopbackReply | undefined): void {
    if (this.destroyed || !this.socket) return;
    if (!reply) {
      this.destroy(connectionReset('read ECONNRESET'));
      return;
    }
    const response = new LoopbackResponse(reply, this.socket);
    this.res = response;
    response.once('close', () => {
      this.disconnect();
      if (!this.destroyed) this.destroy();
    });
    // As in Node.js, what nobody listens for is thrown away.
    if (!this.emit('response', response)) response.resume();
  }

  private disconnect(): void {
    if (!this.socket || this.socket.destroyed) return;
    this.socket.end();
    this.connections.give();
  }
}

function connectionReset(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET', errno: -104 });
}
