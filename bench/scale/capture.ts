import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { bucketName } from '../../local/names.ts';

/** An invocation that was kept: its payload, and the states of batches that it read, as they were then. */
export interface KeptInvocation {
  readonly functionName: string;
  readonly payload: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Bytes of all that it was given. */
  readonly weight: number;
}

/** What a function was asked for: those that serve several states are measured in each. */
interface Asked {
  readonly role: string;
  readonly objects: ReadonlyMap<string, Buffer>;
}

/** Keeps the heaviest invocation of each function and state that a run made. */
export class Capture {
  readonly kept = new Map<string, KeptInvocation>();
  private aws: EmbeddedAws | undefined;

  watch(aws: EmbeddedAws): void {
    this.aws = aws;
  }

  readonly onInvoke = (functionName: string, payload: string): void => {
    const { role, objects } = this.asked(functionName, payload);
    const bytes = [...objects.values()].reduce((sum, body) => sum + body.length, 0);
    const weight = payload.length + bytes;
    if (weight < (this.kept.get(role)?.weight ?? 0)) return;
    this.kept.set(role, { functionName, payload, objects, weight });
  };

  private asked(functionName: string, payload: string): Asked {
    if (functionName !== 'evaluate-result' && functionName !== 'notify') {
      return { role: functionName, objects: new Map() };
    }
    const { kind, runId, batchId, turn, wave } = JSON.parse(payload);
    if (kind === 'wave') {
      return { role: 'evaluate-result (wave)', objects: this.statesOf(runId, `/w${wave.waveIndex + 1}-`) };
    }
    if (kind === 'run-ended') return { role: 'notify (run ended)', objects: this.states('') };
    if (functionName === 'notify') return { role: 'notify (urgent)', objects: new Map() };
    const place = turn % 2 === 0 ? 'even' : 'odd';
    return { role: 'evaluate-result (batch)', objects: this.statesOf(runId, `/${batchId}/${place}.json`) };
  }

  private statesOf(runId: string, part: string): ReadonlyMap<string, Buffer> {
    return this.states(`runs/${runId}/batches${part}`);
  }

  private states(prefix: string): ReadonlyMap<string, Buffer> {
    const { aws } = this;
    if (!aws) return new Map();
    const keys = aws.s3.keys(bucketName).filter((key) => key.startsWith(prefix) && key.includes('/batches/'));
    return new Map(keys.map((key) => [key, aws.s3.object(bucketName, key)]));
  }
}
