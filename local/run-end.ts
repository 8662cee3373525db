import { functions } from '../infra/functions.ts';
import type { Clock } from './clock.ts';
import { createAsynchronous } from './lambda/asynchronous.ts';
import { patchFleetArn } from './names.ts';
import { random } from './random.ts';
import type { ExecutionOutcome, Invoke } from './stepfunctions/run-context.ts';
import type { Weather } from './weather.ts';

/** What became of the event that tells of a run's end. */
export interface EndTold {
  /** How often EventBridge brought it. */
  readonly delivered: number;
  /** How often the function gave it up: its dead letters ring an alarm. */
  readonly dead: number;
  /** The names of the errors that its attempts ended with. */
  readonly failures: readonly string[];
}

const functionName = 'close-run';
/** As infra/resources/events.ts has it. */
const maximumRetryAttempts = 2;
const maximumEventAgeSeconds = 3_600;
const latestMilliseconds = 30 * 60_000;

/**
 * "Step Functions Execution Status Change" of an execution of patch-fleet, as the rule for close-run takes it: within
 * seconds, and by fault late, twice or never. Answers when nothing of it is under way any more.
 */
export async function tellOfEnd(
  end: { readonly name: string; readonly input: unknown; readonly startedAt: number } & ExecutionOutcome,
  parts: {
    readonly clock: Clock;
    readonly seed: number;
    readonly weather: Weather;
    readonly invoke: Invoke;
  },
): Promise<EndTold> {
  const { clock, seed, weather, invoke } = parts;
  if (end.status === 'SUCCEEDED') return { delivered: 0, dead: 0, failures: [] };
  const detail = detailOf(end, clock.now());
  const failures: string[] = [];
  const send = createAsynchronous({
    clock,
    invoke: async (payload) => {
      try {
        return await invoke(functionName, payload);
      } catch (error) {
        failures.push(error instanceof Error ? error.name : String(error));
        throw error;
      }
    },
    reservedConcurrency: functions.find(({ name }) => name === functionName)?.reservedConcurrency ?? 1,
    maximumRetryAttempts,
    maximumEventAgeSeconds,
  });
  const delays = delaysOf(random(seed, 'run end', end.name), weather, clock.now());
  const ends = await Promise.all(
    delays.map(async (delay) => {
      await clock.sleep(delay);
      return send(detail);
    }),
  );
  return { delivered: ends.length, dead: ends.filter((each) => each === 'dead').length, failures };
}

function delaysOf(stream: ReturnType<typeof random>, weather: Weather, now: number): number[] {
  const usual = 200 + 1_800 * stream.next();
  const late = latestMilliseconds * stream.next();
  const again = usual + latestMilliseconds * stream.next() ** 3;
  const draws = [stream.next(), stream.next(), stream.next()] as const;
  if (weather.strikesNow('delivered-never', { now, draw: draws[0] })) return [];
  const first = weather.strikesNow('delivered-late', { now, draw: draws[1] }) ? usual + late : usual;
  return weather.strikesNow('delivered-twice', { now, draw: draws[2] }) ? [first, again] : [first];
}

/** Source: Step Functions developer guide, "Step Functions execution status change events". */
function detailOf(
  end: { readonly name: string; readonly input: unknown; readonly startedAt: number } & ExecutionOutcome,
  stoppedAt: number,
): unknown {
  const arn = patchFleetArn.replace(':stateMachine:', ':execution:');
  return {
    executionArn: `${arn}:${end.name}`,
    stateMachineArn: patchFleetArn,
    name: end.name,
    status: end.status,
    startDate: end.startedAt,
    stopDate: stoppedAt,
    input: JSON.stringify(end.input),
    output: null,
    error: end.error ?? null,
    cause: end.cause ?? null,
  };
}
