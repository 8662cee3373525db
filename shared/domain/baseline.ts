import * as z from 'zod';
import { closedObject } from './closed-object.ts';

/**
 * The operating systems that Patch Manager has baselines for, and this project hooks: macOS has no step in the
 * document. Source: API CreatePatchBaseline, OperatingSystem.
 */
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

/** Words of Patch Manager's own: they differ by operating system. Source: API PatchFilter. */
const words = z.array(z.string().min(1).max(64)).min(1).max(20);

/** An AWS::SSM::PatchBaseline: which patches a policy approves, and how many days after their release. */
export const baselineSchema = closedObject({
  operatingSystem: z
    .enum(operatingSystems)
    .describe('One baseline an operating system, as a patch group has.'),
  rules: z
    .array(
      closedObject({
        classification: words
          .meta({ description: 'All, if it is left out.', examples: [['Security', 'Bugfix']] })
          .optional(),
        severity: words
          .meta({ description: 'All, if it is left out.', examples: [['Critical', 'Important']] })
          .optional(),
        product: words
          .meta({ description: 'All, if it is left out.', examples: [['AmazonLinux2023']] })
          .optional(),
        approveAfterDays: z
          .number()
          .int()
          .min(0)
          .max(360)
          .meta({ description: 'Days between the release of a patch and its approval.', examples: [1, 31] }),
        includeNonSecurity: z
          .boolean()
          .default(false)
          .describe('Linux: also patches that are no security patches.'),
      }),
    )
    .min(1)
    .max(10)
    .describe('A patch that any of these approves is approved.'),
  rejectedPatches: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([])
    .meta({
      description: 'Never installed, not even as a dependency.',
      examples: [['KB5034441', 'kernel*']],
    }),
}).describe('What becomes an AWS::SSM::PatchBaseline: approved N days after release.');
