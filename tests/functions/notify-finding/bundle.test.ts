import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import * as z from 'zod';
import { startsAt } from '../../local/aws/front-server.ts';
import { closeServices, startServices } from '../../local/aws/services-under-test.ts';
import {
  bundledFunctions,
  closeBundledFunctions,
  environmentFor,
} from '../../shared/lambda/bundled-functions.ts';
import { patchFinding } from '../../support/finding-events.ts';

afterEach(async () => {
  closeBundledFunctions();
  await closeServices();
});

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-findings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const tables = [
  { name: 'fleet-patcher-ledger', partitionKey: 'place', sortKey: 'item' },
  { name: 'fleet-patcher-idempotency', partitionKey: 'id' },
];

const answerSchema = z.looseObject({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
  nodesTold: z.number(),
});
type Answer = z.infer<typeof answerSchema>;

/** Answers after the first, or after so many, that tell of nobody. */
function untold(answers: readonly Answer[], after = 1) {
  return answers.slice(after).map(() => expect.objectContaining({ nodesTold: 0 }));
}

/** The function as it is deployed, in an account with all that it calls. */
async function deployed(options: Parameters<typeof startServices>[0] = {}) {
  const services = await startServices({
    tables,
    queues: [{ name: 'dead-letters' }],
    topics: ['fleet-patcher-alerts', 'fleet-patcher-reports', 'fleet-patcher-chat'],
    securityHub: { isEnabled: true },
    ...options,
  });
  const { aws, clock, url, client } = services;
  const POLICY_FILE = join(directory, 'fleet.json');
  const baselines = [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }];
  writeFileSync(
    POLICY_FILE,
    JSON.stringify({ version: 1, policies: { 'prd-web': { patchGroup: 'prd-web', baselines } } }),
  );
  const lambda = bundledFunctions(clock, {
    ...environmentFor(url),
    FINDINGS_DEAD_LETTER_QUEUE_URL: `${url}/111122223333/dead-letters`,
    POLICY_FILE,
  });
  const records = (bodies: readonly string[]) => ({
    Records: bodies.map((body, index) => ({ messageId: `message-${index}`, body })),
  });
  const invoke = (bodies: readonly string[], killAfterCall?: number) =>
    lambda.invoke('notify-finding', records(bodies), killAfterCall ? { killAfterCall } : {});
  return {
    aws,
    clock,
    /** The findings get into Security Hub, and the events of it to the function. */
    find: async (findings: readonly ReturnType<typeof patchFinding>[]) => {
      const hub = new SecurityHubClient(client);
      await hub.send(new BatchImportFindingsCommand(Object({ Findings: findings })));
      return aws.events.map((event) => JSON.stringify(event));
    },
    invoke,
    /** Until nothing has to come again: the answers. */
    async deliver(bodies: readonly string[]) {
      const answers: Answer[] = [];
      let left = bodies;
      while (left.length > 0) {
        const answer = answerSchema.parse(await invoke(left));
        answers.push(answer);
        left = answer.batchItemFailures.flatMap(
          ({ itemIdentifier }) => left[Number(itemIdentifier.split('-')[1])] ?? [],
        );
      }
      return answers;
    },
    statuses: () => aws.securityHub.findings.map((finding) => finding.Workflow.Status),
  };
}

const ids = Array.from({ length: 60 }, (_, index) => `i-0123456789abc${index.toString(16).padStart(4, '0')}`);
const findings = ids.map((nodeId) => patchFinding({ nodeId, foundAt: startsAt - 600_000 }));

describe('the function as it is deployed', () => {
  test('[F34] [F36] tells findings of Security Hub once, marks them, and is not set off by its own marks', async () => {
    const { aws, find, deliver, statuses } = await deployed({ faults: { 'unprocessed-items': 0.3 } });
    const events = await find(findings);

    const first = await deliver([...events, ...events, 'no event']);
    const later = aws.events.map((event) => JSON.stringify(event));
    const second = await deliver(later);

    expect(first).toMatchObject([
      { nodesTold: 60, usage: { apiCalls: { 'sns:Publish': 1 } } },
      ...untold(first),
    ]);
    expect(second).toEqual(untold(second, 0));
    expect(later.length).toBeGreaterThan(events.length);
    expect(aws.published).toHaveLength(1);
    expect(new Set(statuses())).toEqual(new Set(['NOTIFIED']));
    expect(aws.securityHub.findings[0]).toMatchObject({ Note: { UpdatedBy: 'fleet-patcher' } });
    expect(aws.queue('dead-letters').messages()).toMatchObject([{ body: 'no event' }]);
  });

  test('that dies after it has claimed tells when the events come again, and not while the claims stand', async () => {
    const { aws, clock, find, invoke } = await deployed();
    const events = await find(findings.slice(0, 2));
    const died = invoke(events, 5);
    await expect(died).rejects.toMatchObject({ name: 'Lambda.Unknown' });

    const early = await invoke(events);
    await clock.sleep(2_100_000);
    const late = await invoke(events);

    expect(early).toMatchObject({ nodesTold: 0, batchItemFailures: [{}, {}] });
    expect(late).toMatchObject({ nodesTold: 2, batchItemFailures: [] });
    expect(aws.published).toHaveLength(1);
  });

  test('tells people also where Security Hub is not enabled, and lets the events come again', async () => {
    const { aws, invoke } = await deployed({ securityHub: { isEnabled: false } });
    const event = {
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      region: 'us-east-1',
    };

    const answer = await invoke([JSON.stringify({ ...event, detail: { findings: findings.slice(0, 1) } })]);

    expect(answer).toMatchObject({ nodesTold: 1, batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(aws.published).toHaveLength(1);
  });
});
