import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateDocumentCommand, DescribeDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { hookDocument } from '../infra/hook-document/hook-document.ts';
import { runRecordSchema } from '../shared/domain/account.ts';
import { digestOf, isWorthTelling } from '../shared/domain/digest.ts';
import { keys } from '../shared/domain/keys.ts';
import type { PolicyFile } from '../shared/domain/policy.ts';
import { runIdOf } from '../shared/domain/run-id.ts';
import { summaryOf } from '../shared/domain/run-summary.ts';
import type { Clock } from './clock.ts';
import { defaultScope } from './fleet/generate.ts';
import { alertsTopic, bucketName, hookDocumentName, reportsTopic, topicArn } from './names.ts';
import type { StartOptions } from './options.ts';
import type { ProgressDisplay } from './progress.ts';
import { measured } from './rehearsal.ts';
import { runPatchFleet } from './run.ts';
import { ScaledClock } from './scaled-clock.ts';
import type { Played, Watching } from './watching.ts';
import { Weather } from './weather.ts';

/** A run whose AWS is somebody else's process. Its clock is the server's, at the speed that the server announces. */
export async function runAtEndpoint(
  options: StartOptions & { readonly endpoint: string },
  policies: PolicyFile,
  watch: (clock: Clock) => Watching & { readonly display: ProgressDisplay },
): Promise<Played> {
  const clock = await clockOf(options.endpoint, options.speed);
  const clients = makeClients(options.endpoint);
  await prepare(clients);
  const { display, ...watching } = watch(clock);
  const { seed, endpoint } = options;
  const weather = new Weather({ rates: options.faults, startsAt: clock.now() });
  const result = await runPatchFleet({ ...watching, clock, seed, endpoint, policies, weather });
  display.end();
  const key = keys.record(runIdOf(watching.name));
  const stored = await clients.s3
    .send(new GetObjectCommand({ Bucket: bucketName, Key: key }))
    .catch(noSuchKey);
  const text = await stored?.Body?.transformToString();
  if (!text) return { record: undefined, messages: [] };
  const record = measured(runRecordSchema.parse(JSON.parse(text)), { ...result, seed });
  const language = policies.policies[record.policy]?.alerts.language ?? 'en';
  const summary = summaryOf(record);
  const digest = digestOf(summary, language, `s3://${bucketName}/${key}`);
  const topic = topicArn(digest.severity === 'info' ? reportsTopic : alertsTopic);
  return {
    record,
    messages: isWorthTelling(summary) ? [{ topic, subject: digest.subject, text: digest.text }] : [],
  };
}

async function clockOf(endpoint: string, speed: number | null): Promise<Clock> {
  const answer = await fetch(endpoint);
  await answer.arrayBuffer();
  const date = Date.parse(answer.headers.get('date') ?? '');
  const announced = Number(answer.headers.get('x-embedded-speed') ?? '1');
  const startsAt = Number.isNaN(date) ? Date.now() : date;
  return new ScaledClock(startsAt, speed ?? announced);
}

interface Clients {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
}

function makeClients(endpoint: string): Clients {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'embedded' };
  const config = { endpoint, region: defaultScope.region, credentials };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
    ssm: new SSMClient(config),
  };
}

/** What the deployed stack would have made: bucket, topics, document. What is there already is left as it is. */
async function prepare({ s3, sns, ssm }: Clients): Promise<void> {
  await s3
    .send(new CreateBucketCommand({ Bucket: bucketName }))
    .catch(allowing(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']));
  for (const Name of [alertsTopic, reportsTopic]) await sns.send(new CreateTopicCommand({ Name }));
  const known = await ssm
    .send(new DescribeDocumentCommand({ Name: hookDocumentName }))
    .catch(allowing(['InvalidDocument']));
  if (known) return;
  await ssm.send(
    new CreateDocumentCommand({
      Name: hookDocumentName,
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: JSON.stringify(hookDocument()),
    }),
  );
}

function allowing(names: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  };
}

const noSuchKey = allowing(['NoSuchKey']);
