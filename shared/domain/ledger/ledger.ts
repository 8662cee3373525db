import * as z from 'zod';
import { momentSchema } from '../moment.ts';
import { patchSeverities } from './severity.ts';

/** Patch states that keep a clock running. Source: user guide, "Patch compliance state values". */
export const openStates = ['Missing', 'Failed', 'InstalledPendingReboot'] as const;

const moment = momentSchema.nonnegative();

/** A patch that a node lacks, and since when. The clock is `firstSeenAt`: the end of the scan that first reported it. */
export const openEntrySchema = z.object({
  nodeId: z.string(),
  patchId: z.string(),
  /** The policy that governed the node when this was last written. */
  policy: z.string(),
  title: z.string(),
  classification: z.string(),
  severity: z.enum(patchSeverities),
  state: z.enum(openStates),
  firstSeenAt: moment,
  /** The baseline whose scan reported it. */
  baselineId: z.string(),
  /** When people were told that it will breach, and that it has; null if they were not. */
  foretoldAt: moment.nullable(),
  breachToldAt: moment.nullable(),
});
export type OpenEntry = z.infer<typeof openEntrySchema>;

/**
 * `Installed`: a report shows it on the node. `NoLongerRequired`: a scan by the governing baseline does not ask for it
 * any more (superseded, rejected, removed). `NodeGone`: the node is terminated or deregistered.
 */
export const closedReasons = ['Installed', 'NoLongerRequired', 'NodeGone'] as const;

export const closedEntrySchema = openEntrySchema.extend({
  closedAt: moment,
  closedBecause: z.enum(closedReasons),
});
export type ClosedEntry = z.infer<typeof closedEntrySchema>;

/** What the ledger knows of a node: its last patch operation, as it was when its patches were last read. */
export const nodeSummarySchema = z.object({
  nodeId: z.string(),
  policy: z.string(),
  platformType: z.enum(['Linux', 'Windows', 'MacOS']),
  /** As `Candidate.standing` of a run's plan. */
  standing: z.enum(['ready', 'optedOut', 'offline', 'stopped', 'unmanaged', 'unsupported']),
  /**
   * When Systems Manager, or EC2 for a stopped node, was last seen to know it. While it is listed this is written
   * once a day; of a node that is not listed any more (`unmanaged`) it is exact to a look.
   */
  lastListedAt: moment,
  /** The patch operation that was last read; null for a node that never reported one. */
  operation: z
    .object({
      kind: z.enum(['Scan', 'Install']),
      baselineId: z.string(),
      snapshotId: z.string().nullable(),
      /** Never in the future. */
      endedAt: moment,
      /** What the node's own clock said, if that was in the future: by it the operation is known again. */
      claimedEndAt: moment.optional(),
      missing: z.number().int(),
      failed: z.number().int(),
      pendingReboot: z.number().int(),
      rejected: z.number().int(),
    })
    .nullable(),
  /** The newest operation of a governing baseline that was a Scan: until then, what is open was seen to be open. */
  lastScanAt: moment.nullable(),
  /** When a patch of this node was last closed as installed. */
  lastInstalledAt: moment.nullable(),
});
export type NodeSummary = z.infer<typeof nodeSummarySchema>;
