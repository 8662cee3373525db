import type { TroubledNode } from '../../domain/findings/digest.ts';
import type { Finding, FindingKey } from '../../domain/findings/finding.ts';
import type { Trouble } from '../../domain/findings/trouble.ts';
import type { Policy } from '../../domain/policy.ts';
import type { ClaimResult, Claims } from '../idempotency.ts';
import type { KnownNode } from './know-nodes.ts';

/** A claim of ours on telling something, and what the next one to claim it is to know. */
export interface OwnClaim {
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
  readonly claimed: readonly OwnClaim[];
  /** The findings that are told: if they have to wait, they are judged again. */
  readonly news: readonly Finding[];
  /** What is known of it afterwards; null if that is what was known before. */
  readonly after: Trouble | null;
  /** The same, if what is news has to wait. */
  readonly afterWaiting: Trouble | null;
  readonly toldBefore: readonly FindingKey[];
  /** Findings from before a scan that showed the node compliant. */
  readonly stale: readonly FindingKey[];
  /** Somebody else is telling of it: its messages have to come again. */
  readonly isBusy: boolean;
}
