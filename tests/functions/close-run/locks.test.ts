import { run } from '../../../functions/close-run/handler.ts';
import { closeRunInput } from '../../../functions/close-run/schema.ts';
import { run as sendCommand } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { keys } from '../../../shared/domain/keys.ts';
import { emptyRegistry, lockRegistrySchema } from '../../../shared/domain/run-lock.ts';
import type { Send } from '../../../shared/domain/turn.ts';
import { lockCandidates } from '../../../shared/lambda/run-locks.ts';
import { node, nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { readyCandidate } from '../../support/domain-builders.ts';
import { closeAccounts, home, startAccount } from '../../support/embedded-account.ts';
import { recordingPublish } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { execution, plannedRun, preHookOf, runId, scanOf, settings, turn, writeRun } from '../turns.ts';

afterEach(closeAccounts);

const ids = nodes(9).map((node) => node.nodeId);
const aborted = closeRunInput.parse({
  executionArn: execution.id,
  name: runId,
  status: 'ABORTED',
  startDate: startsAt + 400,
});

/** A run that holds its nodes, stopped while this command was at work on all of them. */
async function stoppedRun(send: Send) {
  const fates = { postHook: { kind: 'succeeds', seconds: 500 }, scanSeconds: 3000 } as const;
  const account = await startAccount({ nodes: ids.map((_, index) => node(index, { fates })) });
  const { messages, publish } = recordingPublish();
  const dependencies = { ...account.dependencies, publish };
  const candidates = ids.map((nodeId) => ({ ...readyCandidate(1), nodeId, scope: home }));
  await lockCandidates(candidates, { settings, dryRun: false }, dependencies);
  const made = plannedRun(ids);
  await writeRun(dependencies.store, made);
  for (const batch of made.batches) {
    const nodesAtWork = batch.nodes.map((node) => ({
      ...node,
      steps: [
        {
          step: send.step,
          sequence: send.sequence,
          commandId: null,
          status: null,
          startedAt: startsAt,
          endedAt: null,
        },
      ],
    }));
    await writeBatch(dependencies.store, { ...batch, turn: 1, status: 'running', nodes: nodesAtWork });
  }
  await sendCommand(turn({ sends: [send] }), dependencies);
  await account.wait(4);
  const registry = async () => lockRegistrySchema.parse(await dependencies.store.get(keys.locks(home)));
  return { account, dependencies, messages, registry };
}

describe('the locks of a run that was stopped', () => {
  test('are released where the command has ended by being cancelled, and stay where it goes on', async () => {
    const { account, dependencies, registry } = await stoppedRun(scanOf(ids));

    await run(aborted, dependencies);

    const goingOn = account.aws.ssm.journal.executions
      .filter(({ result }) => result === 'InProgress')
      .map(({ nodeId }) => nodeId);
    const [held] = (await registry()).runs;
    expect(goingOn.length).toBeGreaterThan(0);
    expect(goingOn.length).toBeLessThan(ids.length);
    expect(held?.nodeIds.toSorted()).toEqual(goingOn.toSorted());
  });

  test('stay where a post-hook is left to finish, and no longer than SSM waits for it', async () => {
    const { account, dependencies, registry } = await stoppedRun(
      preHookOf(ids, {
        step: 'postHook',
        parameters: { RunId: [runId], Policy: ['prd-web'], Step: ['postHook'], Operation: ['Install'] },
        comment: `${runId} w1-b1 postHook 1`,
      }),
    );

    await run(aborted, dependencies);

    const [held] = (await registry()).runs;
    expect(held?.nodeIds.toSorted()).toEqual(ids);
    expect(held?.expiresAt).toBeLessThan(account.clock.now() + 20 * 60_000);
  });

  test('stay where SSM cannot be asked, or does not cancel', async () => {
    const { account, dependencies, registry, messages } = await stoppedRun(scanOf(ids));
    account.override('CancelCommand', () => {
      throw new AwsError('AccessDeniedException', 'no');
    });

    await run(aborted, dependencies);

    expect((await registry()).runs[0]?.nodeIds.toSorted()).toEqual(ids);
    expect(messages).toHaveLength(1);
  });

  test('are released also when the run was closed and told of before: notify may not have been able to', async () => {
    const { account, dependencies, registry } = await stoppedRun(scanOf(ids));
    await run(aborted, dependencies);
    await lockCandidates(
      ids.map((nodeId) => ({ ...readyCandidate(1), nodeId, scope: home })),
      { settings: { ...settings, runId: 'other-run' }, dryRun: false },
      dependencies,
    );
    const before = await registry();

    const again = await run(aborted, dependencies);

    expect(again.status).toBe('AlreadyClosed');
    expect(await registry()).toEqual(before);
    expect(account.codes).not.toContain('FP_LOCKS_NOT_RELEASED');
  });

  test('are released at the second attempt, if notify could not', async () => {
    const { dependencies, registry } = await stoppedRun(scanOf(ids));
    const refusing = { ...dependencies.store, putIf: () => Promise.reject(new Error('AccessDenied')) };
    await run(aborted, { ...dependencies, store: refusing });
    expect((await registry()).runs[0]?.nodeIds).toHaveLength(9);
    await dependencies.sleep(3 * 3_600_000);

    await run(aborted, dependencies);

    expect(await registry()).toEqual(emptyRegistry);
  });

  test('are never taken, if it was stopped before it had a plan', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { publish } = recordingPublish();
    const dependencies = { ...account.dependencies, publish };
    await run(aborted, dependencies);

    const late = lockCandidates(
      [{ ...readyCandidate(1), nodeId: ids[0] ?? '', scope: home }],
      { settings, dryRun: false },
      dependencies,
    );

    await expect(late).rejects.toMatchObject({ name: 'RunClosedError' });
    expect(await dependencies.store.get(keys.locks(home))).toBeUndefined();
  });
});
