import {
  type ClosedEntry,
  closedEntrySchema,
  type NodeSummary,
  nodeSummarySchema,
  type OpenEntry,
  openEntrySchema,
} from '../domain/ledger/ledger.ts';

/** An account and Region: the partition key of the ledger's table. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** The last complete look at a policy's nodes in a place, epoch milliseconds. */
export interface Look {
  readonly policy: string;
  readonly lookedAt: number;
}

type Key = { readonly place: string; readonly item: string };

/** What is resolved, and nodes that nobody has listed, are kept for as long as a year's report may ask for them. */
const keptDays = 400;

/** What the sort keys begin with. */
export const itemKinds = {
  node: 'node#',
  open: 'open#',
  look: 'look#',
  held: 'held#',
  told: 'told#',
} as const;

export const placeKeyOf = ({ accountId, region }: Place): string => `${accountId}/${region}`;

export const nodeKey = (place: Place, nodeId: string): Key => ({
  place: placeKeyOf(place),
  item: `${itemKinds.node}${nodeId}`,
});

export const openKey = (place: Place, entry: Pick<OpenEntry, 'nodeId' | 'patchId'>): Key => ({
  place: placeKeyOf(place),
  item: `${itemKinds.open}${entry.nodeId}#${entry.patchId}`,
});

/**
 * What cannot be read is not written: one such item would spoil the whole place. When the entry was first seen is part of
 * the key: a patch can go and come back.
 */
export function closedItem(place: Place, entry: ClosedEntry) {
  const item = `closed#${entry.nodeId}#${entry.patchId}#${new Date(entry.firstSeenAt).toISOString()}`;
  return {
    ...closedEntrySchema.parse(entry),
    place: placeKeyOf(place),
    item,
    expiresAt: expiresAt(entry.closedAt),
  };
}

export const openItem = (place: Place, entry: OpenEntry) => ({
  ...openEntrySchema.parse(entry),
  ...openKey(place, entry),
});

/** What a look can change of an entry: neither its clock nor what people were told. */
export function reportedOf(entry: OpenEntry) {
  const { policy, title, classification, severity, state, baselineId } = openEntrySchema.parse(entry);
  return { policy, title, classification, severity, state, baselineId };
}

export function nodeItem(place: Place, node: NodeSummary) {
  return {
    ...nodeSummarySchema.parse(node),
    ...nodeKey(place, node.nodeId),
    expiresAt: expiresAt(node.lastListedAt),
  };
}

export const lookItem = (place: Place, look: Look) => ({
  ...look,
  place: placeKeyOf(place),
  item: `${itemKinds.look}${look.policy}`,
});

/** DynamoDB's TTL takes epoch seconds. */
function expiresAt(from: number): number {
  return Math.floor(from / 1000) + keptDays * 86_400;
}
