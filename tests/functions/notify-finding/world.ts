import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NotifyingDependencies, run } from '../../../functions/notify-finding/handler.ts';
import { type HeldDependencies, tellHeld } from '../../../functions/report-sla/tell-held.ts';
import type { QueueMessage } from '../../../shared/aws/queue.ts';
import type { TopicMessage } from '../../../shared/aws/topic.ts';
import type { NodeSummary } from '../../../shared/domain/ledger/ledger.ts';
import type { LogCode } from '../../../shared/lambda/log-messages.ts';
import { deployedPolicies } from '../../../shared/lambda/policies.ts';
import { readAt } from '../../support/finding-events.ts';
import { config, handMadeDependencies } from '../../support/handler-dependencies.ts';
import {
  MemoryClaims,
  MemoryHeldFindings,
  MemorySecurityHub,
  MemoryTellingTurns,
  MemoryTroubles,
} from '../../support/memory-findings.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-findings-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Json = Readonly<Record<string, unknown>>;

/** Two policies that differ in their patch groups, and in what is said of them. */
function writePolicies(policies: Readonly<Record<string, Json>>): string {
  const baselines = [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }];
  const install = {
    schedule: 'cron(0 13 ? * WED *)',
    timeZone: 'Asia/Tokyo',
    durationHours: 4,
    cutoffHours: 1,
  };
  const file = join(mkdtempSync(join(directory, 'policies-')), 'fleet.json');
  const whole = Object.entries(policies).map(([name, rest]) => [
    name,
    { patchGroup: name, baselines, install, ...rest },
  ]);
  writeFileSync(file, JSON.stringify({ version: 1, policies: Object.fromEntries(whole) }));
  return file;
}

/** The function and all that it works with, in memory; it can die at any call to the world outside. */
export class World {
  readonly messages: (TopicMessage & { readonly topicArn: string })[] = [];
  readonly buried: QueueMessage[] = [];
  readonly logged: (readonly [LogCode, unknown])[] = [];
  readonly troubles = new MemoryTroubles();
  readonly claims = new MemoryClaims(() => this.now);
  readonly hub = new MemorySecurityHub();
  readonly held = new MemoryHeldFindings();
  readonly turns = new MemoryTellingTurns();
  readonly summaries = new Map<string, NodeSummary>();
  /** Operations that fail from now on. */
  readonly failing = new Set<string>();
  /** Calls to the world outside, in their order. */
  readonly calls: string[] = [];
  /** Messages that SQS still has. */
  queue: { readonly messageId: string; readonly body: string }[] = [];
  now = readAt;
  /** How long the queue waits between two deliveries: by itself until nobody is to be left in peace any more. */
  waitMinutes = 70;
  /** What others do while this one publishes. */
  beforePublish: () => Promise<void> = async () => undefined;
  private diesAfterCall = Number.POSITIVE_INFINITY;
  private diesBefore: string | null = null;
  private sent = 0;
  private readonly policyFile: string;

  constructor(policies: Readonly<Record<string, Json>> = { 'prd-web': {} }) {
    this.policyFile = writePolicies(policies);
  }

  /** Puts events into the queue: strings as they are, everything else as JSON. Answers with their message ids. */
  send(...events: readonly unknown[]): string[] {
    const records = events.map((event) => {
      this.sent += 1;
      const body = typeof event === 'string' ? event : JSON.stringify(event);
      return { messageId: `message-${this.sent}`, body };
    });
    this.queue.push(...records);
    return records.map(({ messageId }) => messageId);
  }

  /** The nodes belong to this policy, as the clock knows it. */
  knows(policy: string, nodeIds: readonly string[], operation: NodeSummary['operation'] = null): void {
    for (const nodeId of nodeIds) {
      this.summaries.set(nodeId, {
        nodeId,
        policy,
        platformType: 'Linux',
        standing: 'ready',
        lastListedAt: readAt,
        operation,
        lastScanAt: null,
        lastInstalledAt: null,
      });
    }
  }

  /** Hands the whole queue over; what is not named as a failure is deleted. Answers with the messages that stay. */
  async deliver(): Promise<string[]> {
    const answer = await run({ Records: this.queue }, this.dependencies());
    const failures = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    this.queue = this.queue.filter(({ messageId }) => failures.has(messageId));
    this.wait();
    return [...failures].toSorted();
  }

  /** Hands the queue over to a function that dies after so many calls: nothing that it does later has any effect. */
  async deliverAndDie(afterCall: number): Promise<void> {
    this.calls.length = 0;
    this.diesAfterCall = afterCall;
    await run({ Records: this.queue }, this.dependencies()).catch(() => undefined);
    this.diesAfterCall = Number.POSITIVE_INFINITY;
    this.wait();
  }

  /** The queue shows again what was not deleted, long after a claim of the dead has been given up. */
  private wait(): void {
    this.now += this.waitMinutes * 60_000;
  }

  /** The same with a function, or a report, that dies when it is about to do this for the first time. */
  async dyingBefore(name: string | null, work: () => Promise<unknown>): Promise<void> {
    this.diesBefore = name;
    await work().catch(() => undefined);
    this.diesBefore = null;
    this.diesAfterCall = Number.POSITIVE_INFINITY;
  }

  /** What the hourly report does with what is held; it takes no time. */
  async report(): Promise<number> {
    const { policies } = await deployedPolicies({ policyFile: this.policyFile });
    return tellHeld(policies, this.dependencies());
  }

  private async outside<Result>(name: string, effect: () => Promise<Result>): Promise<Result> {
    this.calls.push(name);
    if (name === this.diesBefore) this.diesAfterCall = Math.min(this.diesAfterCall, this.calls.length - 1);
    if (this.calls.length > this.diesAfterCall) throw new Error(`dead before ${name}`);
    if (this.failing.has(name)) throw new Error(`${name} fails`);
    return effect();
  }

  dependencies(): NotifyingDependencies & HeldDependencies {
    const { troubles, claims, hub, held, turns } = this;
    return {
      ...handMadeDependencies(this.now),
      now: () => this.now,
      config: { ...config, policyFile: this.policyFile },
      log: (code, details) => void this.logged.push([code, details]),
      publish: (topicArn, message) =>
        this.outside('publish', async () => {
          await this.beforePublish();
          this.messages.push({ topicArn, ...message });
        }),
      ledger: {
        nodesById: (_place, nodeIds) =>
          this.outside('nodesById', async () => {
            const known = nodeIds.flatMap((nodeId) => this.summaries.get(nodeId) ?? []);
            return new Map(known.map((summary) => [summary.nodeId, summary]));
          }),
      },
      troubles: {
        byNode: (place, nodeIds) => this.outside('byNode', () => troubles.byNode(place, nodeIds)),
        remember: (place, trouble) => this.outside('remember', () => troubles.remember(place, trouble)),
      },
      claims: {
        claim: (key) => this.outside('claim', () => claims.claim(key)),
        finish: (key, result) => this.outside('finish', () => claims.finish(key, result)),
        release: (key) => this.outside('release', () => claims.release(key)),
      },
      securityHub: {
        updateWorkflow: (keys, to) => this.outside('updateWorkflow', () => hub.updateWorkflow(keys, to)),
      },
      heldFindings: {
        hold: (findings) => this.outside('hold', () => held.hold(findings)),
        all: () => this.outside('all', () => held.all()),
        drop: (ids) => this.outside('drop', () => held.drop(ids)),
      },
      turns: {
        take: (policy, at, quiet) => this.outside('take', () => turns.take(policy, at, quiet)),
        giveBack: (policy, at) => this.outside('giveBack', () => turns.giveBack(policy, at)),
      },
      sendMessages: (_url, messages) =>
        this.outside('sendMessages', async () => {
          this.buried.push(...messages);
          return [];
        }),
    };
  }

  /** How many messages name this text. */
  toldOf(text: string): number {
    return this.messages.filter((message) => message.text.includes(text)).length;
  }

  codes(): LogCode[] {
    return this.logged.map(([code]) => code);
  }
}
