/** Bundles the functions: the very files that are deployed, and that the embedded Lambda runs. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleDirectory, functions } from './functions.ts';

const root = join(import.meta.dirname, '..');

await rm(bundleDirectory, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: functions.map(({ name }) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
  outdir: bundleDirectory,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // The SDK imports node:http dynamically: as a require it is what the embedded Lambda gives, as an import it is not.
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: Step Functions matches `error.name`, and stack traces are read by people.
  keepNames: false,
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
});
