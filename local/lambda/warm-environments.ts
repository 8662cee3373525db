import { VirtualClock } from '../clock.ts';
import type { Environment, EnvironmentOptions, Host } from './environment.ts';

/** Of whoever is kept: the run that it comes from must not be kept with it. */
const nobody: Host = { clock: new VirtualClock(0), seed: '', onLog: () => undefined };

/**
 * Execution environments that outlive their service, for the next one of this process: to make one takes longer than
 * all that most are asked for in a run. Only those are kept that nothing has gone wrong in, so that a run is the same
 * in kept environments as in fresh ones; and none that has a session of another account's role, which only its own run knows.
 */
export class WarmEnvironments {
  private readonly kept = new Map<string, Environment[]>();

  /** One of this configuration, whose time, chance and log are the given ones from now on. */
  take(options: EnvironmentOptions): Environment | undefined {
    const environment = this.kept.get(keyOf(options))?.pop();
    environment?.adopt(options);
    return environment;
  }

  /** Keeps it, if it is as good as a fresh one, or closes it. */
  keep(environment: Environment): void {
    if (!environment.isUnspoilt) {
      environment.close();
      return;
    }
    environment.adopt(nobody);
    const key = keyOf(environment.options);
    this.kept.set(key, [...(this.kept.get(key) ?? []), environment]);
  }
}

function keyOf(options: Environment['options']): string {
  const { accountId, environment, file, functionName, memoryMegabytes, region } = options;
  return JSON.stringify([file, functionName, accountId, region, memoryMegabytes, environment]);
}
