import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const root = join(import.meta.dirname, '..', '..');
const parts = [
  'functions',
  'infra',
  'shared',
  'state-machines',
  'fleet.yml',
  'package.json',
  'serverless.yml',
];

/** Without credentials, without a network to find any, and with the Node.js of the npm scripts. */
const environment = {
  PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}`,
  HOME: tmpdir(),
  AWS_EC2_METADATA_DISABLED: 'true',
  SLS_DISABLE_ANALYTICS: '1',
};

/** A checkout of the project as somebody else has it: a directory of its own, so that nobody's dist/ is touched. */
export function checkout(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-checkout-'));
  for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

/** Runs the framework's command there, as `npx serverless` would. Throws what it wrote, if it fails. */
export function serverless(
  directory: string,
  command: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync('serverless', command, {
    cwd: directory,
    env: { ...environment, ...variables },
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`serverless ${command.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
export type Template = z.infer<typeof templateSchema>;

export const updateTemplate = 'cloudformation-template-update-stack.json';

export function readTemplate(directory: string): Template {
  return templateSchema.parse(
    JSON.parse(readFileSync(join(directory, '.serverless', updateTemplate), 'utf8')),
  );
}
