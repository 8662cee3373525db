import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleDirectory, functions } from './functions.ts';
import { pureSchemas } from './pure-schemas.ts';

const root = join(import.meta.dirname, '..');

/** How everything that is deployed is bundled. */
export const bundleOptions = {
  absWorkingDir: root,
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
  plugins: [pureSchemas],
  logLevel: 'warning',
} satisfies BuildOptions;

/** Bundles the functions into `bundleDirectory`: the very files that are deployed, and that the embedded Lambda runs. */
export async function bundleFunctions(): Promise<void> {
  await rm(bundleDirectory, { recursive: true, force: true });
  await build({
    ...bundleOptions,
    entryPoints: functions.map(({ name }) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir: bundleDirectory,
  });
}
