import { readFile } from 'node:fs/promises';
import type { PolicyFile } from '../domain/policy.ts';
import { readPolicyFile } from '../domain/policy-file.ts';
import type { Config } from './config.ts';

let last: { readonly text: string; readonly policies: PolicyFile } | undefined;

/**
 * The policies that were packaged with the function. Checking them costs more than all else in a short invocation, so
 * a text is checked once. Throws InvalidPolicyError.
 */
export async function deployedPolicies({ policyFile }: Pick<Config, 'policyFile'>): Promise<PolicyFile> {
  const text = await readFile(policyFile, 'utf8');
  if (last?.text !== text) last = { text, policies: readPolicyFile(JSON.parse(text), 'fleet.yml') };
  return last.policies;
}
