import { readFile } from 'node:fs/promises';
import type { PolicyFile } from '../domain/policy.ts';
import { readPolicyFile } from '../domain/policy-file.ts';
import type { Config } from './config.ts';

const files = new Map<string, PolicyFile>();

/**
 * The policies that were packaged with the function, read by its first invocation: another file comes with another
 * deployment, and that starts environments of its own. Throws InvalidPolicyError.
 */
export async function deployedPolicies({ policyFile }: Pick<Config, 'policyFile'>): Promise<PolicyFile> {
  const policies =
    files.get(policyFile) ?? readPolicyFile(JSON.parse(await readFile(policyFile, 'utf8')), 'fleet.yml');
  files.set(policyFile, policies);
  return policies;
}
