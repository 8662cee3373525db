import type { Place } from '../../aws/ledger.ts';
import type { Finding, PatchFinding, VulnerabilityFinding } from '../../domain/findings/finding.ts';

/** All that some findings say of one node. */
export interface NodeFindings {
  readonly place: Place;
  readonly nodeId: string;
  readonly patches: readonly PatchFinding[];
  readonly vulnerabilities: readonly VulnerabilityFinding[];
  /** The messages or items that it came in: they come again if the node cannot be dealt with. */
  readonly messageIds: readonly string[];
}

interface Gathered {
  readonly place: Place;
  readonly nodeId: string;
  readonly patches: PatchFinding[];
  readonly vulnerabilities: VulnerabilityFinding[];
  readonly messageIds: string[];
}

/** Puts together what findings say of each node. */
export function gatherNodes(
  findings: readonly { readonly finding: Finding; readonly messageId: string }[],
): NodeFindings[] {
  const nodes = new Map<string, Gathered>();
  for (const { finding, messageId } of findings) {
    const { accountId, region, nodeId } = finding;
    const key = nodeKeyOf(finding);
    const node = nodes.get(key) ?? {
      place: { accountId, region },
      nodeId,
      patches: [],
      vulnerabilities: [],
      messageIds: [],
    };
    if (finding.kind === 'patch') node.patches.push(finding);
    else node.vulnerabilities.push(finding);
    node.messageIds.push(messageId);
    nodes.set(key, node);
  }
  return [...nodes.values()];
}

/** An id may be there in several accounts and Regions. */
export function nodeKeyOf({ accountId, region, nodeId }: Place & { readonly nodeId: string }): string {
  return `${accountId}/${region}/${nodeId}`;
}
