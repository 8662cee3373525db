import { readFile } from 'node:fs/promises';
import type { PolicyFile } from '../domain/policy.ts';
import { readPolicyFile } from '../domain/policy-file.ts';
import { InvalidPolicyError } from '../errors.ts';
import type { Config } from './config.ts';

let last: { readonly text: string; readonly policies: PolicyFile } | undefined;

/**
 * The policies that were packaged with the function. Checking them costs more than all else in a short invocation, so
 * a text is checked once. Throws InvalidPolicyError also for a file that is not there, or is not JSON.
 */
export async function deployedPolicies({ policyFile }: Pick<Config, 'policyFile'>): Promise<PolicyFile> {
  const text = await named(policyFile, () => readFile(policyFile, 'utf8'));
  if (last?.text === text) return last.policies;
  const content: unknown = await named(policyFile, async () => JSON.parse(text));
  last = { text, policies: readPolicyFile(content, 'fleet.yml') };
  return last.policies;
}

async function named<Read>(file: string, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    throw new InvalidPolicyError(file, [error instanceof Error ? error.message : String(error)], {
      cause: error,
    });
  }
}
