import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { type LoopbackCall, type LoopbackReply, loopbackAt, offerLoopback } from '../loopback.ts';
import { random } from '../random.ts';
import type { Answer, Front } from './front.ts';
import { uuid } from './http/identifiers.ts';
import { readRequest, requestOf } from './http/read-request.ts';
import type { AwsRequest, Reply } from './http/request.ts';

/** Milliseconds of simulated time that a call takes, there and back. */
export interface Latency {
  readonly minimumMilliseconds: number;
  readonly maximumMilliseconds: number;
}

export interface ServerOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly front: Front;
  readonly latency: Latency;
  /** Put on every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** tcpmux, which no machine has: what is not answered in this process is refused. */
const nobodysPort = 1;

/** The embedded AWS on loopback. */
export class AwsServer {
  private readonly options: ServerOptions;
  private readonly server: Server;
  private readonly repeats = new Map<string, number>();
  private readonly defects: unknown[] = [];
  private requests = 0;
  private stopLoopback: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    // A kept connection that the server closes while a request is on its way would be a fault that nobody asked for.
    this.server = createServer({ keepAliveTimeout: 3_600_000, requestTimeout: 0 }, (incoming, outgoing) => {
      this.serve(incoming, outgoing).catch((defect: unknown) => {
        this.defects.push(defect);
        outgoing.destroy();
      });
    });
  }

  /** Answers with the URL; port 0 takes any free one. */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (cause) => {
        reject(new Error(`the embedded AWS cannot listen on 127.0.0.1:${port}: ${cause.message}`, { cause }));
      });
      this.server.listen(port, '127.0.0.1', () => {
        const address = this.server.address();
        const taken = typeof address === 'object' && address ? address.port : port;
        this.stopLoopback = offerLoopback(taken, (call) => this.serveLoopback(call));
        resolve(`http://127.0.0.1:${taken}`);
      });
    });
  }

  /** Answers with the URL, where no socket is. One server of a process at a time. */
  offer(): string {
    if (loopbackAt('127.0.0.1', nobodysPort)) throw new Error('another embedded AWS is offered already');
    this.stopLoopback = offerLoopback(nobodysPort, (call) => this.serveLoopback(call));
    return `http://127.0.0.1:${nobodysPort}`;
  }

  /** Rejects when a request failed through a defect of the embedded AWS itself, so that no test can miss it. */
  async close(): Promise<void> {
    this.stopLoopback?.();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    const defects = this.defects.splice(0);
    if (defects.length === 0) return;
    const message = `${defects.length} requests failed through a defect of the embedded AWS`;
    throw new Error(message, { cause: defects[0] });
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, this.nextRequestId());
    const reply = request && (await this.replyTo(request));
    if (!request) return;
    if (!reply) outgoing.socket?.resetAndDestroy();
    else {
      outgoing.writeHead(reply.statusCode, this.headersOf(request, reply));
      outgoing.end(request.method === 'HEAD' ? undefined : reply.body);
    }
  }

  /** The same without a socket, for callers in this process. */
  private async serveLoopback(call: LoopbackCall): Promise<LoopbackReply | undefined> {
    try {
      const request = requestOf(call, this.nextRequestId());
      const reply = await this.replyTo(request);
      if (!reply) return undefined;
      const body = call.method === 'HEAD' ? '' : reply.body;
      return {
        statusCode: reply.statusCode,
        headers: this.headersOf(request, reply),
        body: typeof body === 'string' ? Buffer.from(body) : body,
      };
    } catch (defect) {
      this.defects.push(defect);
      return undefined;
    }
  }

  private nextRequestId(): string {
    this.requests += 1;
    return uuid(random(this.options.seed, 'request', this.requests));
  }

  /** The answer once it is back, or undefined when it is lost on its way. */
  private async replyTo(request: AwsRequest): Promise<Reply | undefined> {
    const { clock, front } = this.options;
    const hold = request.headers['x-local-hold'];
    const { there, back } = this.latencyOf(request);
    // The request travels before it counts: calls made in one instant arrive in an order that the seed decides,
    // not the operating system's sockets.
    await clock.sleepInHold(hold, there);
    const answer = front.answer(request, clock.now());
    const { reply, isLost, defect } = answer instanceof Promise ? await this.standingStill(answer) : answer;
    if (defect !== undefined) this.defects.push(defect);
    await clock.sleepInHold(hold, back);
    return isLost ? undefined : reply;
  }

  /** No timer fires before a service that works in real time has answered: its turns of the event loop are no time. */
  private async standingStill(answer: Promise<Answer>): Promise<Answer> {
    const hold = this.options.clock.hold();
    try {
      return await answer;
    } finally {
      hold.release();
    }
  }

  private headersOf(request: AwsRequest, reply: Reply): Record<string, string> {
    const { clock, headers } = this.options;
    return {
      ...(reply.statusCode === 204 ? {} : { 'content-length': String(Buffer.byteLength(reply.body)) }),
      ...reply.headers,
      ...headers,
      'x-amzn-requestid': request.requestId,
      date: new Date(clock.now()).toUTCString(),
    };
  }

  private latencyOf({ method, path, query, body }: AwsRequest): {
    readonly there: number;
    readonly back: number;
  } {
    const { seed, latency } = this.options;
    const content = hash('sha256', Buffer.concat([Buffer.from(`${method} ${path} ${query} `), body]));
    const repeat = this.repeats.get(content) ?? 0;
    this.repeats.set(content, repeat + 1);
    const stream = random(seed, 'latency', content, repeat);
    const range = latency.maximumMilliseconds - latency.minimumMilliseconds;
    const total = latency.minimumMilliseconds + range * stream.next();
    const there = total * stream.next();
    return { there, back: total - there };
  }
}
