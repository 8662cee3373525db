import type { InstallProspect } from '../sla/prospect.ts';

/** Security Hub's labels, worst first. */
export const severityLabels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'] as const;
export type SeverityLabel = (typeof severityLabels)[number];

/** A node that lacks patches, as its newest finding says. */
export interface TroubledNode {
  readonly nodeId: string;
  readonly accountId: string;
  readonly region: string;
  readonly severity: SeverityLabel;
  readonly missing: number;
  readonly failed: number;
  readonly pendingReboot: number;
  /** The scan's end, epoch milliseconds. */
  readonly foundAt: number;
  /** `new`: not known before, or gone and come back. `worse`: told before, and has become worse. */
  readonly change: 'new' | 'worse';
  /** CVE ids of Inspector's findings, where the policy wants them; else empty. */
  readonly vulnerabilities: readonly string[];
}

/** What one message about findings tells: one buffer window, one policy. */
export interface FindingsDigest {
  /** Null for nodes that belong to no policy. */
  readonly policy: string | null;
  /** Findings behind it: several may be about one node. */
  readonly findings: number;
  /** All nodes that it tells of, the worst first. */
  readonly nodes: readonly TroubledNode[];
  /** Which window will install, and whether that is in time; null for nodes without a policy. */
  readonly prospect: InstallProspect | null;
  readonly slaDays: number | null;
}
