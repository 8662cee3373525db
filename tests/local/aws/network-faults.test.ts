import { ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { NetworkFaults } from '../../../local/aws/network-faults.ts';
import type { FaultRates } from '../../../local/faults.ts';
import { Weather } from '../../../local/weather.ts';
import { closeFrontServers, startFrontServer } from './front-server.ts';

afterEach(closeFrontServers);

const send = new SendCommandCommand({ DocumentName: 'AWS-RunPatchBaseline' });

function countingOperations() {
  const effects: string[] = [];
  const answer = (name: string) => () => {
    effects.push(name);
    return name === 'ListCommands' ? { Commands: effects.map(() => ({})) } : {};
  };
  return {
    effects,
    operations: { SendCommand: answer('SendCommand'), ListCommands: answer('ListCommands') },
  };
}

describe('network faults', () => {
  test('[F03] a lost reply takes effect and resets the connection, so that a retry takes effect again', async () => {
    const { effects, operations } = countingOperations();
    const { client } = await startFrontServer({ operations, faults: { 'lost-reply': 1 } });
    const ssm = new SSMClient({ ...client, maxAttempts: 2 });

    const act = ssm.send(send);

    await expect(act).rejects.toThrow('ECONNRESET');
    expect(effects).toEqual(['SendCommand', 'SendCommand']);
  });

  test('a server error is answered with HTTP 500 and has no effect', async () => {
    const { effects, operations } = countingOperations();
    const { client, usage } = await startFrontServer({ operations, faults: { 'server-error': 1 } });

    const act = new SSMClient(client).send(send);

    await expect(act).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    expect(effects).toEqual([]);
    expect(usage.snapshot().faults).toEqual({ 'server-error ssm:SendCommand': 1 });
  });

  test('a throttling fault is counted as throttled and has no effect', async () => {
    const { effects, operations } = countingOperations();
    const { client, usage } = await startFrontServer({ operations, faults: { throttle: 1 } });

    const act = new SSMClient(client).send(send);

    await expect(act).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    expect(effects).toEqual([]);
    expect(usage.snapshot().throttled).toEqual({ 'ssm:SendCommand': 1 });
  });

  test('a stale page repeats the answer to the same listing, and not beyond two minutes', async () => {
    const { effects, operations } = countingOperations();
    const { client, clock } = await startFrontServer({ operations, faults: { 'stale-page': 1 } });
    const ssm = new SSMClient(client);
    const list = async () => (await ssm.send(new ListCommandsCommand({}))).Commands?.length;

    const soon = [await list(), await list()];
    await ssm.send(send);
    const stale = await list();
    const otherQuery = (await ssm.send(new ListCommandsCommand({ MaxResults: 9 }))).Commands?.length;
    await clock.sleep(120_001);
    const later = await list();

    expect(soon).toEqual([1, 1]);
    expect(stale).toBe(1);
    expect(otherQuery).toBe(3);
    expect(later).toBe(4);
    expect(effects).toEqual(['ListCommands', 'SendCommand', 'ListCommands', 'ListCommands']);
  });

  test('never makes a sent command stale', async () => {
    const { effects, operations } = countingOperations();
    const { client } = await startFrontServer({ operations, faults: { 'stale-page': 1 } });
    const ssm = new SSMClient(client);

    await ssm.send(send);
    await ssm.send(send);

    expect(effects).toEqual(['SendCommand', 'SendCommand']);
  });

  test('are a function of the seed and the n-th call of an operation', () => {
    const draw = (seed: number, before: number) => {
      const faults = new NetworkFaults(seed, new Weather({ rates: { throttle: 0.2, 'lost-reply': 0.2 } }));
      for (let n = 0; n < before; n += 1) faults.draw('ssm:ListCommands', 0);
      return Array.from({ length: 200 }, () => faults.draw('ssm:SendCommand', 0));
    };

    const first = draw(1, 0);

    expect(draw(1, 50)).toEqual(first);
    expect(draw(2, 0)).not.toEqual(first);
    expect(first.filter((fault) => fault === 'throttle').length).toBeGreaterThan(20);
  });

  test('do not move when another fault is turned on', () => {
    const draw = (rates: FaultRates) => {
      const faults = new NetworkFaults(1, new Weather({ rates }));
      return Array.from({ length: 200 }, () => faults.draw('ssm:SendCommand', 0) === 'server-error');
    };

    expect(draw({ 'server-error': 0.1, 'stale-page': 0.5 })).toEqual(draw({ 'server-error': 0.1 }));
  });
});
