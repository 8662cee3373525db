import type { Policy, PolicyFile, Scope } from '../../shared/domain/policy.ts';
import { valueText } from '../../shared/domain/problems.ts';
import { InvalidRequestError } from '../../shared/errors.ts';
import { assertReachable } from '../../shared/lambda/reachable-scopes.ts';
import type { UpdateLedgerInput } from './schema.ts';

/** One policy in one scope. */
export interface Target {
  readonly name: string;
  readonly policy: Policy;
  readonly scope: Scope;
}

/** Throws InvalidRequestError for what the policies do not have, as when they were deployed anew between two states. */
export function targetOf(input: UpdateLedgerInput, { policies }: PolicyFile): Target {
  const [, , , region = '', accountId = ''] = input.stateMachine.Id.split(':');
  const home = { accountId, region };
  const policy = policies[input.policy];
  if (!policy || !Object.hasOwn(policies, input.policy)) {
    const allowed = Object.keys(policies).join(', ');
    throw new InvalidRequestError(`policy ${valueText(input.policy)} is refused; allowed: ${allowed}`);
  }
  const scopes = policy.scopes ?? [home];
  const scope = scopes[input.scope];
  if (!scope) {
    const last = scopes.length - 1;
    throw new InvalidRequestError(
      `scope ${input.scope} of ${input.policy} is refused; allowed: 0 to ${last}`,
    );
  }
  assertReachable([scope], home);
  return { name: input.policy, policy, scope };
}
