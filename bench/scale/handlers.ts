import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { functions } from '../../infra/functions.ts';
import { bucketName } from '../../local/names.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { ScaleRun } from './play.ts';
import { letTimePass, type Replayed, replay } from './replay.ts';

export interface HandlerMeasured extends Replayed {
  /**
   * Of the longest invocation: simulated seconds of calls and pauses, and the processor's of the heaviest one, as long
   * as they take with the share of a processor that comes with the function's memory.
   */
  readonly maxSeconds: number;
}

/** So much memory comes with a whole processor. Source: Lambda developer guide, "Configure Lambda function memory". */
const megabytesOfProcessor = 1769;

/** Calls each function once more with the heaviest that it was given, in a process of its own, and measures that. */
export async function measureHandlers(
  run: ScaleRun,
  policies: PolicyFile,
): Promise<Readonly<Record<string, HandlerMeasured>>> {
  const { aws, clock, capture, rehearsal } = run;
  const endpoint = await aws.listen();
  const stop = letTimePass(clock);
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
  });
  const measured: Record<string, HandlerMeasured> = {};
  try {
    for (const [role, kept] of capture.kept) {
      // The run is over by now: its bucket has to be as it was, or the function would find that all is done.
      for (const Key of aws.s3.keys(bucketName).filter((key) => key.startsWith(kept.prefix))) {
        await s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key }));
      }
      for (const [Key, Body] of kept.objects) {
        await s3.send(new PutObjectCommand({ Bucket: bucketName, Key, Body }));
      }
      const replayed = await replay(kept, { endpoint, clock, policies });
      const memory = functions.find(({ name }) => name === kept.functionName)?.memoryMegabytes ?? 0;
      const share = Math.min(1, memory / megabytesOfProcessor);
      const simulated = (rehearsal.lambda[kept.functionName]?.longestMilliseconds ?? 0) / 1000;
      measured[role] = { ...replayed, maxSeconds: simulated + replayed.cpuSeconds / share };
    }
    return measured;
  } finally {
    stop();
    s3.destroy();
    await aws.close();
  }
}
