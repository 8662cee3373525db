/** Everything that the functions log: a stable code to search for, and a sentence for people. */
export const logMessages = {
  FP_INVOCATION_FAILED: 'The function failed; the state machine decides what follows.',
  FP_TARGETS_RESOLVED: 'The nodes of the policy were found and dealt to waves and batches.',
  FP_COMMANDS_SENT: 'Commands were sent, or found to have been sent already.',
  FP_NODE_REFUSED: 'SSM does not accept a node, or a command as such; others were sent to.',
  FP_CANCEL_FAILED: 'A command could not be found or cancelled; nothing else depends on it.',
  FP_COMMAND_ADOPTED: 'A command was found that an earlier attempt had sent.',
  FP_FLEET_POLLED: 'Commands were looked at, and what moved was read.',
  FP_BATCH_DECIDED: 'The next action of a batch was decided.',
  FP_WAVE_DECIDED: 'What follows a wave was decided.',
  FP_RUN_CLOSED: 'The account of a run was closed and written.',
  FP_RUN_ALREADY_CLOSED: 'The run was closed and told of before; nothing was left to do.',
  FP_COMMANDS_STOPPED: 'Commands of a run that is over were cancelled.',
  FP_WINDOW_WITHOUT_RUN: 'An install window passed without a run of its policy, or is disabled.',
  FP_WINDOWS_CHECKED: 'The install windows were looked at.',
  FP_ALERT_PUBLISHED: 'A message was published.',
} as const;

export type LogCode = keyof typeof logMessages;

/** Logs one registered message. Details hold counts and ids, never output of servers. */
export type Log = (code: LogCode, details?: Readonly<Record<string, unknown>>) => void;
