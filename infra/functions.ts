import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { pascalCase } from './names.ts';

const root = join(import.meta.dirname, '..');

/** Where the packaged functions lie: one folder each, with its bundle. */
export const bundleDirectory = join(root, 'dist', 'functions');

const settingsSchema = z.strictObject({
  description: z.string().min(1).max(256),
  memorySize: z.number().int().min(128).max(10_240),
  timeout: z.number().int().min(1).max(900),
  reservedConcurrency: z.number().int().min(1),
});

/** A function of the stack, as its folder's `function.yml` says. The definition knows it by its substitution. */
export interface FunctionDefinition {
  readonly name: string;
  readonly substitution: string;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency: number;
  /** Whether `POLICY_FILE` lies beside its bundle. */
  readonly readsPolicies: boolean;
}

const policyReaders: readonly string[] = [
  'list-scopes',
  'notify-finding',
  'report-sla',
  'resolve-targets',
  'update-ledger',
];

/** Every folder of `functions/`; each is named after the state that calls it, or after what it does. */
export const functions: readonly FunctionDefinition[] = readdirSync(join(root, 'functions'))
  .toSorted()
  .map((name) => {
    const file = join(root, 'functions', name, 'function.yml');
    const settings = settingsSchema.parse(parse(readFileSync(file, 'utf8')));
    return {
      name,
      substitution: `${pascalCase(name)}FunctionArn`,
      description: settings.description,
      memoryMegabytes: settings.memorySize,
      timeoutSeconds: settings.timeout,
      reservedConcurrency: settings.reservedConcurrency,
      readsPolicies: policyReaders.includes(name),
    };
  });
