import type { Scope } from '../domain/policy.ts';
import { InvalidRequestError } from '../errors.ts';

/**
 * Throws InvalidRequestError for other accounts without a role, whose clients would be our own and would patch our own nodes
 * in their name, and for other Regions without one: the stack's own roles act in its Region alone.
 */
export function assertReachable(scopes: readonly Scope[], home: Scope): void {
  const foreign = scopes.filter(
    (scope) => !scope.roleArn && (scope.accountId !== home.accountId || scope.region !== home.region),
  );
  if (foreign.length === 0) return;
  const names = foreign.map((scope) => `${scope.accountId}/${scope.region}`).join(', ');
  throw new InvalidRequestError(
    `scopes ${names} are refused; allowed: a roleArn for every account and Region other than our own, ${home.accountId}/${home.region}`,
  );
}
