import { shareAtLeastOne } from './count-or-percent.ts';
import type { Scope } from './policy.ts';

/** A wave reaches so many of all nodes, counted from the first: what earlier waves have taken is not taken again. */
export function wavesOf<Node>(nodes: readonly Node[], sizes: readonly string[]): Node[][] {
  let taken = 0;
  return sizes
    .map((size) => {
      const until = Math.max(taken, shareAtLeastOne(size, nodes.length));
      const wave = nodes.slice(taken, until);
      taken = until;
      return wave;
    })
    .filter((wave) => wave.length > 0);
}

/** Nodes of one account, Region and role belong together: a batch has one set of clients. */
export function groupByScope<Node extends { readonly candidate: { readonly scope: Scope } }>(
  nodes: readonly Node[],
): Map<string, Node[]> {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const { accountId, region, roleArn } = node.candidate.scope;
    const key = `${accountId} ${region} ${roleArn ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return groups;
}

/** Deals the wave's places to its batches by size, by largest remainder: each gets one, and together not one too many. */
export function dealPlaces(sizes: readonly number[], concurrency: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length >= concurrency) return sizes.map(() => 1);
  const free = concurrency - sizes.length;
  const exact = sizes.map((size) => (free * size) / total);
  const places = exact.map((value) => 1 + Math.floor(value));
  const left = concurrency - places.reduce((sum, each) => sum + each, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, rest: value % 1 }))
    .toSorted((a, b) => b.rest - a.rest);
  for (const { index } of byRemainder.slice(0, left)) places[index] = (places[index] ?? 0) + 1;
  return places;
}
