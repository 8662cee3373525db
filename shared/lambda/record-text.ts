import type { NodeAccount, RunRecord } from '../domain/account.ts';

/**
 * `run.json` as it grows: the JSON of its nodes as bytes, a node a line. The objects of 100,000 nodes, or the text of
 * all of them in one string, would not fit into the function beside it.
 */
export class RecordText {
  private readonly parts: Uint8Array[] = [];

  add(nodes: readonly NodeAccount[]): void {
    if (nodes.length === 0) return;
    const lines = nodes.map((node) => JSON.stringify(node)).join(',\n');
    this.parts.push(Buffer.from(this.parts.length === 0 ? lines : `,\n${lines}`));
  }

  /** All of it, once: what comes before the nodes stands first, for people who look at the beginning. */
  whole(head: Omit<RunRecord, 'nodes'>): Uint8Array {
    const before = Buffer.from(`${JSON.stringify(head).slice(0, -1)},"nodes":[\n`);
    return Buffer.concat([before, ...this.parts.splice(0), Buffer.from('\n]}\n')]);
  }
}
