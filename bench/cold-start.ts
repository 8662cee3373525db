/**
 * `npm run bench:cold-start`: how long a fresh Node.js takes to import each function's bundle, against a bare handler
 * with the same SDK clients and commands, bundled alike. Both are measured in turn, in this one run, each time in a
 * process of its own. Fails if a function takes more than the budget.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../infra/bundle.ts';
import { functions } from '../infra/functions.ts';

const root = join(import.meta.dirname, '..');
const budget = 1.5;
const measurements = 21;

const measure = `
  const file = process.argv[1];
  const start = performance.now();
  import(file).then(() => console.log(performance.now() - start));
`;

/** Milliseconds of one import in a fresh process. */
function importMilliseconds(file: string): number {
  return Number(execFileSync(process.execPath, ['--eval', measure, file], { encoding: 'utf8' }));
}

/** What the sources of a bundle import from SDK clients, as the bare handler's own import lines. */
function sdkImports(inputs: readonly string[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const file of inputs.filter((input) => input.startsWith('shared/aws/'))) {
    const imports = readFileSync(join(root, file), 'utf8').matchAll(
      /import \{([^}]*)\} from '(@aws-sdk\/client-[\w-]+)'/g,
    );
    for (const [, list = '', client = ''] of imports) {
      const values = list.split(',').map((each) => each.trim());
      for (const value of values.filter((each) => each !== '' && !each.startsWith('type '))) {
        names.set(client, (names.get(client) ?? new Set()).add(value));
      }
    }
  }
  return [...names].map(([client, values]) => `import { ${[...values].join(', ')} } from '${client}';`);
}

/** A handler that does nothing but hold the clients and commands. */
function bareHandler(imports: readonly string[]): string {
  const values = imports.flatMap((line) => /\{ (.*) \}/.exec(line)?.[1]?.split(', ') ?? []);
  const clients = values.filter((value) => value.endsWith('Client'));
  return `${imports.join('\n')}
    const clients = [${clients.map((client) => `new ${client}({})`).join(', ')}];
    export const handler = async () => [clients.length, ${values.join(', ')}].length;`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function bundle(
  name: string,
  directory: string,
): Promise<{ readonly own: string; readonly bare: string }> {
  const own = join(directory, `${name}.cjs`);
  const bare = join(directory, `${name}-bare.cjs`);
  const { metafile } = await build({
    ...bundleOptions,
    sourcemap: false,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: own,
    metafile: true,
  });
  const contents = bareHandler(sdkImports(Object.keys(metafile.inputs)));
  await build({
    ...bundleOptions,
    sourcemap: false,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: bare,
  });
  return { own, bare };
}

const directory = mkdtempSync(join(tmpdir(), 'cold-start-'));
try {
  console.log('function            bare ms    own ms   ratio');
  for (const { name } of functions) {
    const { own, bare } = await bundle(name, directory);
    const pairs = Array.from({ length: measurements }, () => ({
      bare: importMilliseconds(bare),
      own: importMilliseconds(own),
    }));
    // Of each pair by itself: what else the machine does slows both of them.
    const ratio = median(pairs.map((pair) => pair.own / pair.bare));
    if (!(ratio < budget)) process.exitCode = 1;
    const columns = [median(pairs.map((pair) => pair.bare)), median(pairs.map((pair) => pair.own)), ratio];
    console.log(`${name.padEnd(16)}${columns.map((value) => value.toFixed(2).padStart(10)).join('')}`);
  }
  console.log(process.exitCode === 1 ? `over the budget of ${budget}` : `within the budget of ${budget}`);
} finally {
  rmSync(directory, { recursive: true });
}
