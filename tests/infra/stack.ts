import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeStack, type Stack } from '../../infra/stack.ts';
import { amazonLinux, type PolicyContent } from './policies.ts';

/** What serverless.yml gives by default. */
export const parameters = {
  policyFile: 'fleet.yml',
  alertMails: '',
  reportMails: '',
  retentionDays: 400,
  logRetentionDays: 90,
  existingBucket: '',
  nodeRoles: '',
  subnetIds: '',
  securityGroupIds: '',
  reserveConcurrency: true,
  ssmCallsPerSecond: 8,
  runbookUrl: 'docs/operations.md',
};

/** A policy file in a directory of its own. */
export function policyFileOf(contents: Readonly<Record<string, PolicyContent>>): string {
  const file = join(mkdtempSync(join(tmpdir(), 'fleet-patcher-')), 'fleet.yml');
  const policies = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [
      name,
      { patchGroup: name, baselines: [amazonLinux], ...content },
    ]),
  );
  writeFileSync(file, JSON.stringify({ version: 1, policies }));
  return file;
}

/** The stack of stage prd, with these policies and parameters instead of the project's own. */
export function stackOf(
  contents: Readonly<Record<string, PolicyContent>> | undefined,
  changes: Readonly<Record<string, unknown>> = {},
): Stack {
  const policyFile = contents ? policyFileOf(contents) : 'fleet.yml';
  return composeStack({
    service: 'fleet-patcher',
    stage: 'prd',
    parameters: { ...parameters, policyFile, ...changes },
  });
}

/** The properties of all resources of a type, by their logical ids. */
export function propertiesOf(stack: Stack, type: string): Record<string, Readonly<Record<string, unknown>>> {
  return Object.fromEntries(
    Object.entries(stack.resources.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, resource.Properties]),
  );
}
