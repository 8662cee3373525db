import { mostSeed, Refusals, readOptions } from '../../local/command-line.ts';
import { concurrencySchema } from '../../shared/domain/count-or-percent.ts';

export interface ScaleOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly nodesPerAccount: number;
  readonly concurrency: string;
  readonly out: string;
}

export const help = `npm run bench:scale -- [options]

  --seed N               the fleet and everything random in the run (default 1)
  --accounts N           spoke accounts, 1 to 1000 (default 50)
  --nodes-per-account N  nodes with the policy's tags in each, 1 to 2100 (default 2000)
  --concurrency TEXT     nodes in flight at once, as a policy says it (default 10%)
  --out FILE             where the result goes (default bench/scale.json)
`;

const optionNames = {
  seed: { type: 'string', default: '1' },
  accounts: { type: 'string', default: '50' },
  'nodes-per-account': { type: 'string', default: '2000' },
  concurrency: { type: 'string', default: '10%' },
  out: { type: 'string', default: 'bench/scale.json' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseScaleOptions(args: readonly string[]): ScaleOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  const options = {
    seed: refusals.whole('seed', values.seed, [0, mostSeed]),
    accounts: refusals.whole('accounts', values.accounts, [1, 1000]),
    // With a tenth of other people's nodes on top it stays below the quota of managed nodes.
    nodesPerAccount: refusals.whole('nodes-per-account', values['nodes-per-account'], [1, 2100]),
    concurrency: values.concurrency,
    out: values.out,
  };
  for (const { message } of concurrencySchema.safeParse(values.concurrency).error?.issues ?? [])
    refusals.add(`--concurrency: '${values.concurrency}' is refused; ${message}`);
  refusals.throwIfAny();
  return options;
}
