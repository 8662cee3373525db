import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { bucketName } from '../../local/names.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';

/** An invocation that was kept: its payload, and all that lay in the bucket of its run then. */
export interface KeptInvocation {
  readonly functionName: string;
  readonly payload: string;
  /** Where the run's objects lie. */
  readonly prefix: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Bytes of all that it was given. */
  readonly weight: number;
}

/** What a function was asked for: those that serve several states are measured in each. */
interface Asked {
  readonly role: string;
  /** Where the states of batches lie that it reads; undefined for none. */
  readonly reads?: string;
}

/** Keeps the heaviest invocation of each function and state that a run made. */
export class Capture {
  readonly kept = new Map<string, KeptInvocation>();
  private aws: EmbeddedAws | undefined;

  watch(aws: EmbeddedAws): void {
    this.aws = aws;
  }

  readonly onInvoke = (functionName: string, payload: string): void => {
    const given = JSON.parse(payload);
    const prefix = `runs/${given.runId ?? runIdOf(given.execution.name)}/`;
    const { role, reads } = asked(functionName, given);
    const read = reads === undefined ? [] : [...this.objects(`${prefix}batches/${reads}`).values()];
    const weight = read.reduce((sum, body) => sum + body.length, payload.length);
    if (weight < (this.kept.get(role)?.weight ?? 0)) return;
    this.kept.set(role, { functionName, payload, prefix, objects: this.objects(prefix), weight });
  };

  private objects(prefix: string): ReadonlyMap<string, Buffer> {
    const { aws } = this;
    if (!aws) return new Map();
    const keys = aws.s3.keys(bucketName).filter((key) => key.startsWith(prefix));
    return new Map(keys.map((key) => [key, aws.s3.object(bucketName, key)]));
  }
}

function asked(
  functionName: string,
  {
    kind,
    batchId,
    turn,
    wave,
  }: { kind?: string; batchId: string; turn: number; wave: { waveIndex: number } },
): Asked {
  if (functionName !== 'evaluate-result' && functionName !== 'notify') return { role: functionName };
  if (kind === 'wave') return { role: 'evaluate-result (wave)', reads: `w${wave.waveIndex + 1}-` };
  if (kind === 'run-ended') return { role: 'notify (run ended)', reads: '' };
  if (functionName === 'notify') return { role: 'notify (urgent)' };
  return { role: 'evaluate-result (batch)', reads: `${batchId}/${turn % 2 === 0 ? 'even' : 'odd'}.json` };
}
