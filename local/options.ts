import { existsSync } from 'node:fs';
import { mostSeed, Refusals, readOptions } from './command-line.ts';
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

const optionNames = {
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
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseOptions(args: readonly string[]): StartOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  const options: StartOptions = {
    nodes: refusals.whole('nodes', values.nodes ?? 1000, [1, mostNodes]),
    seed: refusals.whole('seed', values.seed ?? 1, [0, mostSeed]),
    policy: values.policy ?? 'prd-web',
    policyFile: values['policy-file'] ?? 'fleet.yml',
    operation: operationOf(values.operation ?? 'Install', refusals),
    dryRun: values['dry-run'] ?? false,
    inventory: filesOf(values.inventory ?? [], refusals),
    speed: values.speed === undefined ? null : refusals.number('speed', values.speed, [1, 100_000]),
    faults: refusals.reading('fault', () => parseFaults(values.fault ?? []), {}),
    endpoint: endpointOf(values.endpoint, refusals),
  };
  if (options.endpoint !== null) refusals.add(...endpointProblems(values.nodes, options));
  refusals.throwIfAny();
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

function operationOf(text: string, refusals: Refusals): StartOptions['operation'] {
  if (text === 'Install' || text === 'Scan') return text;
  refusals.add(`--operation: '${text}' is refused; allowed: Install, Scan`);
  return 'Scan';
}

function filesOf(files: readonly string[], refusals: Refusals): readonly string[] {
  if (files.length > 2) refusals.add(`--inventory: ${files.length} files are refused; allowed: one or two`);
  for (const file of files) {
    if (!existsSync(file)) refusals.add(`--inventory: '${file}' is refused; there is no such file`);
  }
  return files;
}

function endpointOf(text: string | undefined, refusals: Refusals): string | null {
  if (text === undefined) return null;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '');
  refusals.add(`--endpoint: '${text}' is refused; allowed: a URL such as http://127.0.0.1:4570`);
  return null;
}
