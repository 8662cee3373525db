import { classOf, outcomes } from '../../../shared/domain/outcome.ts';

describe('the class of an outcome', () => {
  test('[F08] counts a node that never answered as an error, unlike MaxErrors of Run Command', () => {
    expect(classOf('Unreachable')).toBe('error');
  });

  test('is the same for nobody twice: every outcome has exactly one', () => {
    const classes = Object.groupBy(outcomes, classOf);

    expect(classes).toEqual({
      achieved: ['Patched', 'AlreadyCompliant', 'PatchedPendingReboot', 'Scanned', 'WouldPatch'],
      error: [
        'NonCompliant',
        'PreHookFailed',
        'PatchFailed',
        'PostHookFailed',
        'TimedOut',
        'Unreachable',
        'LostAfterReboot',
        'Unknown',
      ],
      leftAlone: ['NotReached', 'OptedOut', 'Unmanaged', 'Stopped'],
    });
  });
});
