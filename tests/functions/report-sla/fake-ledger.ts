import type { ReportLedger } from '../../../functions/report-sla/read-places.ts';
import type { Ledger, Place } from '../../../shared/aws/ledger.ts';
import type { NodeSummary, OpenEntry } from '../../../shared/domain/ledger/ledger.ts';

/** What is in the ledger of one place. */
export interface PlaceContent {
  readonly nodes?: readonly NodeSummary[];
  readonly entries?: readonly OpenEntry[];
  readonly looks?: readonly { readonly policy: string; readonly lookedAt: number }[];
}

/** The ledger in memory, as far as a report uses it: what was marked as told is so when it is read again. */
export function fakeLedger(places: Readonly<Record<string, PlaceContent>>) {
  const content = new Map(Object.entries(places));
  const reads: string[] = [];
  const keyOf = ({ accountId, region }: Place) => `${accountId}/${region}`;
  const ledger: ReportLedger & Pick<Ledger, 'nodesById'> = {
    async nodesById(place, nodeIds) {
      const nodes = content.get(keyOf(place))?.nodes ?? [];
      return new Map(
        nodes.filter(({ nodeId }) => nodeIds.includes(nodeId)).map((node) => [node.nodeId, node]),
      );
    },
    async nodesOf(place) {
      reads.push(keyOf(place));
      return [...(content.get(keyOf(place))?.nodes ?? [])];
    },
    openEntriesOf: async (place) => [...(content.get(keyOf(place))?.entries ?? [])],
    looksOf: async (place) => [...(content.get(keyOf(place))?.looks ?? [])],
    async markTold(place, told, mark, at) {
      const key = keyOf(place);
      const isTold = (entry: OpenEntry) =>
        told.some((each) => each.nodeId === entry.nodeId && each.patchId === entry.patchId);
      const entries = content.get(key)?.entries ?? [];
      content.set(key, {
        ...content.get(key),
        entries: entries.map((entry) => (isTold(entry) ? { ...entry, [mark]: at } : entry)),
      });
    },
  };
  return { ledger, reads, entriesOf: (key: string) => content.get(key)?.entries ?? [] };
}
