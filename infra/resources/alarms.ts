import { type Metric, ofFunction, ofLines, ofQueue, ofStateMachine } from './metrics.ts';

/** An alarm whose metrics, ten at most, are added up. `name` is also its heading in the runbook: `alarm-<name>`. */
export interface Alarm {
  readonly name: string;
  readonly what: string;
  readonly metrics: readonly Metric[];
  readonly statistic: 'Sum' | 'Maximum';
  readonly periodSeconds: number;
  /** The alarm rings at this number and above; for a silence below it, and where there is no number at all. */
  readonly threshold: number;
  /** Rings for what does not happen in so many periods in a row. */
  readonly silentPeriods?: number;
}

const fiveMinutes = 300;
const hour = 3600;

/** The alarms of the stack; every name is a heading of docs/operations.md, which a test holds. */
export function alarms(functionNames: readonly string[]): Alarm[] {
  return [...ofRuns, ...ofFunctions(functionNames), ...ofQueues, ...ofWindowsAndClock];
}

const ofRuns: readonly Alarm[] = [
  {
    name: 'run-failed',
    what: 'A patch run ended FAILED, TIMED_OUT or ABORTED. Its own message says more; if there is none, this is all there is.',
    metrics: ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((metric) =>
      ofStateMachine('patch-fleet', metric),
    ),
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 1,
  },
  {
    name: 'executions-throttled',
    what: 'Step Functions slows runs down: the quota of state transitions is spent.',
    metrics: [ofStateMachine('patch-fleet', 'ExecutionThrottled')],
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 1,
  },
];

/** The functions of the findings and of the clock; all others are those of runs. */
const besideRuns: readonly string[] = ['list-scopes', 'notify-finding', 'report-sla', 'update-ledger'];

/** In two groups: together they have more metrics than an alarm may add up. */
function ofFunctions(functionNames: readonly string[]): Alarm[] {
  const ofRun = functionNames.filter((name) => !besideRuns.includes(name));
  const ofClock = functionNames.filter((name) => besideRuns.includes(name));
  return [
    ...ofGroup({ prefix: 'function', whose: 'Functions of runs', names: ofRun }),
    ...ofGroup({ prefix: 'clock-function', whose: 'Functions of findings and the clock', names: ofClock }),
  ];
}

function ofGroup(group: {
  readonly prefix: string;
  readonly whose: string;
  readonly names: readonly string[];
}): Alarm[] {
  const { prefix, whose, names } = group;
  return [
    {
      name: `${prefix}-errors`,
      // Single errors are retried by the state machine or by the queue, and mean nothing.
      what: `${whose} fail again and again.`,
      metrics: names.map((name) => ofFunction(name, 'Errors')),
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 5,
    },
    {
      name: `${prefix}-throttles`,
      what: `${whose} are throttled: their reserved concurrency, or that of the account, is spent.`,
      metrics: names.map((name) => ofFunction(name, 'Throttles')),
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 10,
    },
  ];
}

const ofQueues: readonly Alarm[] = [
  waiting('EventDeadLetters', {
    name: 'dead-events',
    what: 'An event, or a function that it invoked, failed for good: a run may not be closed, a finding not told.',
  }),
  waiting('MessageDeadLetters', {
    name: 'dead-messages',
    what: 'A message could not be delivered to a subscriber.',
  }),
  waiting('FindingsDeadLetters', {
    name: 'dead-findings',
    what: 'A finding could not be understood, or not be told in five attempts.',
  }),
  {
    name: 'chat-not-told',
    what: 'The chat topic did not take a message. It went out by mail, and is not sent to chat again.',
    metrics: [ofLines('ChatsNotTold')],
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 1,
  },
  {
    name: 'locks-not-released',
    what: 'Nodes of a run that is over stay locked for other runs until their locks expire.',
    metrics: [ofLines('LocksNotReleased')],
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 1,
  },
  {
    name: 'findings-late',
    what: 'Findings have waited for more than an hour to be told.',
    metrics: [ofQueue('FindingsQueue', 'ApproximateAgeOfOldestMessage')],
    statistic: 'Maximum',
    periodSeconds: fiveMinutes,
    threshold: hour,
  },
];

function waiting(queueId: string, { name, what }: Pick<Alarm, 'name' | 'what'>): Alarm {
  return {
    name,
    what,
    metrics: [ofQueue(queueId, 'ApproximateNumberOfMessagesVisible')],
    statistic: 'Maximum',
    periodSeconds: fiveMinutes,
    threshold: 1,
  };
}

const ofWindowsAndClock: readonly Alarm[] = [
  {
    name: 'window-without-run',
    what: "A policy's install window passed without a run, or is disabled.",
    metrics: [ofLines('WindowsWithoutRun')],
    statistic: 'Sum',
    // As often as windows are looked at.
    periodSeconds: 6 * hour,
    threshold: 1,
  },
  {
    name: 'clock-stopped',
    // One hour that fails is made up for by the next.
    what: 'For three hours nobody has looked at the clock of missing patches: a breach would not be told.',
    metrics: [ofStateMachine('watch-sla', 'ExecutionsSucceeded')],
    statistic: 'Sum',
    periodSeconds: hour,
    threshold: 1,
    silentPeriods: 3,
  },
  {
    name: 'scope-not-seen',
    what: "For three hours a policy's nodes in an account and Region could not be looked at.",
    metrics: [ofLines('StaleLooks')],
    statistic: 'Sum',
    // As often as the clock is looked at.
    periodSeconds: hour,
    threshold: 1,
  },
];
