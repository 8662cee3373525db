import type { Ledger, Place } from '../../shared/aws/ledger.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { StaleLook } from '../../shared/domain/sla/make-report.ts';
import type { PlaceLedger } from '../../shared/domain/sla/node-cases.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';

/** What a report reads of the ledger, and the one thing that it writes. */
export type ReportLedger = Pick<Ledger, 'looksOf' | 'nodesOf' | 'openEntriesOf' | 'markTold'>;

/** Two looks that failed are chance, three are not. */
const staleAfter = 3 * 3_600_000;

/** What the ledger knows of all places of all policies. */
export interface ReadPlaces {
  readonly placesOf: (policy: string) => readonly PlaceLedger[];
  readonly staleLooks: readonly StaleLook[];
  /** Open patches of nodes whose policy is gone, or does not name their place any more. */
  readonly withoutPolicy: number;
}

/** Reads each place once, however many policies have nodes there. */
export async function readPlaces(
  policies: Readonly<Record<string, Policy>>,
  { ledger, home, now }: { readonly ledger: ReportLedger; readonly home: Place; readonly now: number },
): Promise<ReadPlaces> {
  const wanted = Object.entries(policies).flatMap(([policy, { scopes }]) =>
    (scopes ?? [home]).map(({ accountId, region }) => ({ policy, place: { accountId, region } })),
  );
  const places = new Map(wanted.map(({ place }) => [keyOf(place), place]));
  const read = await inParallel([...places.values()], (place) => readPlace(place, ledger));
  const byKey = new Map(read.map((each) => [keyOf(each.ledger), each]));
  const staleLooks = wanted.flatMap(({ policy, place }) => {
    const lookedAt = byKey.get(keyOf(place))?.looks.get(policy) ?? null;
    return lookedAt !== null && now - lookedAt < staleAfter ? [] : [{ policy, ...place, lookedAt }];
  });
  return {
    placesOf: (policy) => {
      const keys = new Set(wanted.filter((each) => each.policy === policy).map(({ place }) => keyOf(place)));
      return [...keys].flatMap((key) => byKey.get(key)?.ledger ?? []);
    },
    staleLooks,
    withoutPolicy: read.reduce((sum, { ledger }) => {
      const here = wanted.filter(({ place }) => keyOf(place) === keyOf(ledger));
      return sum + ungoverned(ledger, new Set(here.map(({ policy }) => policy)));
    }, 0),
  };
}

async function readPlace(place: Place, ledger: ReportLedger) {
  const looks = await ledger.looksOf(place);
  const nodes = await ledger.nodesOf(place);
  const entries = await ledger.openEntriesOf(place);
  return {
    looks: new Map(looks.map(({ policy, lookedAt }) => [policy, lookedAt])),
    ledger: { ...place, nodes, entries },
  };
}

function ungoverned({ nodes, entries }: PlaceLedger, policies: ReadonlySet<string>): number {
  const policyOf = new Map(nodes.map((node) => [node.nodeId, node.policy]));
  return entries.filter((entry) => !policies.has(policyOf.get(entry.nodeId) ?? entry.policy)).length;
}

function keyOf({ accountId, region }: Place): string {
  return `${accountId}/${region}`;
}
