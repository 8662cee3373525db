import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Reply } from '../http/request.ts';

/** A table as its template makes it, on demand; both keys are strings. */
export interface TableOptions {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
}

/** What dynalite wants to see of a signature; the front has looked at the real one. */
const signed = {
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=0',
  'x-amz-date': '20261122T000000Z',
  'content-type': 'application/x-amz-json-1.0',
};

/** What dynalite reads of a request. */
class Incoming extends EventEmitter {
  readonly method = 'POST';
  readonly url = '/';
  readonly headers: Readonly<Record<string, string>>;

  constructor(operation: string) {
    super();
    this.headers = { ...signed, 'x-amz-target': `DynamoDB_20120810.${operation}` };
  }
}

/** What dynalite writes an answer to. */
class Outgoing {
  statusCode = 200;
  private readonly answered: (reply: Reply) => void;

  constructor(answered: (reply: Reply) => void) {
    this.answered = answered;
  }

  /** Its headers are left: the front makes its own, and dynalite's request ids are no function of the seed. */
  setHeader(): void {}

  end(body: string): void {
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    this.answered({ statusCode: this.statusCode, headers, body });
  }
}

/** dynalite in this process: loaded with the first request, because most runs have no table. */
export class DynaliteStore {
  private readonly tables: readonly TableOptions[];
  private server: Promise<Server> | undefined;

  constructor(tables: readonly TableOptions[]) {
    this.tables = tables;
  }

  /** Performs an operation of the DynamoDB API. Its refusals are replies; it rejects for defects only. */
  async send(operation: string, input: unknown): Promise<Reply> {
    this.server ??= this.start();
    return sendTo(await this.server, operation, input);
  }

  private async start(): Promise<Server> {
    const { default: dynalite } = await import('dynalite');
    const server = dynalite({ createTableMs: 0 });
    for (const table of this.tables) await createTable(server, table);
    return server;
  }
}

function sendTo(server: Server, operation: string, input: unknown): Promise<Reply> {
  return new Promise((resolve) => {
    const incoming = new Incoming(operation);
    server.emit('request', incoming, new Outgoing(resolve));
    incoming.emit('data', Buffer.from(JSON.stringify(input)));
    incoming.emit('end');
  });
}

async function createTable(server: Server, { name, partitionKey, sortKey }: TableOptions): Promise<void> {
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  const created = await sendTo(server, 'CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    KeySchema: keys.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
  });
  if (created.statusCode !== 200)
    throw new Error(`the table ${name} cannot be made: ${String(created.body)}`);
  // A table is CREATING for a turn of the event loop or two, even with no time set for it.
  for (;;) {
    const { body } = await sendTo(server, 'DescribeTable', { TableName: name });
    if (String(body).includes('"TableStatus":"ACTIVE"')) return;
    await setImmediate();
  }
}
