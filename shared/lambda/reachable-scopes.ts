import type { Scope } from '../domain/policy.ts';
import { InvalidRequestError } from '../errors.ts';

/**
 * Throws InvalidRequestError for other accounts without a role: their clients would be our own, and would patch our
 * own nodes in their name.
 */
export function assertReachable(scopes: readonly Scope[], home: Scope): void {
  const foreign = scopes.filter((scope) => scope.accountId !== home.accountId && !scope.roleArn);
  if (foreign.length === 0) return;
  const names = foreign.map((scope) => `${scope.accountId}/${scope.region}`).join(', ');
  throw new InvalidRequestError(
    `scopes ${names} are refused; allowed: a roleArn for every account other than our own, ${home.accountId}`,
  );
}
