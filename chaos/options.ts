import { availableParallelism } from 'node:os';
import { mostSeed, Refusals, readOptions } from '../local/command-line.ts';
import { type ChaosFault, chaosFaults, isChaosFault } from './chaos-faults.ts';

/** What `npm run chaos` was asked for. */
export interface ChaosOptions {
  readonly seed: number;
  readonly runs: number;
  /** No run is begun after so many seconds; null: all of them are played. */
  readonly seconds: number | null;
  /** The seed of one run, as a failure prints it, instead of a search. */
  readonly replay: number | null;
  /** The faults that may strike; null: all. */
  readonly faults: readonly ChaosFault[] | null;
  readonly workers: number;
  /** How many of the failures are cut down. */
  readonly shrink: number;
}

export const help = `Searches for a broken promise: whole runs of random small fleets under random faults, in simulated time.

npm run chaos -- [options]

  --seed N        the search: the same seed plays the same runs (default 1)
  --runs M        how many runs, 1 to 1000000 (default 200)
  --seconds S     begins no run after S seconds (default: plays them all)
  --faults A,B    only these faults, with a comma between them; 'none' for none (default: all)
  --replay N      plays the one run that a failure names, and cuts it down
  --shrink K      cuts down the first K failures of a search, 0 to 100 (default 3)
  --workers W     processes that play, 1 to 64 (default: one a core)
  --help          this text

Faults: ${chaosFaults.join(', ')}.

Each run has a seed of its own, so neither the number of processes nor that of runs changes what a run is.

Exit code: 0 every promise was kept, 1 one was broken, 2 the input was refused, 130 interrupted.
`;

/** What is allowed, and what goes without saying. */
const numbers = {
  seed: [[0, mostSeed], 1],
  runs: [[1, 1_000_000], 200],
  seconds: [[1, 1_000_000], 1],
  replay: [[0, mostSeed], 0],
  shrink: [[0, 100], 3],
  workers: [[1, 64], Math.min(64, availableParallelism())],
} as const;

const optionNames = {
  seed: { type: 'string' },
  runs: { type: 'string' },
  seconds: { type: 'string' },
  replay: { type: 'string' },
  faults: { type: 'string' },
  shrink: { type: 'string' },
  workers: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[]): ChaosOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  const whole = (name: keyof typeof numbers): number => {
    const [range, byDefault] = numbers[name];
    return refusals.whole(name, values[name] ?? byDefault, range);
  };
  const options: ChaosOptions = {
    seed: whole('seed'),
    runs: whole('runs'),
    seconds: values.seconds === undefined ? null : whole('seconds'),
    replay: values.replay === undefined ? null : whole('replay'),
    shrink: whole('shrink'),
    workers: whole('workers'),
    faults: faultsOf(values.faults, refusals),
  };
  const searching = (['seed', 'runs', 'seconds'] as const).filter((name) => values[name] !== undefined);
  if (options.replay !== null && searching.length > 0)
    refusals.add(`--replay: refused together with ${searching.map((name) => `--${name}`).join(', ')}`);
  refusals.throwIfAny();
  return options;
}

function faultsOf(text: string | undefined, refusals: Refusals): readonly ChaosFault[] | null {
  if (text === undefined) return null;
  if (text === 'none') return [];
  const names = [...new Set(text.split(','))];
  const unknown = names.filter((name) => !isChaosFault(name));
  if (unknown.length > 0)
    refusals.add(`--faults: '${unknown.join(',')}' is refused; allowed: none, ${chaosFaults.join(', ')}`);
  return names.filter(isChaosFault);
}
