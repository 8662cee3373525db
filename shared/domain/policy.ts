import * as z from 'zod';
import { baselineSchema } from './baseline.ts';
import { closedObject } from './closed-object.ts';
import { concurrencySchema, maxErrorsSchema } from './count-or-percent.ts';
import { hookDirectories, hookDirectoryLength, hookPatterns } from './hook-contract.ts';
import { scheduleSchema, timeZoneSchema } from './schedule.ts';
import { scopeSchema } from './scope.ts';

export type { Scope } from './scope.ts';

const minutes = (least: number, most: number, byDefault: number) =>
  z.number().int().min(least).max(most).default(byDefault);

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
  linuxDirectory: linuxDirectory
    .default(hookDirectories.Linux)
    .describe('Where the *.sh of a Linux server are.'),
  windowsDirectory: windowsDirectory
    .default(hookDirectories.Windows)
    .describe('Where the *.ps1 of a Windows server are.'),
  required: z.boolean().default(false).describe('True: a server without hooks fails.'),
  timeoutMinutes: minutes(1, 480, 10).describe('All hooks of one step together; then they have failed.'),
}).describe("The server's own jobs: pre.d and post.d in this directory.");

const patchSchema = closedObject({
  rebootOption: z
    .enum(['RebootIfNeeded', 'NoReboot'])
    .default('RebootIfNeeded')
    .describe('NoReboot leaves a node to be rebooted by hand: PatchedPendingReboot.'),
  timeoutMinutes: minutes(5, 600, 120).describe(
    'How long the patching of one node may take, its reboots counted.',
  ),
  connectionLostMinutes: minutes(6, 240, 15).describe(
    'A node that has not pinged for so long, while a command waits for it, is given up.',
  ),
  deliveryTimeoutMinutes: minutes(1, 240, 5).describe('How long SSM tries to hand a command to a node.'),
  verify: z
    .boolean()
    .default(true)
    .describe('Scan once more after the post-hook: an Install does not report what is missing.'),
}).describe('How AWS-RunPatchBaseline is run.');

export const rolloutSchema = closedObject({
  waves: z
    .array(concurrencySchema)
    .min(1)
    .max(10)
    .default(['100%'])
    .meta({
      description: 'Each wave reaches so many of the nodes, counted from the first. The last is "100%".',
      examples: [['1', '10%', '100%']],
    }),
  bakeMinutes: minutes(0, 1440, 0).describe('The pause between two waves.'),
  maxConcurrency: concurrencySchema
    .default('10%')
    .describe("Nodes in flight at once, of all the run's nodes."),
  maxErrors: maxErrorsSchema.default('10%').describe('A wave with more errors than this halts the run.'),
}).describe('Waves, concurrency and error budget.');

/** EC2's filters take "*" and "?" for any text, Systems Manager's do not: they would name different nodes. */
const tagPattern = /^[^*?\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;
const tagAllowed = 'allowed: what a tag can hold, without "*", "?", "\\" and control characters';
const tagKeySchema = z.string().min(1).max(128).regex(tagPattern, tagAllowed);

const tagsSchema = z
  .record(tagKeySchema, z.array(z.string().max(256).regex(tagPattern, tagAllowed)).min(1).max(5))
  .meta({
    description: 'Tags that a node must carry besides its patch group: any value of each key.',
    examples: [{ Environment: ['prd'], Site: ['tokyo-dc1', 'osaka-dc2'] }],
  });

export const policySchema = closedObject({
  description: z.string().max(200).describe('What these nodes are, for people.').optional(),
  patchGroup: z
    .string()
    .regex(
      /^[\p{L}\p{N}_.:/=+@-][\p{L}\p{N} _.:/=+@-]{0,255}$/u,
      'allowed: 1 to 256 characters of a tag value',
    )
    .meta({
      description:
        'The value of the tag PatchGroup, or "Patch Group", of the nodes. No two policies can claim a node.',
      examples: ['prd-web'],
    }),
  targetTags: tagsSchema.default({}),
  optOutTag: tagKeySchema
    .default('PatchOptOut')
    .describe('A node with this tag, whatever its value, is left alone.'),
  scopes: z
    .array(scopeSchema)
    .min(1)
    .max(1000)
    .optional()
    .describe('Accounts and Regions; by default our own.'),
  baselines: z.array(baselineSchema).min(1).max(10).describe('What is approved, by operating system.'),
  scan: closedObject({ schedule: scheduleSchema, timeZone: timeZoneSchema })
    .describe('When the nodes are scanned.')
    .optional(),
  install: closedObject({
    schedule: scheduleSchema,
    timeZone: timeZoneSchema,
    offsetDays: z
      .number()
      .int()
      .min(1)
      .max(6)
      .describe('Days after the date of a cron schedule: the Saturday after the second Tuesday.')
      .optional(),
    durationHours: z.number().int().min(1).max(24).describe('How long the window is open.'),
    cutoffHours: z
      .number()
      .int()
      .min(0)
      .max(23)
      .describe('Hours before its end in which no node is started any more.'),
  })
    .describe('When the nodes are patched. Without it a policy only scans, or is started by hand.')
    .optional(),
  hooks: hooksSchema.prefault({}),
  patch: patchSchema.prefault({}),
  rollout: rolloutSchema.prefault({}),
  slaDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('Days from the discovery of a missing patch to its installation.'),
  alerts: closedObject({
    language: z.enum(['en', 'ja']).default('en').describe('The language of messages.'),
    chat: z
      .boolean()
      .default(false)
      .describe(
        'True: also to the chat topic, in the form that Amazon Q Developer in chat applications takes.',
      ),
    minimumSeverity: z
      .enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'])
      .default('INFORMATIONAL')
      .describe('Findings of a lower severity are kept by the clock, and not told.'),
    inspector: z
      .boolean()
      .default(false)
      .describe("True: also Amazon Inspector's findings about these nodes."),
  })
    .describe('How people are told, and of what.')
    .prefault({}),
}).describe('Which nodes, which patches, when, and how carefully.');
export type Policy = z.infer<typeof policySchema>;

/** The whole of `fleet.yml`. Its published JSON Schema is generated from this. */
export const policyFileSchema = closedObject({
  version: z.literal(1).describe('The version of this format.'),
  policies: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'allowed: 1 to 48 of a-z, 0-9 and "-"'),
      policySchema,
    )
    .describe('The policies by name. Requests, reports and alerts call them so.'),
});
export type PolicyFile = z.infer<typeof policyFileSchema>;
