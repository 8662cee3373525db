import { noUsage } from '../../../shared/domain/usage.ts';
import { makeUsageMeter } from '../../../shared/lambda/usage-meter.ts';

describe('the usage meter', () => {
  test('adds what one invocation did to the usage of its output', () => {
    const meter = makeUsageMeter();
    meter.start({ a: 'é' });
    meter.count('ssm:SendCommand');
    meter.count('ssm:SendCommand');
    meter.count('s3:PutObject');

    const usage = meter.addTo({ ...noUsage, stateTransitions: 3, apiCalls: { 's3:PutObject': 1 } });

    expect(usage).toEqual({
      stateTransitions: 3,
      historyEventsMax: 0,
      payloadBytesMax: 10,
      apiCalls: { 'ssm:SendCommand': 2, 's3:PutObject': 2 },
      lambdaInvocations: 1,
    });
    expect(meter.calls()).toBe(3);
  });

  test('begins anew with each invocation of a warm environment', () => {
    const meter = makeUsageMeter();
    meter.start({});
    meter.count('ssm:SendCommand');

    meter.start({});

    expect(meter.addTo(noUsage).apiCalls).toEqual({});
  });
});
