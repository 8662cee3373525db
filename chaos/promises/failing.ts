import type { FaultName } from '../../local/faults.ts';
import type { Played } from '../play.ts';

const outages: readonly FaultName[] = ['throttle', 'server-error', 's3-unavailable', 'sns-unavailable'];
const deaths: readonly FaultName[] = ['killed-at-start', 'killed-handler'];
const silences: readonly FaultName[] = ['lost-answer', 'zombie-handler'];

/** The faults that an error can come from, by its name. Whatever has another name comes from none: it is a mistake of ours. */
const causes: Readonly<Record<string, readonly FaultName[]>> = {
  AccessDenied: ['s3-denied'],
  // SNS's clients have names of their own.
  AuthorizationError: ['sns-denied'],
  AuthorizationErrorException: ['sns-denied'],
  InternalErrorException: outages,
  ThrottledException: outages,
  InternalError: outages,
  InternalFailure: outages,
  InternalServerError: outages,
  RequestLimitExceeded: outages,
  ServiceUnavailable: outages,
  SlowDown: outages,
  Throttling: outages,
  ThrottlingException: outages,
  TimeoutError: ['lost-reply'],
  'Lambda.SdkClientException': silences,
  // Functions that hang or live on take the places of the next.
  'Lambda.TooManyRequestsException': ['refused-invocation', 'hung-handler', 'zombie-handler'],
  'Lambda.Unknown': deaths,
  // A function may also wait for calls until its time is up.
  'Sandbox.Timedout': ['hung-handler', 'lost-reply', ...outages],
  // A page that comes again and again is a listing that does not end.
  InvalidAnswerError: ['repeated-page'],
  // What a lost or a living function has written stands against the next one.
  ContendedError: ['hung-handler', 'lost-reply', ...deaths, ...silences, ...outages],
};

/** By these a function of ours fails, or a call that it makes. All others strike nodes, commands, events and executions. */
const failing = new Set(Object.values(causes).flat());
/** By these a state fails though its function does not, or finds no policy any more. */
const cutting: readonly FaultName[] = ['failed-batch', 'stopped-run', 'timed-out-run', 'redeployed'];
/** The ends of a run that did not do its work. */
const badEnds: ReadonlySet<string> = new Set(['RunHalted', 'RunFailed']);

type Struck = Pick<Played, 'isInterferedWith' | 'strikes'>;

/** Whether one of these faults struck. */
function struck({ strikes }: Pick<Struck, 'strikes'>, faults: Iterable<FaultName>): boolean {
  return [...faults].some((fault) => (strikes[fault] ?? 0) > 0);
}

/** Whether an error, `Name` or `Name: message`, comes from a fault that struck: no other excuses anything. */
export function isByFault(run: Struck, error: string): boolean {
  const [name = ''] = error.split(': ');
  return run.isInterferedWith || struck(run, causes[name] ?? []);
}

/** Whether a fault struck for which functions may have failed. */
export function mayHaveFailed(run: Struck): boolean {
  return run.isInterferedWith || struck(run, failing);
}

/** Where no fault made it fail, no state, no event of a run's end and no release of locks does. */
export function nothingFailsByItself(played: Played): string[] {
  const { events, secondEvents, told, unreleased } = played;
  const isExcused = mayHaveFailed(played) || struck(played, cutting);
  const failed = [...events, ...secondEvents].flatMap((event) =>
    event.type === 'StateFailed' && !isExcused && !badEnds.has(event.stateName) ? [event.stateName] : [],
  );
  const mistaken = (errors: readonly string[]) => errors.filter((error) => !isByFault(played, error));
  return [
    ...failed.map((stateName) => `${stateName} failed, and no fault made it`),
    ...mistaken(told?.failures ?? []).map((error) => `close-run failed with ${error}, and no fault made it`),
    ...mistaken([...unreleased.values()].flat()).map(
      (error) => `locks stayed for ${error}, and no fault made it`,
    ),
  ];
}
