import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../functions/list-scopes/handler.ts';
import { listScopesInput } from '../../../functions/list-scopes/schema.ts';
import { noUsage } from '../../../shared/domain/usage.ts';
import { barePolicy, home, spoke, startedAt } from '../../support/domain-builders.ts';
import { handMadeDependencies } from '../../support/handler-dependencies.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-scopes-'));
afterAll(() => rmSync(directory, { recursive: true }));

function dependenciesWith(policies: Readonly<Record<string, unknown>>) {
  const policyFile = join(directory, 'fleet.json');
  writeFileSync(policyFile, JSON.stringify({ version: 1, policies }));
  const dependencies = handMadeDependencies(startedAt);
  return { ...dependencies, config: { ...dependencies.config, policyFile } };
}

test('every policy is listed with each of its scopes, and with our own account where it names none', async () => {
  const policies = {
    'prd-web': barePolicy,
    'stg-web': { ...barePolicy, patchGroup: 'stg-web', scopes: [home, spoke] },
  };

  expect(await run({}, dependenciesWith(policies))).toEqual({
    items: [
      { policy: 'prd-web', scope: 0 },
      { policy: 'stg-web', scope: 0 },
      { policy: 'stg-web', scope: 1 },
    ],
    usage: noUsage,
  });
});

test('no policies make an empty list', async () => {
  expect(await run({}, dependenciesWith({}))).toMatchObject({ items: [] });
});

test('a policy file that cannot be used is refused by name', async () => {
  await expect(run({}, dependenciesWith({ 'prd-web': {} }))).rejects.toMatchObject({
    name: 'InvalidPolicyError',
  });
});

test('input that is none of its own is refused', () => {
  expect(listScopesInput.safeParse({ policy: 'prd-web' }).success).toBe(false);
});
