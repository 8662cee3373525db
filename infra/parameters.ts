import * as z from 'zod';
import { closedObject } from '../shared/domain/closed-object.ts';
import { problemsOf } from '../shared/domain/problems.ts';

/** The days that CloudWatch Logs can keep a log group. Source: API PutRetentionPolicy. */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const mailAddress = z.email({ error: 'allowed: mail addresses, separated by commas' });
const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const yesOrNo = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .describe('true or false');

/** What a deployment can be told besides its policies; `docs/operations.md` explains each. */
const parametersSchema = closedObject({
  policyFile: z.string().min(1),
  alertMails: z.array(mailAddress),
  reportMails: z.array(mailAddress),
  retentionDays: number(30, 3650),
  logRetentionDays: z.coerce
    .number()
    .refine((days) => logRetentions.includes(days), `allowed: ${logRetentions.join(', ')}`),
  existingBucket: z
    .string()
    .regex(/^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'allowed: the name of a bucket, or nothing'),
  nodeRoles: z.array(z.string().regex(/^[\w+=,.@-]{1,64}$/, 'allowed: names of IAM roles, without a path')),
  subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'allowed: ids of subnets')),
  securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'allowed: ids of security groups')),
  reserveConcurrency: yesOrNo,
  ssmCallsPerSecond: number(1, 100),
  runbookUrl: z.string().regex(/^[!-~]+$/, 'allowed: a URL or a path, without blanks'),
});
export type Parameters = z.infer<typeof parametersSchema>;

/** The names of all parameters, for whoever has to collect their values. */
export const parameterNames: readonly string[] = Object.keys(parametersSchema.shape);

/** Throws RangeError that names every refused parameter, its value and what is allowed. */
export function readParameters(given: Readonly<Record<string, unknown>>): Parameters {
  const values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, lists.has(name) ? itemsOf(value) : value]),
  );
  const parsed = parametersSchema.safeParse(values);
  const problems = parsed.success ? vpcProblems(parsed.data) : problemsOf(parsed.error, values);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new RangeError(
    `the deployment's parameters are refused:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
  );
}

const lists: ReadonlySet<string> = new Set([
  'alertMails',
  'reportMails',
  'nodeRoles',
  'subnetIds',
  'securityGroupIds',
]);

/** From the command line every parameter is text, and a list is separated by commas. */
function itemsOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Lambda takes both or neither. */
function vpcProblems(parameters: Parameters): string[] {
  const { subnetIds, securityGroupIds } = parameters;
  if (subnetIds.length > 0 === securityGroupIds.length > 0) return [];
  return ['subnetIds, securityGroupIds: one without the other is refused; allowed: both, or neither'];
}
