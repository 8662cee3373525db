import { parseArgs } from 'node:util';

export interface ScaleOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly nodesPerAccount: number;
  readonly concurrency: string;
}

export const help = `npm run bench:scale -- --seed N [options]

  --seed N               the fleet and everything random in the run
  --accounts N           spoke accounts, 1 to 1000 (default 50)
  --nodes-per-account N  nodes with the policy's tags in each, 1 to 2100 (default 2000)
  --concurrency TEXT     nodes in flight at once, as a policy says it (default 10%)
`;

/** Throws an Error that names every option that is refused. */
export function parseScaleOptions(args: readonly string[]): ScaleOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      accounts: { type: 'string', default: '50' },
      'nodes-per-account': { type: 'string', default: '2000' },
      concurrency: { type: 'string', default: '10%' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const problems: string[] = [];
  const whole = (name: string, text: string | undefined, most: number): number => {
    const number = Number(text);
    const isAllowed = text !== undefined && /^\d+$/.test(text) && number >= 1 && number <= most;
    if (!isAllowed)
      problems.push(`--${name}: '${text}' is refused; allowed: a whole number from 1 to ${most}`);
    return number;
  };
  const options = {
    seed: whole('seed', values.seed, 1_000_000),
    accounts: whole('accounts', values.accounts, 1000),
    // With a tenth of other people's nodes on top it stays below the quota of managed nodes.
    nodesPerAccount: whole('nodes-per-account', values['nodes-per-account'], 2100),
    concurrency: values.concurrency,
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return options;
}
