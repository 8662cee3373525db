import type { NodeSummary, OpenEntry } from '../../shared/domain/ledger/ledger.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { PlaceLedger } from '../../shared/domain/sla/node-cases.ts';
import { home, nodeIdOf, policyOf } from './domain-builders.ts';

export const day = 86_400_000;

/** A Saturday, 22:00 in Tokyo: a window of `weeklyPolicy` opens. */
export const windowOpensAt = Date.parse('2026-01-10T13:00:00Z');

/** Four hours every Saturday, the last of them for what is under way; seven days; one node after the other. */
export function weeklyPolicy(
  changes: { readonly install?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>> = {},
): Policy {
  const install = {
    schedule: 'cron(0 22 ? * SAT *)',
    timeZone: 'Asia/Tokyo',
    durationHours: 4,
    cutoffHours: 1,
    ...changes.install,
  };
  return policyOf({ rollout: { maxConcurrency: '1' }, ...changes, install });
}

/** A node that answers, scanned a day before the window. */
export function nodeSummary(index = 1, changes: Partial<NodeSummary> = {}): NodeSummary {
  return {
    nodeId: nodeIdOf(index),
    policy: 'prd-web',
    platformType: 'Linux',
    standing: 'ready',
    lastListedAt: windowOpensAt - day,
    operation: null,
    lastScanAt: windowOpensAt - day,
    lastInstalledAt: null,
    ...changes,
  };
}

/** A patch of that node that was first seen two days before the window. */
export function openEntry(index = 1, changes: Partial<OpenEntry> = {}): OpenEntry {
  return {
    nodeId: nodeIdOf(index),
    patchId: 'openssl.x86_64:1:3.2.2-1',
    policy: 'prd-web',
    title: 'openssl',
    classification: 'Security',
    severity: 'Important',
    state: 'Missing',
    firstSeenAt: windowOpensAt - 2 * day,
    baselineId: 'pb-0123456789abcdef0',
    foretoldAt: null,
    breachToldAt: null,
    ...changes,
  };
}

/** Our own place with these nodes and entries. */
export function placeWith(nodes: readonly NodeSummary[], entries: readonly OpenEntry[]): PlaceLedger {
  return { ...home, nodes, entries };
}
