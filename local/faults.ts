/** What each fault does, worded for `--help` and for the messages of a refused option. */
export const faultDescriptions = {
  throttle: "a call is refused with the service's own throttling error",
  'server-error': 'a call is answered with HTTP 500 before it takes effect',
  'lost-reply': 'a call takes effect and the connection is reset before the answer',
  'stale-page': 'a listing repeats what it answered to the same request up to two minutes ago',
  'unprocessed-items': 'a batch call to DynamoDB, SQS or Security Hub leaves a part of it undone',
  'delivered-twice': 'an event or a message of a queue arrives a second time',
  'delivered-late': 'an event arrives up to half an hour late, after younger ones',
  'killed-handler': 'a Lambda function dies right after one of its AWS calls',
  'refused-node': 'a node is terminated between planning and its first command',
  'pre-hook-fails': "a node's pre-hook ends with a non-zero exit code",
  'pre-hook-hangs': "a node's pre-hook runs into its timeout",
  'post-hook-fails': "a node's post-hook ends with a non-zero exit code",
  'post-hook-hangs': "a node's post-hook runs into its timeout",
  'patch-fails': "a node's patch step fails",
  'patch-hangs': "a node's patch step runs into its timeout",
  'lost-after-reboot': 'a node never comes back from its reboot',
  'agent-offline': 'a node is ConnectionLost from the start',
  'agent-drops-out': 'a node is Online in the listing and no longer answers a command',
} as const;

export type FaultName = keyof typeof faultDescriptions;

/** Probabilities from 0 to 1: per call, per AWS call of a function, or per node, as the fault's description says. */
export type FaultRates = Readonly<Partial<Record<FaultName, number>>>;

/**
 * Reads `NAME=RATE` options; the last of one name counts.
 * Throws one Error that tells every option that is wrong, and what is allowed.
 */
export function parseFaults(options: readonly string[]): FaultRates {
  const rates: Partial<Record<FaultName, number>> = {};
  const problems: string[] = [];
  for (const option of options) {
    const separator = option.indexOf('=');
    const name = separator < 0 ? option : option.slice(0, separator);
    const value = separator < 0 ? '' : option.slice(separator + 1);
    if (!isFaultName(name)) {
      problems.push(`unknown fault '${name}'; known: ${Object.keys(faultDescriptions).join(', ')}`);
    } else if (!isRate(value)) {
      problems.push(
        `fault '${name}' has the rate '${value}'; allowed: a number from 0 to 1, such as ${name}=0.05`,
      );
    } else {
      rates[name] = Number(value);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return rates;
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultDescriptions, name);
}

function isRate(value: string): boolean {
  return /^\d*\.?\d+$/.test(value) && Number(value) <= 1;
}
