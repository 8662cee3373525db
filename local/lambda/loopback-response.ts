import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import type { LoopbackReply } from '../loopback.ts';
import type { LoopbackSocket } from './loopback-socket.ts';

/** The answer to a LoopbackRequest, as much of an IncomingMessage as clients ask for. */
export class LoopbackResponse extends Readable {
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly trailers = {};
  readonly socket: LoopbackSocket;
  /** True once the whole body was handed over. */
  complete = false;
  private readonly body: Buffer;

  constructor(reply: LoopbackReply, socket: LoopbackSocket) {
    super();
    this.statusCode = reply.statusCode;
    this.statusMessage = STATUS_CODES[reply.statusCode] ?? '';
    this.headers = reply.headers;
    this.rawHeaders = Object.entries(reply.headers).flat();
    this.socket = socket;
    this.body = reply.body;
  }

  override _read(): void {
    this.complete = true;
    if (this.body.length > 0) this.push(this.body);
    this.push(null);
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.socket.setTimeout(milliseconds, callback);
    return this;
  }
}
