import * as z from 'zod';
import { closedObject } from './closed-object.ts';
import { concurrencySchema, maxErrorsSchema } from './count-or-percent.ts';
import { hookDirectories, hookDirectoryLength, hookPatterns } from './hook-contract.ts';

const minutes = (least: number, most: number, byDefault: number) =>
  z.number().int().min(least).max(most).default(byDefault);

/** The operating systems that Patch Manager has baselines for, and this project hooks: macOS has no step in the document. Source: API CreatePatchBaseline, OperatingSystem. */
const operatingSystems = [
  'WINDOWS',
  'AMAZON_LINUX_2',
  'AMAZON_LINUX_2023',
  'UBUNTU',
  'REDHAT_ENTERPRISE_LINUX',
  'SUSE',
  'CENTOS',
  'ORACLE_LINUX',
  'DEBIAN',
  'ROCKY_LINUX',
  'ALMA_LINUX',
] as const;

/** Where nodes live: one account and Region, and the role that may send commands there. */
export const scopeSchema = closedObject({
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'allowed: twelve digits, as text')
    .meta({ description: 'The account id, in quotes: YAML drops leading zeros.', examples: ['111122223333'] }),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'allowed: a Region such as "ap-northeast-1"'),
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'allowed: the ARN of an IAM role')
    .optional(),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'allowed: 2 to 1,224 of the characters A-Z a-z 0-9 _ + = , . @ : / -')
    .optional(),
}).describe('An account and Region; roleArn is assumed, with externalId, where it is not our own account.');
export type Scope = z.infer<typeof scopeSchema>;

const baselineSchema = closedObject({
  operatingSystem: z.enum(operatingSystems),
  rules: z
    .array(
      closedObject({
        classification: z.array(z.string().min(1).max(64)).min(1).max(20).optional(),
        severity: z.array(z.string().min(1).max(64)).min(1).max(20).optional(),
        product: z.array(z.string().min(1).max(64)).min(1).max(20).optional(),
        approveAfterDays: z.number().int().min(0).max(360),
        includeNonSecurity: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(10),
  rejectedPatches: z.array(z.string().min(1).max(100)).max(50).default([]),
}).describe('What becomes an AWS::SSM::PatchBaseline: approved N days after release.');

const scheduleSchema = z
  .string()
  .max(256)
  .regex(/^(cron|rate|at)\(.+\)$/, 'allowed: a Maintenance Window schedule: cron(...), rate(...) or at(...)');

const timeZoneSchema = z
  .string()
  .refine((zone) => isTimeZone(zone), 'allowed: an IANA time zone such as "Asia/Tokyo"');

const linuxDirectory = z
  .string()
  .max(hookDirectoryLength)
  .regex(
    new RegExp(hookPatterns.linuxDirectory),
    'allowed: an absolute path of letters, digits, ".", "_" and "-"',
  );
const windowsDirectory = z
  .string()
  .max(hookDirectoryLength)
  .regex(
    new RegExp(hookPatterns.windowsDirectory),
    'allowed: a path with a drive, of letters, digits, ".", "_" and "-"',
  );

const hooksSchema = closedObject({
  linuxDirectory: linuxDirectory.default(hookDirectories.Linux),
  windowsDirectory: windowsDirectory.default(hookDirectories.Windows),
  required: z.boolean().default(false),
  timeoutMinutes: minutes(1, 480, 10),
}).describe("The server's own jobs: pre.d and post.d in this directory.");

const patchSchema = closedObject({
  rebootOption: z.enum(['RebootIfNeeded', 'NoReboot']).default('RebootIfNeeded'),
  timeoutMinutes: minutes(5, 600, 120),
  connectionLostMinutes: minutes(6, 240, 15).describe(
    'A node that has not pinged for so long, while a command waits for it, is given up.',
  ),
  deliveryTimeoutMinutes: minutes(1, 240, 5).describe('How long SSM tries to hand a command to a node.'),
  verify: z.boolean().default(true),
}).describe('How AWS-RunPatchBaseline is run.');

export const rolloutSchema = closedObject({
  waves: z
    .array(concurrencySchema)
    .min(1)
    .max(10)
    .default(['100%'])
    .describe('Each wave reaches so many of the nodes, counted from the first: ["1", "10%", "100%"].'),
  bakeMinutes: minutes(0, 1440, 0),
  maxConcurrency: concurrencySchema
    .default('10%')
    .describe("Nodes in flight at once, of all the run's nodes."),
  maxErrors: maxErrorsSchema.default('10%').describe('A wave with more errors than this halts the run.'),
}).describe('Waves, concurrency and error budget.');

const tagsSchema = z
  .record(z.string().min(1).max(128), z.array(z.string().max(256)).min(1).max(5))
  .describe('Tags that a node must carry besides its patch group: any value of each key.');

export const policySchema = closedObject({
  description: z.string().max(200).optional(),
  patchGroup: z
    .string()
    .regex(
      /^[\p{L}\p{N}_.:/=+@-][\p{L}\p{N} _.:/=+@-]{0,255}$/u,
      'allowed: 1 to 256 characters of a tag value',
    ),
  targetTags: tagsSchema.default({}),
  optOutTag: z
    .string()
    .min(1)
    .max(128)
    .default('PatchOptOut')
    .describe('A node with this tag, whatever its value, is left alone.'),
  scopes: z
    .array(scopeSchema)
    .min(1)
    .max(1000)
    .optional()
    .describe('Accounts and Regions; by default our own.'),
  baselines: z.array(baselineSchema).min(1).max(10),
  scan: closedObject({ schedule: scheduleSchema, timeZone: timeZoneSchema }).optional(),
  install: closedObject({
    schedule: scheduleSchema,
    timeZone: timeZoneSchema,
    offsetDays: z.number().int().min(1).max(6).optional(),
    durationHours: z.number().int().min(1).max(24),
    cutoffHours: z.number().int().min(0).max(23),
  }).optional(),
  hooks: hooksSchema.prefault({}),
  patch: patchSchema.prefault({}),
  rollout: rolloutSchema.prefault({}),
  slaDays: z.number().int().min(1).max(365).default(7),
  alerts: closedObject({ language: z.enum(['en', 'ja']).default('en') }).prefault({}),
});
export type Policy = z.infer<typeof policySchema>;

/** The whole of `fleet.yml`. Its published JSON Schema is generated from this. */
export const policyFileSchema = closedObject({
  version: z.literal(1),
  policies: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'allowed: 1 to 48 of a-z, 0-9 and "-"'),
    policySchema,
  ),
});
export type PolicyFile = z.infer<typeof policyFileSchema>;

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
