import type { SeverityLabel } from './digest.ts';

/** What BatchUpdateFindings knows a finding by. */
export interface FindingKey {
  readonly id: string;
  readonly productArn: string;
}

interface AboutNode {
  readonly key: FindingKey;
  readonly nodeId: string;
  readonly accountId: string;
  readonly region: string;
  readonly severity: SeverityLabel;
  /** When it was true, epoch milliseconds, never after now. */
  readonly foundAt: number;
}

/** Patch Manager's summary of one scan or install of one node that is not compliant. */
export interface PatchFinding extends AboutNode {
  readonly kind: 'patch';
  readonly missing: number;
  readonly failed: number;
  readonly pendingReboot: number;
}

/** Inspector's: one vulnerability of one node. */
export interface VulnerabilityFinding extends AboutNode {
  readonly kind: 'vulnerability';
  /** As it came: with the id it names this version of the finding. */
  readonly updatedAt: string;
  readonly vulnerabilities: readonly string[];
}

export type Finding = PatchFinding | VulnerabilityFinding;
