import { mostSeed, Refusals, readOptions } from '../command-line.ts';

/** What `npm run findings` was asked for. */
export interface FindingsOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly days: number;
  readonly policies: readonly string[];
}

/** How many odd nodes a life has at least room for, and how long it may take to play. */
const nodesRange = [10, 1000] as const;
const daysRange = [1, 60] as const;

export const help = `Plays some weeks of a fleet's life with the definitions, functions, windows and rules that would be deployed:
scans, findings, install windows, new patches, nodes that stay behind, and what people are told of it.

npm run findings -- [options]

  --seed N            the fleet and everything random in its life (default 1)
  --nodes N           servers, of all policies together, ${nodesRange[0]} to ${nodesRange[1]} (default 12)
  --days N            simulated days, ${daysRange[0]} to ${daysRange[1]} (default 21)
  --policies NAMES    policies of fleet.yml with a comma between them (default stg-web,prd-web)
  --help              this text

Leaves out/findings-seed-N/ with timeline.txt, messages.txt, sla.json and sla.csv. The same options give the same bytes.

Exit code: 0 played to its end, 2 the input was refused.
`;

const optionNames = {
  seed: { type: 'string', default: '1' },
  nodes: { type: 'string', default: '12' },
  days: { type: 'string', default: '21' },
  policies: { type: 'string', default: 'stg-web,prd-web' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[], known: readonly string[]): FindingsOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  const options: FindingsOptions = {
    seed: refusals.whole('seed', values.seed, [0, mostSeed]),
    nodes: refusals.whole('nodes', values.nodes, nodesRange),
    days: refusals.whole('days', values.days, daysRange),
    policies: [...new Set(values.policies.split(','))],
  };
  const unknown = options.policies.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    refusals.add(`--policies: '${unknown.join(',')}' is refused; allowed: ${known.join(', ')}`);
  refusals.throwIfAny();
  return options;
}
