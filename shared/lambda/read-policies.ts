import { readFile } from 'node:fs/promises';
import type { PolicyFile } from '../domain/policy.ts';
import { readPolicyFile } from '../domain/policy-file.ts';
import { InvalidPolicyError } from '../errors.ts';

/** The policies beside the bundle. Throws InvalidPolicyError also for a file that is not there, or is not JSON. */
export async function readPolicies({ policyFile }: { readonly policyFile: string }): Promise<PolicyFile> {
  return readPolicyFile(await contentOf(policyFile), 'fleet.yml');
}

async function contentOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InvalidPolicyError(file, [error instanceof Error ? error.message : String(error)]);
  }
}
