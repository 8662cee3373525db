import * as z from 'zod';
import { type SeverityLabel, severityLabels } from './digest.ts';

/** The AWS user guide's samples show counts as numbers, and ASFF's as digits in quotes. A missing one is none. */
const countSchema = z
  .union([
    z.number().int().nonnegative(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .nullish()
  .transform((count) => count ?? 0);

const momentSchema = z
  .string()
  .nullish()
  .transform((text) => {
    const moment = Date.parse(text ?? '');
    return Number.isNaN(moment) || moment < 0 ? null : moment;
  });

/** It becomes part of a table's key, which has a limit, and of links. */
export const regionSchema = z
  .string()
  .max(32)
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'allowed: a Region such as "ap-northeast-1"');

/** What decides whether a finding is ours: looked at before the rest, so that nothing of others is called malformed. */
export const findingHeadSchema = z.object({
  ProductArn: z.string().min(1).max(2048),
  /** The model has both as optional; Security Hub makes a finding without them NEW and ACTIVE. */
  Workflow: z.object({ Status: z.string().default('NEW') }).prefault({}),
  RecordState: z.string().default('ACTIVE'),
});

const severitySchema = z
  .object({ Label: z.string().optional(), Normalized: z.number().min(0).max(100).optional() })
  .transform(({ Label, Normalized }, context): SeverityLabel => {
    const label = severityLabels.find((each) => each === Label?.toUpperCase());
    if (label) return label;
    if (Normalized !== undefined) return labelOf(Normalized);
    const words = severityLabels.join(', ');
    context.addIssue({
      code: 'custom',
      message: `allowed: a Label of ${words}, or Normalized from 0 to 100`,
    });
    return z.NEVER;
  });

/** Source: Security Hub user guide, ASFF, "Severity". */
function labelOf(normalized: number): SeverityLabel {
  if (normalized >= 90) return 'CRITICAL';
  if (normalized >= 70) return 'HIGH';
  if (normalized >= 40) return 'MEDIUM';
  return normalized >= 1 ? 'LOW' : 'INFORMATIONAL';
}

/**
 * What both products say of a node. `Compliance` is not asked for: only control findings have it. The members of
 * Resources are not trusted to be of the type that they name: Patch Manager says AwsEc2Instance of hybrid nodes too.
 */
const aboutNode = {
  Id: z.string().min(1).max(512),
  AwsAccountId: z.string().regex(/^\d{12}$/, 'allowed: twelve digits, as text'),
  Region: regionSchema.optional(),
  Severity: severitySchema,
  Resources: z
    .array(z.object({ Id: z.string(), Region: regionSchema.optional() }))
    .min(1)
    .max(32),
  CreatedAt: momentSchema,
  UpdatedAt: momentSchema,
} as const;

export const patchFindingSchema = z.object({
  ...aboutNode,
  PatchSummary: z
    .object({
      MissingCount: countSchema,
      FailedCount: countSchema,
      /** So it is called, without "Count". */
      InstalledPendingReboot: countSchema,
      OperationEndTime: momentSchema,
    })
    .prefault({}),
});

export const vulnerabilityFindingSchema = z.object({
  ...aboutNode,
  UpdatedAt: z.string().min(1),
  Vulnerabilities: z.array(z.object({ Id: z.string().min(1) })).min(1),
});
