/** A name that StartExecution refuses: `InvalidName`, or `ExecutionAlreadyExists` for one that was used. */
export class StartExecutionError extends Error {
  override readonly name: 'InvalidName' | 'ExecutionAlreadyExists';

  constructor(name: 'InvalidName' | 'ExecutionAlreadyExists', message: string) {
    super(message);
    this.name = name;
  }
}

const forbidden = /[\s?*<>{}[\]"#%\\^|~$&,;:/`\p{Cc}]/u;

/** Names that were used, one instance for each embedded account. AWS remembers them for 90 days. */
export class ExecutionNames {
  private readonly used = new Set<string>();

  /** Source: API_StartExecution, `name`. Throws a StartExecutionError. */
  take(stateMachineName: string, name: string): void {
    const bad = forbidden.exec(name)?.[0];
    if (bad !== undefined) {
      throw new StartExecutionError(
        'InvalidName',
        `execution name ${JSON.stringify(name)} has ${JSON.stringify(bad)} in it`,
      );
    }
    if (name.length < 1 || name.length > 80) {
      throw new StartExecutionError(
        'InvalidName',
        `execution name has ${name.length} characters, allowed are 1 to 80`,
      );
    }
    const key = `${stateMachineName}:${name}`;
    if (this.used.has(key)) {
      throw new StartExecutionError(
        'ExecutionAlreadyExists',
        `an execution of ${stateMachineName} named ${name} exists`,
      );
    }
    this.used.add(key);
  }
}
