/** How one hook directory of a node behaves when it is run. Seconds of execution. */
export interface HookFate {
  readonly kind: 'absent' | 'succeeds' | 'fails' | 'hangs';
  readonly seconds: number;
}

/** Patches that come out while the fleet lives: epoch milliseconds, and how many a node's baseline then asks for. */
export interface Release {
  readonly at: number;
  readonly patches: number;
}

/**
 * What will happen to a node, decided by its seed before the run: never looked at by the product,
 * only played out by the embedded agent.
 */
export interface Fate {
  /** Seconds of one Scan. */
  readonly scanSeconds: number;
  /** Seconds of one Install, the reboot not counted. */
  readonly installSeconds: number;
  /** `falseFailure`: everything is installed, yet the command says Failed. `hangs`: until the step's timeout. */
  readonly install: 'succeeds' | 'fails' | 'hangs' | 'falseFailure';
  /** Of `missingPatches`, how many never install, whatever the command says: always the same, the last ones. */
  readonly stubbornPatches: number;
  readonly missingPatches: number;
  readonly installedPatches: number;
  /** In the order of their time; the patch operations that start from then on meet them. */
  readonly releases?: readonly Release[];
  readonly rebootSeconds: number;
  /** False: the node never comes back from its reboot. */
  readonly returnsFromReboot: boolean;
  readonly preHook: HookFate;
  readonly postHook: HookFate;
  /**
   * `online`; `offline`: the agent was already away before the run (ConnectionLost in every listing);
   * `dropsOut`: Online in the listing, but the agent no longer answers when a command comes.
   */
  readonly agent: 'online' | 'offline' | 'dropsOut';
}

/** A server as the embedded account holds it. */
export interface FleetNode {
  /** `i-` and 17 hex digits for EC2, `mi-` and 17 hex digits for a hybrid node. */
  readonly nodeId: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: 'EC2Instance' | 'ManagedInstance';
  readonly platformType: 'Linux' | 'Windows' | 'MacOS';
  readonly platformName: string;
  readonly platformVersion: string;
  readonly agentVersion: string;
  readonly computerName: string;
  readonly ipAddress: string;
  readonly tags: Readonly<Record<string, string>>;
  /** EC2's instance state; a hybrid node is always `running`. */
  readonly instanceState: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  /** False: Systems Manager has never heard of it (no agent, no role). */
  readonly isManaged: boolean;
  readonly fate: Fate;
}
