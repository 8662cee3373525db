/** What each fault does, worded for `--help` and for the messages of a refused option. */
export const faultDescriptions = {
  throttle: "a call is refused with the service's own throttling error",
  'server-error': 'a call is answered with HTTP 500 before it takes effect',
  'lost-reply': 'a call takes effect and the connection is reset before the answer',
  'stale-page': 'a listing repeats what it answered to the same request up to two minutes ago',
  'unprocessed-items': 'a batch call to DynamoDB, SQS or Security Hub leaves a part of it undone',
  'repeated-page': 'a page of a listing comes again under the token that it gave',
  'short-page': 'a page of a listing holds as few items as may be asked for',
  's3-denied': 'S3 refuses a call with 403 AccessDenied',
  's3-unavailable': 'S3 refuses a call with 503 SlowDown',
  'sns-denied': 'SNS refuses a call with 403 AuthorizationError',
  'sns-unavailable': 'SNS refuses a call with 503 ServiceUnavailable',
  'delivered-twice': 'an event or a message of a queue arrives a second time',
  'delivered-late': 'an event arrives up to half an hour late, after younger ones',
  'delivered-never': 'an event never arrives',
  'killed-handler': 'a Lambda function dies right after one of its AWS calls',
  'killed-at-start': 'a Lambda function dies before its first AWS call',
  'lost-answer': 'a Lambda function does its work, and its answer never arrives',
  'hung-handler': 'a Lambda function does its work and then hangs until its timeout',
  'zombie-handler':
    'the caller loses a Lambda function that stands still for a while, and works on until its timeout',
  'refused-invocation': 'Lambda refuses an invocation with TooManyRequestsException',
  redeployed:
    'the stack is redeployed before an invocation: fresh environments, the policy changed or removed',
  'failed-batch': "a batch's execution fails outright with States.Runtime at one of its states",
  'stopped-run': 'somebody stops the execution of the run at one of its states',
  'timed-out-run': 'the execution of the run times out at one of its states',
  'stuck-pending': 'a command stays Pending on a node that never takes it',
  'stuck-delayed': 'a command stays Delayed on a node, and is taken late or never',
  'stuck-in-progress': 'a command is done on a node whose agent never says so',
  'stuck-cancelling': 'a cancelled command stays Cancelling on a node until its total timeout',
  'vanished-node': 'a node is terminated within minutes of a command',
  'outdated-agent':
    'a node comes back from its reboot with an agent that is too old for AWS-RunPatchBaseline',
  'wrong-clock': "a node's clock is off by hours, and so are the times that its agent reports",
  'retagged-node': 'a node loses the tag by which a command may be sent to it, between two commands',
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
