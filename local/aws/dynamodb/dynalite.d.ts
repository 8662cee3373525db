declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    readonly createTableMs: number;
  }

  /** A DynamoDB in memory; its server need not listen. */
  function dynalite(options: Options): Server;
  export = dynalite;
}
