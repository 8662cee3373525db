import * as z from 'zod';
import { patchSeverities } from '../ledger/severity.ts';
import { forecastReasons } from './alert.ts';

const time = z.iso.datetime();
const count = z.number().int().nonnegative();

/** `dueSoon`: within 48 hours. The three add up to all whose clock runs. */
const countsSchema = z
  .object({ onTime: count, dueSoon: count, breached: count })
  .describe('dueSoon: due within 48 hours.');
export type SlaCounts = z.infer<typeof countsSchema>;

/** Ages of open patches: from so many days, to below the next. */
export const ages = ['0-1', '1-3', '3-7', '7-14', '14-30', '30+'] as const;

const slaSummarySchema = z.object({
  patches: countsSchema.describe('Open patches: a patch that two nodes lack counts twice.'),
  nodes: countsSchema.describe('Nodes with open patches, each by its worst.'),
  bySeverity: z.record(z.enum(patchSeverities), countsSchema),
  byAgeDays: z.record(z.enum(ages), countsSchema).describe('By the days since the patch was first seen.'),
  willBreach: z
    .object({
      patches: count,
      nodes: count,
      byReason: z.partialRecord(z.enum(forecastReasons), count),
    })
    .describe('Not yet due, and not expected to be installed in time.'),
  breachedByReason: z
    .partialRecord(z.enum([...forecastReasons, 'Unexplained']), count)
    .describe('Unexplained: no scan since the window that should have installed it.'),
  optedOut: z.object({ patches: count, nodes: count }).describe('Left alone by their tag: no clock runs.'),
  awayNodes: count.describe('Nodes that are offline, stopped or unknown to Systems Manager now.'),
  allNodes: count,
});
export type SlaSummary = z.infer<typeof slaSummarySchema>;

const windowSchema = z.object({ opensAt: time, cutoffAt: time, closesAt: time });

const urgentPatchSchema = z.object({
  policy: z.string(),
  accountId: z.string(),
  region: z.string(),
  nodeId: z.string(),
  patchId: z.string(),
  title: z.string(),
  severity: z.enum(patchSeverities),
  status: z.enum(['onTime', 'dueSoon', 'breached']),
  firstSeenAt: time,
  dueAt: time,
  reason: z.enum(forecastReasons).nullable(),
  windowsMissed: count,
  expectedAt: time.nullable().describe('When a window is expected to have installed it.'),
});

/** `sla/report.json`. Its published JSON Schema is generated from this. */
export const slaReportSchema = z.object({
  version: z.literal(1),
  writtenAt: time,
  overall: slaSummarySchema,
  policies: z.array(
    slaSummarySchema.extend({
      policy: z.string(),
      slaDays: z.number().int().positive(),
      timeZone: z.string(),
      nextWindow: windowSchema.nullable().describe('The next that can still start nodes.'),
      longestGapDays: z
        .number()
        .nullable()
        .describe('The longest time between two openings of the year to come; null if there are not two.'),
      areWindowsOftenEnough: z
        .boolean()
        .nullable()
        .describe('False if longestGapDays is more than slaDays: some patches cannot be in time.'),
    }),
  ),
  staleLooks: z
    .array(
      z.object({
        policy: z.string(),
        accountId: z.string(),
        region: z.string(),
        lookedAt: time.nullable(),
      }),
    )
    .describe('Where nobody has looked for three hours, or ever: what is said of it may be old.'),
  withoutPolicy: count.describe(
    'Open patches of nodes whose policy is no longer in fleet.yml, or no longer names their place.',
  ),
  urgent: z
    .array(urgentPatchSchema)
    .describe('What has breached or will, the earliest due first, at most 500. report.csv has all.'),
  csvKey: z.string().describe('Where all open patches are, a row each.'),
});
export type SlaReport = z.infer<typeof slaReportSchema>;
