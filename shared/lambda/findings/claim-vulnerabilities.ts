import { severityLabels } from '../../domain/findings/digest.ts';
import type { FindingKey, VulnerabilityFinding } from '../../domain/findings/finding.ts';
import type { KnownNode } from './know-nodes.ts';
import type { ClaimContext, OwnClaim } from './node-work.ts';

interface VulnerabilityWork {
  readonly told: readonly VulnerabilityFinding[];
  readonly toldBefore: readonly FindingKey[];
  readonly claimed: readonly OwnClaim[];
  readonly isBusy: boolean;
}

/** Inspector updates and closes its findings itself: each version of one is told once, and nothing is remembered. */
export async function claimVulnerabilities(
  node: KnownNode,
  context: ClaimContext,
): Promise<VulnerabilityWork> {
  const { policy, claims, now } = context;
  const told: VulnerabilityFinding[] = [];
  const toldBefore: FindingKey[] = [];
  const claimed: OwnClaim[] = [];
  let isBusy = false;
  if (!policy?.alerts.inspector) return { told, toldBefore, claimed, isBusy };
  const least = severityLabels.indexOf(policy.alerts.minimumSeverity);
  const versions = new Map(node.vulnerabilities.map((finding) => [versionOf(finding), finding]));
  for (const [key, finding] of versions) {
    if (severityLabels.indexOf(finding.severity) > least) continue;
    const { outcome } = await claims.claim(key);
    if (outcome === 'claimed') {
      told.push(finding);
      claimed.push({ key, result: { toldAt: now } });
    } else if (outcome === 'done') {
      toldBefore.push(finding.key);
    } else {
      isBusy = true;
    }
  }
  return { told, toldBefore, claimed, isBusy };
}

function versionOf({ key, updatedAt }: VulnerabilityFinding): string {
  return `${key.id}@${updatedAt}`;
}
