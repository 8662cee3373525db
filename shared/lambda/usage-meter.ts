import { noUsage, sumOfUsage, type Usage } from '../domain/usage.ts';
import { InvalidPayloadError } from '../errors.ts';

/** What one function counts of itself. */
export interface UsageMeter {
  /** Begins an invocation. */
  start(event: unknown): void;
  /** Counts one call to AWS, `service:Operation`. */
  readonly count: (operation: string) => void;
  /** Calls of this invocation so far. */
  calls(): number;
  /** Adds this invocation to the usage of its output. */
  addTo(usage: Usage): Usage;
}

export function makeUsageMeter(): UsageMeter {
  let apiCalls: Record<string, number> = {};
  let payloadBytesMax = 0;
  return {
    start(event) {
      apiCalls = {};
      payloadBytesMax = bytesOf(event);
    },
    count(operation) {
      apiCalls[operation] = (apiCalls[operation] ?? 0) + 1;
    },
    calls: () => Object.values(apiCalls).reduce((sum, each) => sum + each, 0),
    addTo: (usage) => sumOfUsage([usage, { ...noUsage, payloadBytesMax, apiCalls, lambdaInvocations: 1 }]),
  };
}

/** Throws InvalidPayloadError for what cannot be written as JSON again: it is nested too deeply to be anything of ours. */
function bytesOf(event: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(event) ?? '');
  } catch (error) {
    throw new InvalidPayloadError('the input is nested too deeply', { cause: error });
  }
}
