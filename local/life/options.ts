import { parseArgs } from 'node:util';
import { OptionsError } from '../options.ts';

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

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[], known: readonly string[]): FindingsOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const whole = (name: 'seed' | 'nodes' | 'days', [least, most]: readonly [number, number]): number => {
    const text = values[name];
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      problems.push(`--${name}: '${text}' is refused; allowed: a whole number from ${least} to ${most}`);
    return number;
  };
  const options: FindingsOptions = {
    seed: whole('seed', [0, 2 ** 31 - 1]),
    nodes: whole('nodes', nodesRange),
    days: whole('days', daysRange),
    policies: [...new Set(values.policies.split(','))],
  };
  const unknown = options.policies.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    problems.push(`--policies: '${unknown.join(',')}' is refused; allowed: ${known.join(', ')}`);
  if (problems.length > 0) throw new OptionsError(problems.join('\n'));
  return options;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: '1' },
        nodes: { type: 'string', default: '12' },
        days: { type: 'string', default: '21' },
        policies: { type: 'string', default: 'stg-web,prd-web' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}
