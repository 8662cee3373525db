import * as z from 'zod';
import { closedObject } from './closed-object.ts';

/** Where nodes live: one account and Region, and the role that may send commands there. */
export const scopeSchema = closedObject({
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'allowed: twelve digits, as text')
    .meta({
      description: 'The account id, in quotes: YAML drops leading zeros.',
      examples: ['111122223333'],
    }),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'allowed: a Region such as "ap-northeast-1"')
    .meta({ description: 'The Region.', examples: ['ap-northeast-1', 'us-east-1'] }),
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'allowed: the ARN of an IAM role')
    .meta({
      description: 'The role to assume there.',
      examples: ['arn:aws:iam::111122223333:role/fleet-patcher-spoke'],
    })
    .optional(),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'allowed: 2 to 1,224 of the characters A-Z a-z 0-9 _ + = , . @ : / -')
    .describe('What the trust policy of that role asks for.')
    .optional(),
}).describe(
  'An account and Region; roleArn is assumed, with externalId, where it is not our own account and Region.',
);
export type Scope = z.infer<typeof scopeSchema>;
