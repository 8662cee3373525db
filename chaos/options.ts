import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { OptionsError } from '../local/options.ts';
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

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[]): ChaosOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const whole = (
    name: 'seed' | 'runs' | 'seconds' | 'replay' | 'shrink' | 'workers',
    [least, most]: readonly [number, number],
    byDefault: number,
  ): number => {
    const text = values[name] ?? String(byDefault);
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      problems.push(`--${name}: '${text}' is refused; allowed: a whole number from ${least} to ${most}`);
    return number;
  };
  const options: ChaosOptions = {
    seed: whole('seed', [0, 2 ** 31 - 1], 1),
    runs: whole('runs', [1, 1_000_000], 200),
    seconds: values.seconds === undefined ? null : whole('seconds', [1, 1_000_000], 1),
    replay: values.replay === undefined ? null : whole('replay', [0, 2 ** 31 - 1], 0),
    shrink: whole('shrink', [0, 100], 3),
    workers: whole('workers', [1, 64], Math.min(64, availableParallelism())),
    faults: faultsOf(values.faults, problems),
  };
  const searching = (['seed', 'runs', 'seconds'] as const).filter((name) => values[name] !== undefined);
  if (options.replay !== null && searching.length > 0)
    problems.push(`--replay: refused together with ${searching.map((name) => `--${name}`).join(', ')}`);
  if (problems.length > 0) throw new OptionsError(problems.join('\n'));
  return options;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        runs: { type: 'string' },
        seconds: { type: 'string' },
        replay: { type: 'string' },
        faults: { type: 'string' },
        shrink: { type: 'string' },
        workers: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

function faultsOf(text: string | undefined, problems: string[]): readonly ChaosFault[] | null {
  if (text === undefined) return null;
  if (text === 'none') return [];
  const names = [...new Set(text.split(','))];
  const unknown = names.filter((name) => !isChaosFault(name));
  if (unknown.length > 0)
    problems.push(`--faults: '${unknown.join(',')}' is refused; allowed: none, ${chaosFaults.join(', ')}`);
  return names.filter(isChaosFault);
}
