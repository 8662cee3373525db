import { noUsage, sumOfUsage } from '../../../shared/domain/usage.ts';

const usage = {
  stateTransitions: 3,
  historyEventsMax: 900,
  payloadBytesMax: 4000,
  apiCalls: { 'ssm:SendCommand': 2, 's3:GetObject': 1 },
  lambdaInvocations: 5,
};

describe('the sum of usage', () => {
  test('adds what adds up and takes the largest of what is a maximum', () => {
    const other = {
      ...usage,
      historyEventsMax: 100,
      payloadBytesMax: 9000,
      apiCalls: { 'ssm:SendCommand': 1, 'ssm:ListCommands': 4 },
    };

    expect(sumOfUsage([usage, other])).toEqual({
      stateTransitions: 6,
      historyEventsMax: 900,
      payloadBytesMax: 9000,
      apiCalls: { 'ssm:SendCommand': 3, 's3:GetObject': 1, 'ssm:ListCommands': 4 },
      lambdaInvocations: 10,
    });
  });

  test('of nothing is nothing, and nothing adds nothing', () => {
    expect(sumOfUsage([])).toEqual(noUsage);
    expect(sumOfUsage([usage, noUsage])).toEqual(usage);
  });
});
