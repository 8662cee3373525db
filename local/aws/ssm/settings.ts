/** What AWS does not publish, or leaves to chance: seconds unless said otherwise, `[from, to]` drawn per id. */
export interface SsmSettings {
  /** From the send until listings and GetCommandInvocation know of the command. */
  readonly visibilityLagSeconds: readonly [number, number];
  /** From the send, or from the agent's return, until the agent has the command. */
  readonly deliverySeconds: readonly [number, number];
  /** From the first failed delivery until the invocation says Delayed. */
  readonly delayedAfterSeconds: number;
  /** When an invocation that no agent ever took ends as DeliveryTimedOut. */
  readonly undelivered: 'deliveryTimeout' | 'totalTimeout';
}

/** Believable values for each; a test overrides the one that it is about. */
export const defaultSettings: SsmSettings = {
  visibilityLagSeconds: [0.3, 3],
  deliverySeconds: [0.5, 4],
  delayedAfterSeconds: 60,
  undelivered: 'deliveryTimeout',
};
