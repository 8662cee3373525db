import * as z from 'zod';
import { runRecordSchema } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import type { EmbeddedAws } from '../aws/embedded-aws.ts';
import type { PublishedMessage } from '../aws/sns/sns.ts';
import type { Clock } from '../clock.ts';
import { bucketName } from '../names.ts';
import type { AccountOptions } from './account.ts';
import { counted, type TimelineEntry, type TimelineKind } from './timeline.ts';

export interface ObserverOptions {
  readonly clock: Clock;
  readonly onEntry: (entry: TimelineEntry) => void;
}

/** One look of update-ledger at a policy's nodes. */
export interface LifeLook {
  readonly policy: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What a scan found. */
export interface ScanFigures {
  readonly nodes: number;
  readonly reported: number;
  readonly lacking: number;
  readonly patches: number;
}

const lookedSchema = z.object({ opened: z.number(), closed: z.number() });
const notifiedSchema = z.object({
  nodesTold: z.number(),
  nodesHeld: z.number(),
  batchItemFailures: z.array(z.unknown()),
});
const reportedSchema = z.object({ nodesTold: z.number() });
const lookInput = z.object({ policy: z.string() });
const recordsSchema = z.object({ Records: z.array(z.unknown()) });

/** Watches the life from outside, and writes its timeline: one line for what is worth one. */
export class Observer {
  readonly looks: LifeLook[] = [];
  readonly logs: string[] = [];
  readonly handlers: Pick<AccountOptions, 'onAnswer' | 'onFailure' | 'onLog' | 'onCall'>;
  private readonly options: ObserverOptions;
  private readonly entries: TimelineEntry[] = [];
  private readonly lastScans = new Map<string, string>();
  private readonly lookStarts = new Map<string, number>();
  private changes = { opened: 0, closed: 0 };

  constructor(options: ObserverOptions) {
    this.options = options;
    this.handlers = {
      onCall: (functionName, payload) => this.called(functionName, payload),
      onAnswer: (functionName, payload, answer) => this.answered(functionName, payload, answer),
      onFailure: (functionName, error) =>
        this.note('trouble', `${functionName} failed: ${error instanceof Error ? error.name : 'unknown'}`),
      onLog: (functionName, line) => this.logs.push(`${functionName} ${line}`),
    };
  }

  note(kind: TimelineKind, text: string): void {
    const entry = { at: this.options.clock.now(), kind, text };
    this.entries.push(entry);
    this.options.onEntry(entry);
  }

  /** A scan that found what the one before it found is not worth a line. */
  scanned(policy: string, { nodes, reported, lacking, patches }: ScanFigures): void {
    const missing = `${lacking} lack ${counted(patches, 'patch', 'patches')}`;
    const text = `${policy}: ${reported} of ${nodes} nodes scanned, ${missing}`;
    if (this.lastScans.get(policy) === text) return;
    this.lastScans.set(policy, text);
    this.note('scan', text);
  }

  ran(
    policy: string,
    run: { readonly name: string; readonly status: string; readonly aws: EmbeddedAws },
  ): void {
    const key = keys.record(runIdOf(run.name));
    const isStored = run.aws.s3.keys(bucketName).includes(key);
    if (!isStored) {
      this.note('trouble', `${policy}: run ${run.name} ended ${run.status} and left no record`);
      return;
    }
    const record = runRecordSchema.parse(JSON.parse(run.aws.s3.object(bucketName, key).toString('utf8')));
    const outcomes = Object.entries(record.outcomes)
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${outcome}`);
    this.note('run', `${policy}: the run ended ${record.status}: ${outcomes.join(', ')}`);
  }

  /** A look of the clock's state machine; what it changed gets a line when it ends. */
  lookBegins(): { end(status: string): void } {
    this.changes = { opened: 0, closed: 0 };
    return {
      end: (status) => {
        const { opened, closed } = this.changes;
        if (status !== 'SUCCEEDED') this.note('trouble', `watch-sla ended ${status}`);
        if (opened + closed > 0) this.note('clock', `${opened} opened, ${closed} closed`);
      },
    };
  }

  /** All that was noted, and every message that was published, by time. */
  timeline(published: readonly PublishedMessage[]): TimelineEntry[] {
    const messages = published.map(({ at, topicArn, subject }): TimelineEntry => {
      const topic = topicArn.slice(topicArn.lastIndexOf(':') + 1);
      return { at, kind: 'message', text: `${topic}: ${subject ?? ''}` };
    });
    return [...this.entries, ...messages].toSorted((one, other) => one.at - other.at);
  }

  private called(functionName: string, payload: unknown): void {
    if (functionName !== 'update-ledger') return;
    this.lookStarts.set(lookInput.parse(payload).policy, this.options.clock.now());
  }

  private answered(functionName: string, payload: unknown, answer: unknown): void {
    if (functionName === 'update-ledger') this.looked(lookInput.parse(payload).policy, answer);
    if (functionName === 'report-sla') this.reported(answer);
    if (functionName === 'notify-finding') this.notified(payload, answer);
  }

  private notified(payload: unknown, answer: unknown): void {
    const { nodesTold, nodesHeld, batchItemFailures } = notifiedSchema.parse(answer);
    const events = counted(recordsSchema.parse(payload).Records.length, 'finding', 'findings');
    const told = nodesTold > 0 ? [`${counted(nodesTold, 'node', 'nodes')} to tell of`] : [];
    const held = nodesHeld > 0 ? [`${counted(nodesHeld, 'node', 'nodes')} held for the report`] : [];
    const again = batchItemFailures.length > 0 ? [`${batchItemFailures.length} come again`] : [];
    const facts = [...told, ...held, ...again];
    if (facts.length > 0) this.note('findings', `${events} buffered: ${facts.join(', ')}`);
  }

  private reported(answer: unknown): void {
    const { nodesTold } = reportedSchema.parse(answer);
    if (nodesTold > 0) this.note('findings', `held: ${counted(nodesTold, 'node', 'nodes')} to tell of`);
  }

  private looked(policy: string, answer: unknown): void {
    const { opened, closed } = lookedSchema.parse(answer);
    const endedAt = this.options.clock.now();
    this.looks.push({ policy, startedAt: this.lookStarts.get(policy) ?? endedAt, endedAt });
    this.changes = {
      opened: this.changes.opened + opened,
      closed: this.changes.closed + closed,
    };
  }
}
