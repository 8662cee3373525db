import type { Store } from '../../shared/aws/store.ts';
import type { TopicMessage } from '../../shared/aws/topic.ts';
import { digestOf } from '../../shared/domain/run-id.ts';
import type { Config } from '../../shared/lambda/config.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import type { LogCode } from '../../shared/lambda/log-messages.ts';

/** What a function is configured with in tests. The policies are named by each test that reads them. */
export const config: Config = {
  bucket: 'fleet-patcher-local',
  alertsTopicArn: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-alerts',
  reportsTopicArn: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-reports',
  chatTopicArn: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-chat',
  patchFleetArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:fleet-patcher-patch-fleet',
  ledgerTable: 'fleet-patcher-ledger',
  idempotencyTable: 'fleet-patcher-idempotency',
  findingsDeadLetterQueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/fleet-patcher-findings-dead',
  hookDocumentName: 'fleet-patcher-hooks',
  runbookUrl: 'docs/operations.md',
  installWindowPrefix: 'fleet-patcher-local-install-',
  ssmCallsPerSecond: 1000,
  policyFile: 'fleet.json',
  hasCustomEndpoint: true,
};

/** A bucket in memory: what was put is what is read, as JSON carries it. */
export class MemoryStore implements Store {
  readonly bucket = config.bucket;
  readonly objects = new Map<string, string>();

  async put(key: string, value: unknown): Promise<void> {
    this.objects.set(key, JSON.stringify(value));
  }

  async putText(key: string, text: string | Uint8Array): Promise<void> {
    this.objects.set(key, Buffer.from(text).toString());
  }

  async get(key: string): Promise<unknown> {
    const text = this.objects.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async sizes(prefix: string): Promise<ReadonlyMap<string, number>> {
    const found = [...this.objects].filter(([key]) => key.startsWith(prefix));
    return new Map(found.map(([key, text]) => [key, Buffer.byteLength(text)]));
  }

  async getTagged(key: string): Promise<{ readonly value: unknown; readonly etag: string } | undefined> {
    const text = this.objects.get(key);
    return text === undefined ? undefined : { value: JSON.parse(text), etag: digestOf(text) };
  }

  async putIf(key: string, value: unknown, etag: string | null): Promise<boolean> {
    // In one go: between looking and writing nobody else gets a turn.
    const text = this.objects.get(key);
    if ((text === undefined ? null : digestOf(text)) !== etag) return false;
    this.objects.set(key, JSON.stringify(value));
    return true;
  }
}

/** Remembers the codes of what was logged. */
export function recordingLog() {
  const codes: LogCode[] = [];
  return { codes, log: (code: LogCode) => void codes.push(code) };
}

/** Remembers what was published, or fails as a topic does that is not there. */
export function recordingPublish(options: { readonly failure?: Error } = {}) {
  const messages: (TopicMessage & { readonly topicArn: string })[] = [];
  const publish = async (topicArn: string, message: TopicMessage): Promise<void> => {
    if (options.failure) throw options.failure;
    messages.push({ topicArn, ...message });
  };
  return { messages, publish };
}

/** Dependencies of a handler that must not call Systems Manager: time stands at `now` (ms). */
export function handMadeDependencies(now: number, store: Store = new MemoryStore()): Dependencies {
  return {
    config,
    store,
    log: recordingLog().log,
    now: () => now,
    monotonic: () => now,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    ssmFor: (scope) => {
      throw new Error(`no call to Systems Manager is expected, and ${scope.accountId} was asked for`);
    },
  };
}
