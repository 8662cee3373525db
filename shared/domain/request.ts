import * as z from 'zod';
import { InvalidRequestError } from '../errors.ts';
import { closedObject } from './closed-object.ts';
import { concurrencySchema, maxErrorsSchema } from './count-or-percent.ts';
import { momentOf } from './moment.ts';
import { operationSchema } from './operation.ts';
import type { Policy, PolicyFile } from './policy.ts';
import { problemsOf, valueText } from './problems.ts';
import { rolloutProblems } from './rollout.ts';

const overridesSchema = closedObject({
  waves: z.array(concurrencySchema).min(1).max(10).optional(),
  bakeMinutes: z.number().int().min(0).max(1440).optional(),
  maxConcurrency: concurrencySchema.optional(),
  maxErrors: maxErrorsSchema.optional(),
  rebootOption: z.enum(['RebootIfNeeded', 'NoReboot']).optional(),
  verify: z.boolean().optional(),
});

/** The execution's input. A Maintenance Window's pseudo parameters arrive already replaced. */
export const requestSchema = closedObject({
  policy: z.string(),
  operation: operationSchema.default('Install'),
  dryRun: z.boolean().default(false),
  window: closedObject({
    windowId: z
      .string()
      .regex(/^mw-[0-9a-f]{17}$/, 'allowed: the id of a maintenance window, from {{WINDOW_ID}}'),
    windowExecutionId: z
      .string()
      .regex(
        /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
        'allowed: a UUID, from {{WINDOW_EXECUTION_ID}}',
      ),
  }).optional(),
  deadline: z.iso
    .datetime({ offset: true, error: 'allowed: an ISO 8601 time with its offset' })
    .refine((text) => momentOf(text) !== null, 'allowed: a time before the year 10000')
    .optional(),
  overrides: overridesSchema.optional(),
});
export type Request = z.infer<typeof requestSchema>;

/** A request whose policy is known, with its overrides applied to the policy. */
export interface AcceptedRequest {
  readonly request: Request;
  readonly policyName: string;
  readonly policy: Policy;
}

/** Throws InvalidRequestError with every problem at once: unknown keys, refused values, an unknown policy. */
export function acceptRequest(input: unknown, file: PolicyFile): AcceptedRequest {
  const problems: string[] = [];
  if (typeof input === 'object' && input !== null && 'resumeOf' in input) {
    problems.push('resumeOf: known, but not supported by this version; remove it');
  }
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) {
    problems.push(...problemsOf(parsed.error, input).filter((problem) => !problem.startsWith('resumeOf:')));
    throw new InvalidRequestError(
      `the request is refused:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    );
  }
  const request = parsed.data;
  const policy = file.policies[request.policy];
  if (!policy || !Object.hasOwn(file.policies, request.policy)) {
    throw new InvalidRequestError(
      `the request is refused:\n  - policy: ${valueText(request.policy)} is refused; allowed: ${Object.keys(file.policies).join(', ')}`,
    );
  }
  const accepted = withOverrides(policy, request.overrides);
  const refused = rolloutProblems(accepted.rollout);
  if (refused.length > 0) {
    throw new InvalidRequestError(
      `the request is refused:\n${refused.map((each) => `  - ${each.replace('rollout.', 'overrides.')}`).join('\n')}`,
    );
  }
  return { request, policyName: request.policy, policy: accepted };
}

function withOverrides(policy: Policy, overrides: Request['overrides']): Policy {
  if (!overrides) return policy;
  const { rebootOption, verify, ...rollout } = overrides;
  return {
    ...policy,
    patch: {
      ...policy.patch,
      rebootOption: rebootOption ?? policy.patch.rebootOption,
      verify: verify ?? policy.patch.verify,
    },
    rollout: {
      waves: rollout.waves ?? policy.rollout.waves,
      bakeMinutes: rollout.bakeMinutes ?? policy.rollout.bakeMinutes,
      maxConcurrency: rollout.maxConcurrency ?? policy.rollout.maxConcurrency,
      maxErrors: rollout.maxErrors ?? policy.rollout.maxErrors,
    },
  };
}
