/**
 * The faults that this product throws. Step Functions matches `error.name`, and a minifier renames classes:
 * so every class has a literal `name`. What the state machine does with each stands in its comment, and a test
 * compares these names with the definitions.
 */
abstract class FleetPatcherError extends Error {
  abstract override readonly name: string;
}

/** The request, or the policy that it names, is refused. Never retried: the run ends before a node is touched. */
export class InvalidRequestError extends FleetPatcherError {
  override readonly name = 'InvalidRequestError';
}

/** The policy file cannot be used: every problem is in the message. Never retried. */
export class InvalidPolicyError extends FleetPatcherError {
  override readonly name = 'InvalidPolicyError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${file} is refused:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}

/** A payload from another state, or an object in S3, has not the agreed shape. Never retried. */
export class InvalidPayloadError extends FleetPatcherError {
  override readonly name = 'InvalidPayloadError';
}

/** Environment variables are missing or malformed; all of them are named. Never retried. */
export class ConfigurationError extends FleetPatcherError {
  override readonly name = 'ConfigurationError';
}

/**
 * The nodes of one account and Region could not be looked up. Retried: most of it passes. If it stays, the run ends
 * before a node is touched: a plan without that scope would leave nodes out without a word.
 */
export class ScopeUnavailableError extends FleetPatcherError {
  override readonly name = 'ScopeUnavailableError';
}

/**
 * An answer of AWS's that cannot be: no list where there is to be one, or a listing without an end. Retried: whatever
 * was to be done with it is not begun.
 */
export class InvalidAnswerError extends FleetPatcherError {
  override readonly name = 'InvalidAnswerError';
}

/** Whether SSM took a command could not be found out: retried later, when its listing has caught up. */
export class CommandInDoubtError extends FleetPatcherError {
  override readonly name = 'CommandInDoubtError';
}

/**
 * An object in S3 was changed by others each time, a registry of locks or the plan itself: nothing was written. Retried.
 * Where nodes are given back it is logged, and their locks expire by themselves.
 */
export class ContendedError extends FleetPatcherError {
  override readonly name = 'ContendedError';
}

/** The run was closed while it was still being planned. Its nodes were given back. Never retried. */
export class RunClosedError extends FleetPatcherError {
  override readonly name = 'RunClosedError';
}

/** The stored state of a batch is not that of the expected turn. Ends the batch: two writers would be worse. */
export class BatchOutOfStepError extends FleetPatcherError {
  override readonly name = 'BatchOutOfStepError';
}

/**
 * Security Hub is not enabled in our account and Region, or did not take what we say of findings. Retried by
 * watch-sla; logged by notify-finding, whose events come again.
 */
export class SecurityHubUnavailableError extends FleetPatcherError {
  override readonly name = 'SecurityHubUnavailableError';
}
