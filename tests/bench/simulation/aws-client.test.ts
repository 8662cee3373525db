import { AwsClient, usualLatency } from '../../../bench/simulation/aws-client.ts';
import { Simulation } from '../../../bench/simulation/simulation.ts';
import { createEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import type { FaultRates } from '../../../local/faults.ts';
import { node, nodeId, startsAt } from '../../local/aws/ssm/account-under-test.ts';

const scan = {
  service: 'ssm',
  operation: 'SendCommand',
  input: {
    DocumentName: 'AWS-RunPatchBaseline',
    InstanceIds: [nodeId(0)],
    Parameters: { Operation: ['Scan'] },
  },
} as const;

async function send(faults: FaultRates, isPatient = false) {
  const simulation = new Simulation(startsAt);
  const options = { clock: simulation, seed: 1, nodes: [node(0)], documents: [], buckets: [], topics: [] };
  const aws = createEmbeddedAws({ ...options, faults });
  const client = new AwsClient({
    aws,
    simulation,
    seed: 1,
    region: 'us-east-1',
    latency: usualLatency,
    isPatient,
  });
  const ended = simulation.promiseOf(client.send(scan)).then(
    () => 'answered',
    (error: unknown) => String(error),
  );
  await simulation.run();
  return { answer: await ended, counts: client.counts, sent: aws.ssm.journal.commands.length };
}

describe('an SDK client of the benchmark', () => {
  test('makes one attempt of a call that is answered', async () => {
    expect(await send({})).toMatchObject({
      answer: 'answered',
      counts: { attempts: 1, throttled: 0 },
      sent: 1,
    });
  });

  test('[F04] makes three attempts of a throttled call, and counts them', async () => {
    const { answer, counts, sent } = await send({ throttle: 1 });

    expect(answer).toContain('ThrottlingException');
    expect([counts.attempts, counts.throttled, sent]).toEqual([3, 3, 0]);
  });

  test("repeats a call of AWS's own until it is answered", async () => {
    const { answer, counts, sent } = await send({ throttle: 0.9 }, true);

    expect(answer).toBe('answered');
    expect(counts.attempts).toBeGreaterThan(3);
    expect(sent).toBe(1);
  });

  test('[F03] sends again what has lost its answer', async () => {
    const { answer, sent } = await send({ 'lost-reply': 1 });

    expect(answer).toContain('ECONNRESET');
    expect(sent).toBe(3);
  });
});
