import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { closeServices, startServices } from './services-under-test.ts';

afterEach(closeServices);

const pattern = { source: ['aws.securityhub'] };

function finding(n: number): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: `finding-${n}`,
    ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/ssm-patch-manager',
    GeneratorId: 'command',
    AwsAccountId: '111122223333',
    CreatedAt: '2026-11-22T03:10:30.000Z',
    UpdatedAt: '2026-11-22T03:10:30.000Z',
    Title: 'Systems Manager Patch Summary - Managed Instance Non-Compliant',
    Description: 'A summary.',
    Resources: [{ Type: 'AwsEc2Instance', Id: `i-${n}` }],
  };
}

async function start(options: Parameters<typeof startServices>[0] = {}) {
  const started = await startServices({
    queues: [{ name: 'findings' }],
    rules: [{ name: 'findings', pattern, queue: 'findings' }],
    securityHub: { isEnabled: true },
    ...options,
  });
  const hub = new SecurityHubClient(started.client);
  const importThem = (...Findings: AwsSecurityFinding[]) =>
    hub.send(new BatchImportFindingsCommand({ Findings }));
  const bodies = () =>
    started.aws
      .queue('findings')
      .messages()
      .map(({ body }) => JSON.parse(body));
  return { ...started, importThem, bodies };
}

describe('the embedded event bus', () => {
  test('[F38] delivers late, twice and out of order by fault, the same for the same seed', async () => {
    const play = async (seed: number) => {
      const { clock, importThem, bodies } = await start({
        seed,
        faults: { 'delivered-twice': 0.3, 'delivered-late': 0.3 },
      });
      for (let n = 0; n < 30; n += 1) {
        await importThem(finding(n));
        await clock.sleep(1_000);
      }
      await clock.sleep(60_000);
      const soon = bodies().length;
      await clock.sleep(1_800_000);
      return { soon, ids: bodies().map(({ id, detail }) => `${id} ${detail.findings[0].Id}`) };
    };

    const { soon, ids } = await play(1);
    const order = [...new Set(ids)].map((each) => Number(each.split('finding-')[1]));

    expect(await play(1)).toEqual({ soon, ids });
    expect((await play(2)).ids).not.toEqual(ids);
    expect(new Set(ids).size).toBe(30);
    expect(ids.length).toBeGreaterThan(32);
    expect(soon).toBeLessThan(ids.length);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  test('refuses a rule whose queue is not there', async () => {
    const rules = [{ name: 'findings', pattern, queue: 'other' }];

    await expect(start({ rules })).rejects.toThrow('there is no queue other');
  });

  test('delivers once, and within seconds, without a fault', async () => {
    const { clock, importThem, bodies } = await start();

    await importThem(...Array.from({ length: 30 }, (_, n) => finding(n)));
    const before = bodies().length;
    await clock.sleep(5_000);

    expect([before, bodies().length]).toEqual([0, 30]);
  });
});
