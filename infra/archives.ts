import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleDirectory, functions } from './functions.ts';
import { loadPolicies } from './policies.ts';
import { zip } from './zip.ts';

/**
 * Writes `<name>.zip` of each bundled function into `bundleDirectory`, and answers a digest of them all. A policy file
 * that is refused is an InvalidPolicyError; its path counts from the project's root.
 */
export function writeArchives(policyFile: string): string {
  const policies = loadPolicies(resolve(import.meta.dirname, '..', policyFile));
  const digest = createHash('sha256');
  for (const { name, readsPolicies } of functions) {
    const bundle = { path: 'index.js', content: readFileSync(join(bundleDirectory, name, 'index.js')) };
    const fleet = { path: 'fleet.json', content: Buffer.from(JSON.stringify(policies)) };
    const archive = zip(readsPolicies ? [bundle, fleet] : [bundle]);
    writeFileSync(join(bundleDirectory, `${name}.zip`), archive);
    digest.update(archive);
  }
  return digest.digest('hex');
}
