import { type PatchSeverity, patchSeverities } from '../ledger/severity.ts';
import type { PatchForecast, PolicyForecast, SlaStatus } from './forecast.ts';
import type { SlaCounts, SlaSummary } from './report.ts';

const day = 86_400_000;

/** Upper ends of the ages, in days, with their names. */
const ageLimits = [
  [1, '0-1'],
  [3, '1-3'],
  [7, '3-7'],
  [14, '7-14'],
  [30, '14-30'],
] as const;

type Age = keyof SlaSummary['byAgeDays'];

/** Worst first: a node counts by the worst of its patches. */
const worstFirst: readonly SlaStatus[] = ['breached', 'dueSoon', 'onTime', 'optedOut'];

/** What the forecasts of some policies come to. */
export function summaryOf(forecasts: readonly PolicyForecast[]): SlaSummary {
  const patches = forecasts.flatMap((forecast) => forecast.patches);
  const running = patches.filter((patch) => patch.status !== 'optedOut');
  const atRisk = running.filter((patch) => patch.status !== 'breached' && patch.reason !== null);
  const breached = running.filter((patch) => patch.status === 'breached');
  const now = forecasts[0]?.now ?? 0;
  const total = (part: keyof PolicyForecast['nodes']) =>
    forecasts.reduce((sum, forecast) => sum + forecast.nodes[part], 0);
  return {
    patches: countsOf(running.map((patch) => patch.status)),
    nodes: countsOf(worstOfNodes(running)),
    bySeverity: bySeverity(running),
    byAgeDays: byAge(running, now),
    willBreach: {
      patches: atRisk.length,
      nodes: worstOfNodes(atRisk).length,
      byReason: tally(atRisk.flatMap((patch) => patch.reason ?? [])),
    },
    breachedByReason: tally(breached.map((patch) => patch.reason ?? 'Unexplained')),
    optedOut: { patches: patches.length - running.length, nodes: total('optedOut') },
    awayNodes: total('away'),
    allNodes: total('total'),
  };
}

export function countsOf(statuses: readonly SlaStatus[]): SlaCounts {
  const counts = { onTime: 0, dueSoon: 0, breached: 0 };
  for (const status of statuses) if (status !== 'optedOut') counts[status] += 1;
  return counts;
}

/** The worst status of each node. */
function worstOfNodes(patches: readonly PatchForecast[]): SlaStatus[] {
  const worst = new Map<string, SlaStatus>();
  for (const { accountId, region, nodeId, status } of patches) {
    const key = `${accountId}/${region}/${nodeId}`;
    const known = worst.get(key);
    if (!known || worstFirst.indexOf(status) < worstFirst.indexOf(known)) worst.set(key, status);
  }
  return [...worst.values()];
}

function bySeverity(patches: readonly PatchForecast[]): SlaSummary['bySeverity'] {
  const of = (severity: PatchSeverity) =>
    countsOf(patches.filter((patch) => patch.severity === severity).map((patch) => patch.status));
  const [critical, important, medium, low, unspecified] = patchSeverities;
  return {
    [critical]: of(critical),
    [important]: of(important),
    [medium]: of(medium),
    [low]: of(low),
    [unspecified]: of(unspecified),
  };
}

function byAge(patches: readonly PatchForecast[], now: number): SlaSummary['byAgeDays'] {
  const statuses: Record<Age, SlaStatus[]> = {
    '0-1': [],
    '1-3': [],
    '3-7': [],
    '7-14': [],
    '14-30': [],
    '30+': [],
  };
  for (const { firstSeenAt, status } of patches) statuses[ageOf((now - firstSeenAt) / day)].push(status);
  return {
    '0-1': countsOf(statuses['0-1']),
    '1-3': countsOf(statuses['1-3']),
    '3-7': countsOf(statuses['3-7']),
    '7-14': countsOf(statuses['7-14']),
    '14-30': countsOf(statuses['14-30']),
    '30+': countsOf(statuses['30+']),
  };
}

function ageOf(days: number): Age {
  return ageLimits.find(([limit]) => days < limit)?.[1] ?? '30+';
}

function tally<Word extends string>(words: readonly Word[]): Partial<Record<Word, number>> {
  const counts: Partial<Record<Word, number>> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
