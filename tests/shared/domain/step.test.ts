import { hasAnswered, stepStatuses, stepStatusOf } from '../../../shared/domain/step.ts';

describe('an invocation status', () => {
  test.each(['Pending', 'InProgress', 'In Progress', 'Delayed', 'Cancelling'])(
    '[F11] %p is not terminal',
    (word) => {
      expect(stepStatusOf(word)).toBeUndefined();
    },
  );

  test.each([
    ['Success', 'Success'],
    ['Failed', 'Failed'],
    ['InvalidPlatform', 'Failed'],
    ['Invalid Platform', 'Failed'],
    ['AccessDenied', 'Failed'],
    ['Access Denied', 'Failed'],
    ['Undeliverable', 'Undelivered'],
    ['Cancelled', 'Cancelled'],
    ['Canceled', 'Cancelled'],
    ['Terminated', 'Cancelled'],
  ])('[F11] %p is %s', (word, status) => {
    expect(stepStatusOf(word)).toBe(status);
  });

  test.each([
    ['ExecutionTimedOut', 'TimedOut'],
    ['Execution Timed Out', 'TimedOut'],
    ['DeliveryTimedOut', 'Undelivered'],
    ['Delivery Timed Out', 'Undelivered'],
    ['TimedOut', 'Undelivered'],
    ['Timed Out', 'Undelivered'],
  ])('[F10] %p is %s: only the agent itself reports an execution that timed out', (word, status) => {
    expect(stepStatusOf(word)).toBe(status);
  });

  test.each(['', 'Completed', 'success', 'SuccessWithWarnings', 'Incomplete', 'NoInstancesInTag'])(
    '[F11] the unknown word %p is no success',
    (word) => {
      expect(stepStatusOf(word)).toBe('Failed');
    },
  );
});

test('only a node that ran the step has answered', () => {
  expect(stepStatuses.filter(hasAnswered)).toEqual(['Success', 'Failed', 'TimedOut']);
  expect(hasAnswered(undefined)).toBe(false);
});
