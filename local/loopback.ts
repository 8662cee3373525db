/** A call as it leaves a client: header names in lower case, the body whole. */
export interface LoopbackCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What comes back; header names in lower case. */
export interface LoopbackReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers with undefined when the connection is reset before the answer. Never rejects. */
export type ServeLoopback = (call: LoopbackCall) => Promise<LoopbackReply | undefined>;

const servers = new Map<string, ServeLoopback>();

/** Whoever listens on 127.0.0.1 in this process may be called without a socket. Answers with what ends that. */
export function offerLoopback(port: number, serve: ServeLoopback): () => void {
  const address = `127.0.0.1:${port}`;
  servers.set(address, serve);
  return () => {
    if (servers.get(address) === serve) servers.delete(address);
  };
}

/** The server of this process at that address; undefined for every other, which is called over a socket. */
export function loopbackAt(host: string, port: number): ServeLoopback | undefined {
  return servers.get(`${host}:${port}`);
}
