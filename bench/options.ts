import { parseArgs } from 'node:util';
import { type DesignName, designNames } from './designs/designs.ts';

/** What `npm run bench` was asked for. Lists keep the order in which rows are printed. */
export interface BenchOptions {
  readonly seed: number;
  readonly nodes: readonly number[];
  /** Percent of the nodes. */
  readonly concurrency: readonly number[];
  readonly designs: readonly DesignName[];
  readonly out: string;
}

/** The options are refused: every problem is in the message. */
export class BenchOptionsError extends Error {
  override readonly name = 'BenchOptionsError';
}

export const help = `Measures fleet-patcher and four alternatives on the same embedded fleets.

npm run bench -- [options]

  --seed N             the fleets and everything random (default 1)
  --nodes LIST         sizes, 20 to 10000 (default 100,1000,10000)
  --concurrency LIST   percent of the nodes at once, 1 to 100 (default 5,10,50)
  --designs LIST       of ${designNames.join(', ')} (default all)
  --out FILE           where the results go (default bench/results.json); the charts go into charts/ beside it
  --help               this text

Exit code: 0 measured, 2 the input was refused.
`;

/** Throws BenchOptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const [seed = 1] = numbers(values.seed ?? '1', { name: 'seed', least: 0, most: 2 ** 31 - 1 }, problems);
  const options: BenchOptions = {
    seed,
    nodes: numbers(values.nodes ?? '100,1000,10000', { name: 'nodes', least: 20, most: 10_000 }, problems),
    concurrency: numbers(
      values.concurrency ?? '5,10,50',
      { name: 'concurrency', least: 1, most: 100 },
      problems,
    ),
    designs: designsOf(values.designs, problems),
    out: values.out ?? 'bench/results.json',
  };
  if (/,/.test(values.seed ?? '')) problems.push(`--seed: '${values.seed}' is refused; allowed: one number`);
  if (!options.out.endsWith('.json')) {
    problems.push(`--out: '${options.out}' is refused; allowed: a file that ends in .json`);
  }
  if (problems.length > 0) throw new BenchOptionsError(problems.join('\n'));
  return options;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        nodes: { type: 'string' },
        concurrency: { type: 'string' },
        designs: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new BenchOptionsError(error instanceof Error ? error.message : String(error));
  }
}

function numbers(
  text: string,
  { name, least, most }: { readonly name: string; readonly least: number; readonly most: number },
  problems: string[],
): readonly number[] {
  const parts = text.split(',');
  for (const part of parts) {
    const number = Number(part);
    if (/^\d+$/.test(part) && number >= least && number <= most) continue;
    problems.push(`--${name}: '${part}' is refused; allowed: whole numbers from ${least} to ${most}`);
  }
  return [...new Set(parts.map(Number))];
}

function designsOf(text: string | undefined, problems: string[]): readonly DesignName[] {
  if (text === undefined) return designNames;
  const wanted = text.split(',');
  for (const name of wanted) {
    if (designNames.some((each) => each === name)) continue;
    problems.push(`--designs: '${name}' is refused; allowed: ${designNames.join(', ')}`);
  }
  return designNames.filter((name) => wanted.includes(name));
}
