import {
  isolatesBadNodes,
  paysPostHooks,
  runsHooksOnce,
  sparesFailedPreHooks,
} from '../../../bench/promises/hooks.ts';
import { nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { evidence, life, step } from '../evidence-builders.ts';

const failed = step(1, 'preHook', { from: 0, to: 1, result: 'Failed' });
const preHook = step(1, 'preHook', { from: 0, to: 1 });

describe('a node whose pre-hook failed', () => {
  test('is left unpatched', () => {
    expect(sparesFailedPreHooks(evidence({ executions: [...life(0), failed] }))).toBe(true);
  });

  test('breaks the promise when it is patched, and proves nothing when there is none', () => {
    const install = step(1, 'Install', { from: 2, to: 3 });

    expect(sparesFailedPreHooks(evidence({ executions: [failed, install] }))).toBe(false);
    expect(sparesFailedPreHooks(evidence({ executions: life(0) }))).toBe(false);
  });
});

describe('the post-hook', () => {
  test('is paid when it follows every pre-hook that succeeded', () => {
    expect(paysPostHooks(evidence({ executions: [...life(0), failed] }))).toBe(true);
  });

  test('is owed when it does not follow, or came before', () => {
    const early = step(1, 'postHook', { from: 0, to: 0.5 });

    expect(paysPostHooks(evidence({ executions: [...life(0), preHook] }))).toBe(false);
    expect(paysPostHooks(evidence({ executions: [preHook, early] }))).toBe(false);
  });

  test('cannot be owed to a node that is not there any more', () => {
    expect(paysPostHooks(evidence({ executions: [...life(0), preHook], away: [1] }))).toBe(true);
  });
});

describe('a hook', () => {
  test('runs once though its command came twice, if the second answered from memory', () => {
    const again = step(1, 'preHook', { from: 1, to: 1, executed: false });

    expect(runsHooksOnce(evidence({ executions: [preHook, again] }))).toBe(true);
  });

  test('has run twice', () => {
    expect(runsHooksOnce(evidence({ executions: [preHook, step(1, 'preHook', { from: 1, to: 2 })] }))).toBe(
      false,
    );
  });
});

describe('a bad node', () => {
  const rest = { goneNodeIds: [nodeId(1)] };

  test('harms no other when all others are patched', () => {
    expect(isolatesBadNodes(evidence({ executions: life(0), rest }))).toBe(true);
  });

  test('has harmed another that nothing was done on, and proves nothing when there was none', () => {
    expect(isolatesBadNodes(evidence({ executions: life(0), nodes: 3, rest }))).toBe(false);
    expect(isolatesBadNodes(evidence({ executions: [...life(0), ...life(1)] }))).toBe(false);
  });
});
