import {
  closesTheAccount,
  dropsNoUnknown,
  meansItsSuccess,
  sendsOneSummary,
  survivesThrottling,
} from '../../../bench/promises/account.ts';
import { nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { evidence, life, step } from '../evidence-builders.ts';

const good = evidence({ executions: [...life(0), ...life(1)] });

describe('the closed account', () => {
  test('has every node once', () => {
    expect(closesTheAccount(good)).toBe(true);
  });

  test('is open when a node is missing from the report, is there twice, or is none of the run', () => {
    const executions = [...life(0), ...life(1)];
    const twice = { nodeId: nodeId(0), outcome: 'Failed', isSuccess: false };

    expect(closesTheAccount(evidence({ executions, report: { 0: true } }))).toBe(false);
    expect(closesTheAccount({ ...good, report: [...good.report, twice] })).toBe(false);
    expect(closesTheAccount(evidence({ executions, report: { 0: true, 1: true, 7: true } }))).toBe(false);
  });
});

describe('a node that never answered', () => {
  const executions = [...life(0), step(1, 'preHook', { from: 0, to: 1 }), step(1, 'Install', { from: 1 })];

  test('is reported as one that did not succeed', () => {
    expect(dropsNoUnknown(evidence({ executions, report: { 0: true, 1: false } }))).toBe(true);
    expect(dropsNoUnknown(evidence({ executions: life(0), report: { 0: true, 1: false } }))).toBe(true);
  });

  test('breaks the promise when it is left out or called a success', () => {
    expect(dropsNoUnknown(evidence({ executions, report: { 0: true } }))).toBe(false);
    expect(dropsNoUnknown(evidence({ executions, report: { 0: true, 1: true } }))).toBe(false);
  });
});

describe('a success', () => {
  test('is real when nothing is missing, and is not when something is', () => {
    const executions = [...life(0), ...life(1)];

    expect(meansItsSuccess(good)).toBe(true);
    expect(meansItsSuccess(evidence({ executions, lacking: [1] }))).toBe(false);
    expect(meansItsSuccess(evidence({ executions, lacking: [1], report: { 0: true, 1: false } }))).toBe(true);
    expect(meansItsSuccess(evidence({ executions, report: { 0: false, 1: false } }))).toBe(false);
  });
});

describe('one message a run', () => {
  test('is one, and neither none nor two', () => {
    expect([0, 1, 2].map((summaries) => sendsOneSummary({ ...good, summaries }))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('throttling', () => {
  test('fails nobody when all who were patched are reported as patched', () => {
    expect(survivesThrottling(good)).toBe(true);
    expect(
      survivesThrottling(
        evidence({ executions: [...life(0), ...life(1)], lacking: [1], report: { 0: true, 1: false } }),
      ),
    ).toBe(true);
  });

  test('has failed a node that was not patched for it, or that was and is called failed', () => {
    expect(survivesThrottling(evidence({ executions: life(0) }))).toBe(false);
    expect(
      survivesThrottling(evidence({ executions: [...life(0), ...life(1)], report: { 0: true, 1: false } })),
    ).toBe(false);
  });
});
