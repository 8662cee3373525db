/** Everything that the functions log: a stable code to search for, and a sentence for people. */
export const logMessages = {
  FP_INVOCATION_FAILED: 'The function failed; the state machine decides what follows.',
  FP_TARGETS_RESOLVED: 'The nodes of the policy were found and dealt to waves and batches.',
  FP_NODES_LOCKED: 'The nodes of a run were locked for it; those of other runs are left out.',
  FP_LOCKS_RELEASED:
    'The nodes of a run that is over were given back, less those that may still be worked on.',
  FP_LOCKS_NOT_RELEASED: 'The nodes of a run that is over stay locked until their locks expire.',
  FP_COMMANDS_SENT: 'Commands were sent, or found to have been sent already.',
  FP_NODE_REFUSED: 'SSM does not accept a node, or a command as such; others were sent to.',
  FP_COMMAND_PUT_OFF: 'A command was put off to the next turn: its function had no time left for it.',
  FP_COMMAND_TOO_LATE: 'A command was held back until it was too late for it, and was not sent.',
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
  FP_SCOPES_LISTED: 'The policies and their scopes were listed for the clock.',
  FP_LEDGER_UPDATED: 'The clock of missing patches was brought up to date for a policy in a scope.',
  FP_SCOPE_NOT_SEEN:
    'Nobody has looked at the nodes of a policy in an account and Region for hours, or ever.',
  FP_SLA_REPORTED: 'The report of the clock was written, and what was due was told.',
  FP_SLA_NOT_TOLD:
    'A message about the clock could not be published, or not be noted as told; it is tried again.',
  FP_CHAT_NOT_TOLD: 'A message went out by mail, and the chat topic did not take it.',
  FP_ALERT_PUBLISHED: 'A message was published.',
  FP_FINDINGS_READ: 'Events about findings were read, and judged by what is known of their nodes.',
  FP_FINDINGS_BURIED: 'Events that cannot be understood went to the dead letters, with their reasons.',
  FP_FINDINGS_NOT_TOLD: 'A message about findings could not be published; its events come again.',
  FP_HELD_FINDINGS_TOLD: 'The findings that were held were judged anew, and what is news was told.',
  FP_FINDINGS_BUSY:
    'The findings of a node could not be claimed, or what was told not be noted; its events come again.',
  FP_FINDINGS_NOT_MARKED: 'Findings could not be marked in Security Hub.',
  FP_FINDINGS_RESOLVED: 'The findings of nodes that a scan showed compliant were resolved.',
  FP_POLICY_UNKNOWN: 'The policy of nodes could not be looked up; their findings are told as of no policy.',
} as const;

export type LogCode = keyof typeof logMessages;

/** Logs one registered message. Details hold counts and ids, never output of servers. */
export type Log = (code: LogCode, details?: Readonly<Record<string, unknown>>) => void;
