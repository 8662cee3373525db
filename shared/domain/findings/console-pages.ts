import { managedNodePage, patchFindingsPage, patchManagerPage } from '../console-links.ts';
import { excerpt } from '../excerpt.ts';
import type { Catalogue } from '../messages/catalogue.ts';
import type { TroubledNode } from './digest.ts';

const placesLinked = 3;

interface ConsolePage {
  readonly label: string;
  readonly url: string;
}

/**
 * Pages about the worst node, and about the accounts and Regions with the most nodes: a console shows one of these at a
 * time, and which account that is depends on who is signed in. So each says its account.
 */
export function consolePagesOf(nodes: readonly TroubledNode[], words: Catalogue): ConsolePage[] {
  const { page } = words.findings;
  const [worst] = nodes;
  const places = [...Map.groupBy(nodes, placeOf).values()]
    .toSorted((one, other) => other.length - one.length)
    .slice(0, placesLinked)
    .flatMap(([node]) => (node ? [node] : []));
  return [
    ...(worst ? linked(page.worstNode(placeOf(worst)), managedNodePage(worst.region, worst.nodeId)) : []),
    ...places.flatMap((node) => [
      ...linked(page.patchManager(placeOf(node)), patchManagerPage(node.region)),
      ...linked(page.securityHub(placeOf(node)), patchFindingsPage(node.region)),
    ]),
  ];
}

/** Account and Region, for people. */
export function placeOf({ accountId, region }: TroubledNode): string {
  return `${excerpt(accountId)} ${excerpt(region)}`;
}

function linked(label: string, url: string | undefined): ConsolePage[] {
  return url === undefined ? [] : [{ label, url }];
}
