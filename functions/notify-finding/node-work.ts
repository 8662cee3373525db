import type { TroubledNode } from '../../shared/domain/findings/digest.ts';
import type { FindingKey } from '../../shared/domain/findings/finding.ts';
import type { Trouble } from '../../shared/domain/findings/trouble.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { ClaimResult, Claims } from '../../shared/lambda/idempotency.ts';
import type { KnownNode } from './know-nodes.ts';

/** A claim of ours on telling something, and what the next one to claim it is to know. */
export interface HeldClaim {
  readonly key: string;
  readonly result: ClaimResult;
}

export interface ClaimContext {
  /** Undefined for a node of no policy: then everything is told, and nothing of Inspector's. */
  readonly policy: Policy | undefined;
  readonly claims: Claims;
  readonly now: number;
}

/** What has to be done about one node. */
export interface NodeWork {
  readonly node: KnownNode;
  /** Null: nothing of it is news. */
  readonly told: TroubledNode | null;
  readonly held: readonly HeldClaim[];
  /** What is known of it afterwards; null if that is what was known before. */
  readonly after: Trouble | null;
  readonly toldNow: readonly FindingKey[];
  readonly toldBefore: readonly FindingKey[];
  /** Findings from before a scan that showed the node compliant. */
  readonly stale: readonly FindingKey[];
  /** Somebody else is telling of it: its messages have to come again. */
  readonly isBusy: boolean;
}
