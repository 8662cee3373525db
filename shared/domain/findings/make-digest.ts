import { createHash } from 'node:crypto';
import type { Policy, PolicyFile } from '../policy.ts';
import { prospectOf } from '../sla/prospect.ts';
import { type FindingsDigest, severityLabels, type TroubledNode } from './digest.ts';
import type { PatchFinding, VulnerabilityFinding } from './finding.ts';

/** The finding that is told of a node, and why. */
export interface ToldPatch {
  readonly finding: PatchFinding;
  readonly change: TroubledNode['change'];
}

/** A node as a message tells it: by Patch Manager's finding, Inspector's, or both. Null if there is nothing to tell. */
export function troubledNodeOf(
  patch: ToldPatch | null,
  vulnerabilities: readonly VulnerabilityFinding[],
): TroubledNode | null {
  const all = [...(patch ? [patch.finding] : []), ...vulnerabilities];
  const [first] = all;
  if (!first) return null;
  const { missing, failed, pendingReboot } = patch?.finding ?? { missing: 0, failed: 0, pendingReboot: 0 };
  return {
    nodeId: first.nodeId,
    accountId: first.accountId,
    region: first.region,
    severity: all.map((each) => each.severity).toSorted(bySeverity)[0] ?? first.severity,
    missing,
    failed,
    pendingReboot,
    foundAt: Math.min(...all.map((each) => each.foundAt)),
    change: patch?.change ?? 'new',
    vulnerabilities: [...new Set(vulnerabilities.flatMap((each) => each.vulnerabilities))].toSorted(),
  };
}

/** One message's worth: all nodes of one policy, the worst first. Its days count from the node that was found first. */
export function digestOfNodes(
  nodes: readonly TroubledNode[],
  about: {
    readonly name: string | null;
    readonly policy: Policy | undefined;
    readonly findings: number;
    readonly now: number;
  },
): FindingsDigest {
  const { name, policy, findings, now } = about;
  const foundAt = nodes.reduce((first, node) => Math.min(first, node.foundAt), now);
  return {
    policy: name,
    findings,
    nodes: nodes.toSorted(byTrouble),
    prospect: policy ? prospectOf(policy, { foundAt, now }) : null,
    slaDays: policy?.slaDays ?? null,
  };
}

function byTrouble(a: TroubledNode, b: TroubledNode): number {
  return (
    bySeverity(a.severity, b.severity) ||
    b.failed - a.failed ||
    b.missing - a.missing ||
    b.vulnerabilities.length - a.vulnerabilities.length ||
    a.foundAt - b.foundAt ||
    (a.nodeId < b.nodeId ? -1 : 1)
  );
}

function bySeverity(a: TroubledNode['severity'], b: TroubledNode['severity']): number {
  return severityLabels.indexOf(a) - severityLabels.indexOf(b);
}

/** The same message has the same id, whenever it is sent again. */
export function digestIdOf(digest: FindingsDigest, now: number): string {
  const facts = digest.nodes.map(({ accountId, region, nodeId, foundAt }) => [
    accountId,
    region,
    nodeId,
    foundAt,
  ]);
  const hash = createHash('sha256')
    .update(JSON.stringify([digest.policy, facts]))
    .digest('hex');
  return `findings-${new Date(now).toISOString().slice(0, 10)}-${hash.slice(0, 12)}`;
}

/** How people are told of nodes without a policy: as all policies agree, and in chat if any of them wants it there. */
export function alertsOfNobody(policies: PolicyFile['policies']): {
  readonly language: 'en' | 'ja';
  readonly chat: boolean;
} {
  const all = Object.values(policies).map((policy) => policy.alerts);
  const isJapanese = all.length > 0 && all.every(({ language }) => language === 'ja');
  return { language: isJapanese ? 'ja' : 'en', chat: all.some(({ chat }) => chat) };
}
