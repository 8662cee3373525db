import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FaultName, type FaultRates, faultDescriptions, parseFaults } from './faults.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly policy: string;
  readonly policyFile: string;
  readonly operation: 'Install' | 'Scan';
  readonly dryRun: boolean;
  /** Files that the AWS CLI printed; none: a generated fleet. */
  readonly inventory: readonly string[];
  /** Simulated seconds a second; null: as fast as it goes. */
  readonly speed: number | null;
  readonly faults: FaultRates;
  /** Where something answers as AWS does; null: our own. */
  readonly endpoint: string | null;
}

/** The options are refused: every problem is in the message. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

export const help = `Patches an embedded fleet with the definition and the functions that would be deployed.

npm start -- [options]

  --nodes N            servers that carry the policy's tags, 1 to 5000 (default 1000)
  --seed N             the fleet and everything random in the run (default 1)
  --policy NAME        a policy of the policy file (default prd-web)
  --policy-file FILE   the policies (default fleet.yml)
  --operation WORD     Install or Scan (default Install)
  --dry-run            plan only, touch nothing
  --inventory FILE     rehearse on your own servers: what
                         aws ssm describe-instance-information --output json
                       printed; give it twice to add what
                         aws ec2 describe-instances --output json
                       printed, for the tags (without it every server counts as targeted)
  --speed N            N simulated seconds a second (default: as fast as it goes)
  --endpoint URL       run against a server such as 'npm run local:aws' starts, instead of our own
  --fault NAME=RATE    let things go wrong, RATE from 0 to 1; may be given several times:
${Object.entries(faultDescriptions)
  .map(([name, what]) => `                         ${name.padEnd(18)} ${what}`)
  .join('\n')}
  --help               this text

Exit code: 0 the run did its work, 1 it was halted or failed, 2 the input was refused, 130 interrupted.
`;

const mostNodes = 5000;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[]): StartOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const whole = (name: 'nodes' | 'seed', least: number, most: number, byDefault: number): number => {
    const text = values[name] ?? String(byDefault);
    const number = Number(text);
    const isAllowed = /^\d+$/.test(text) && number >= least && number <= most;
    if (!isAllowed)
      problems.push(`--${name}: '${text}' is refused; allowed: a whole number from ${least} to ${most}`);
    return number;
  };
  const options: StartOptions = {
    nodes: whole('nodes', 1, mostNodes, 1000),
    seed: whole('seed', 0, 2 ** 31 - 1, 1),
    policy: values.policy ?? 'prd-web',
    policyFile: values['policy-file'] ?? 'fleet.yml',
    operation: operationOf(values.operation ?? 'Install', problems),
    dryRun: values['dry-run'] ?? false,
    inventory: filesOf(values.inventory ?? [], problems),
    speed: speedOf(values.speed, problems),
    faults: faultsOf(values.fault ?? [], problems),
    endpoint: endpointOf(values.endpoint, problems),
  };
  if (options.endpoint !== null) problems.push(...endpointProblems(values.nodes, options));
  if (problems.length > 0) throw new OptionsError(problems.join('\n'));
  return options;
}

/** Faults of what `npm start` brings with it: functions and executions. */
const ownFaults: readonly FaultName[] = [
  'killed-handler',
  'killed-at-start',
  'lost-answer',
  'hung-handler',
  'zombie-handler',
  'refused-invocation',
  'redeployed',
  'failed-batch',
  'stopped-run',
  'timed-out-run',
];

/** The fleet, and what happens to it, are the server's. */
function endpointProblems(nodes: string | undefined, options: StartOptions): string[] {
  const faults = Object.keys(options.faults).filter((name) => !ownFaults.some((own) => own === name));
  return [
    ...(nodes === undefined
      ? []
      : ['--nodes: refused together with --endpoint; the fleet is that of the server']),
    ...(options.inventory.length === 0
      ? []
      : ['--inventory: refused together with --endpoint; the fleet is that of the server']),
    ...faults.map(
      (name) => `--fault: '${name}' is refused together with --endpoint; allowed: ${ownFaults.join(', ')}`,
    ),
  ];
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string' },
        seed: { type: 'string' },
        policy: { type: 'string' },
        'policy-file': { type: 'string' },
        operation: { type: 'string' },
        'dry-run': { type: 'boolean' },
        inventory: { type: 'string', multiple: true },
        speed: { type: 'string' },
        fault: { type: 'string', multiple: true },
        endpoint: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

function operationOf(text: string, problems: string[]): StartOptions['operation'] {
  if (text === 'Install' || text === 'Scan') return text;
  problems.push(`--operation: '${text}' is refused; allowed: Install, Scan`);
  return 'Scan';
}

function filesOf(files: readonly string[], problems: string[]): readonly string[] {
  if (files.length > 2) problems.push(`--inventory: ${files.length} files are refused; allowed: one or two`);
  for (const file of files) {
    if (!existsSync(file)) problems.push(`--inventory: '${file}' is refused; there is no such file`);
  }
  return files;
}

function speedOf(text: string | undefined, problems: string[]): number | null {
  if (text === undefined) return null;
  const speed = Number(text);
  if (speed >= 1 && speed <= 100_000) return speed;
  problems.push(`--speed: '${text}' is refused; allowed: a number from 1 to 100000`);
  return null;
}

function faultsOf(options: readonly string[], problems: string[]): FaultRates {
  try {
    return parseFaults(options);
  } catch (error) {
    problems.push(`--fault: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

function endpointOf(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '');
  problems.push(`--endpoint: '${text}' is refused; allowed: a URL such as http://127.0.0.1:4570`);
  return null;
}
