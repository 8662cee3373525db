import { mostSeed, Refusals, readOptions } from '../local/command-line.ts';
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

export const help = `Measures fleet-patcher and four alternatives on the same embedded fleets.

npm run bench -- [options]

  --seed N             the fleets and everything random (default 1)
  --nodes LIST         sizes, 20 to 10000 (default 100,1000,10000)
  --concurrency LIST   percent of the nodes at once, 1 to 100 (default 5,10,50)
  --designs LIST       of ${designNames.join(', ')} (default all)
  --out FILE           where the results go (default bench/results.json); the charts go into charts/ beside it
  --help               this text

Exit code: 0 measured, 1 a process failed and its rows are missing, 2 the input was refused.
`;

const optionNames = {
  seed: { type: 'string', default: '1' },
  nodes: { type: 'string', default: '100,1000,10000' },
  concurrency: { type: 'string', default: '5,10,50' },
  designs: { type: 'string', default: designNames.join(',') },
  out: { type: 'string', default: 'bench/results.json' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  const numbers = (name: 'nodes' | 'concurrency', range: readonly [number, number]): readonly number[] => [
    ...new Set(values[name].split(',').map((part) => refusals.whole(name, part, range))),
  ];
  const options: BenchOptions = {
    seed: refusals.whole('seed', values.seed, [0, mostSeed]),
    nodes: numbers('nodes', [20, 10_000]),
    concurrency: numbers('concurrency', [1, 100]),
    designs: designsOf(values.designs, refusals),
    out: values.out,
  };
  if (!options.out.endsWith('.json'))
    refusals.add(`--out: '${options.out}' is refused; allowed: a file that ends in .json`);
  refusals.throwIfAny();
  return options;
}

function designsOf(text: string, refusals: Refusals): readonly DesignName[] {
  const wanted = text.split(',');
  for (const name of wanted) {
    if (designNames.some((each) => each === name)) continue;
    refusals.add(`--designs: '${name}' is refused; allowed: ${designNames.join(', ')}`);
  }
  return designNames.filter((name) => wanted.includes(name));
}
