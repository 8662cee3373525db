import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { type HeldFindings, makeHeldFindings } from '../../../shared/aws/held-findings.ts';
import type { HeldFinding } from '../../../shared/domain/findings/held.ts';
import { parseEvent } from '../../../shared/domain/findings/parse.ts';
import { closeServices, startServices } from '../../local/aws/services-under-test.ts';
import { importedEvent, inspectorFinding, patchFinding, readAt } from '../../support/finding-events.ts';
import { MemoryHeldFindings } from '../../support/memory-findings.ts';
import { leadTo } from './aws-endpoint.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeServices();
});

const home = { accountId: '111122223333', region: 'us-east-1' };
const table = 'fleet-patcher-ledger';

async function startTable(options: Parameters<typeof startServices>[0] = {}) {
  const { aws, url, clock } = await startServices({
    tables: [{ name: table, partitionKey: 'place', sortKey: 'item' }],
    ...options,
  });
  leadTo(url);
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const client = makeDynamoClient(() => undefined);
  const retry = { sleep: async () => undefined, random: () => 0.5 };
  return { aws, held: makeHeldFindings(table, client, { home, retry }) };
}

function heldOf(finding: unknown, policy: string | null = 'prd-web'): HeldFinding[] {
  const { findings } = parseEvent(JSON.stringify(importedEvent(finding)), readAt);
  return findings.map((each) => ({ finding: each, policy }));
}

const patch = heldOf(patchFinding());
const vulnerability = heldOf(inspectorFinding(), null);
const elsewhere = heldOf(patchFinding({ accountId: '444455556666', region: 'eu-west-1' }));

// What tests of handlers use in its place has to do as the table does.
describe.each<[string, () => Promise<HeldFindings>]>([
  ['the table', async () => (await startTable()).held],
  ['what stands in for it', async () => new MemoryHeldFindings()],
])('%s', (_what, start) => {
  const contentOf = async (held: HeldFindings) =>
    (await held.all()).map(({ finding, policy }) => ({ finding, policy }));

  test('holds findings of both products and of any account, as they were', async () => {
    const held = await start();

    await held.hold([...patch, ...vulnerability, ...elsewhere]);

    const content = await contentOf(held);
    expect(content).toHaveLength(3);
    expect(content).toEqual(expect.arrayContaining([...patch, ...vulnerability, ...elsewhere]));
  });

  test('holds the same finding once, in one call or two, and each version of one that changes', async () => {
    const held = await start();
    const changed = heldOf(inspectorFinding({ UpdatedAt: '2026-11-22T03:12:00.000Z' }), null);

    await held.hold([...patch, ...patch, ...vulnerability]);
    await held.hold([...patch, ...changed]);

    expect(await held.all()).toHaveLength(3);
  });

  test('drops what is dealt with, and nothing else', async () => {
    const held = await start();
    await held.hold([...patch, ...vulnerability]);
    const ids = (await held.all()).filter(({ finding }) => finding.kind === 'patch').map(({ id }) => id);

    await held.drop([...ids, ...ids]);

    expect(await contentOf(held)).toEqual(vulnerability);
  });
});

test('[F36] what the table leaves unwritten is written again, all in our own place', async () => {
  const { aws, held } = await startTable({ faults: { 'unprocessed-items': 0.5 } });
  const many = Array.from({ length: 60 }, (_, index) =>
    heldOf(patchFinding({ nodeId: `i-0123456789abc${index.toString(16).padStart(4, '0')}` })),
  ).flat();

  await held.hold(many);

  const items = await aws.dynamodb.items(table);
  expect(items).toHaveLength(60);
  expect(new Set(items.map(({ place }) => place))).toEqual(new Set(['111122223333/us-east-1']));
  expect(items.every((item) => String(item['item']).startsWith('held#111122223333/us-east-1/i-'))).toBe(true);
  expect(items.some((item) => 'expiresAt' in item)).toBe(false);
});
