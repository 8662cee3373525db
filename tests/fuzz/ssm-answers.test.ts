import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { run as evaluate } from '../../functions/evaluate-result/handler.ts';
import { run as poll } from '../../functions/poll-command/handler.ts';
import { run as resolveTargets } from '../../functions/resolve-targets/handler.ts';
import { run as send } from '../../functions/send-command/handler.ts';
import { makePageLimit } from '../../shared/aws/page-limit.ts';
import { batchStateSchema } from '../../shared/domain/batch.ts';
import { turnSchema } from '../../shared/domain/turn.ts';
import { readBatchTurn } from '../../shared/lambda/batch-turns.ts';
import { readPlan } from '../../shared/lambda/run-store.ts';
import { execution, plannedRun, scanOf, turn, writeRun } from '../functions/turns.ts';
import { nodes } from '../local/aws/ssm/account-under-test.ts';
import { barePolicy } from '../support/domain-builders.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../support/embedded-account.ts';
import { seeded } from '../support/seeded.ts';
import { mutated, outcomeOf } from './hostile.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(closeAccounts);

const policyFile = join(directory, 'fleet.json');
writeFileSync(policyFile, JSON.stringify({ version: 1, policies: { 'prd-web': barePolicy } }));
const ids = nodes(3).map((node) => node.nodeId);
const input = { execution, request: { policy: 'prd-web' } };

type Json = Readonly<Record<string, unknown>>;

/** From now on an operation's true answers, each changed in a way that depends on the number that is set. */
function answerForeign(account: EmbeddedAccount, operation: string): (number: number) => void {
  let seed = 0;
  account.override(operation, (_input, real) => {
    const [answer] = fc.sample(mutated(real()), { seed, numRuns: 1 });
    return Object(answer);
  });
  return (number) => {
    seed = number;
  };
}

/** Of an answer with a type that the model does not know the SDK itself dies: the state machine tries again. */
async function ownOrSdk<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  const { result, error } = await outcomeOf(async () => {
    try {
      return await work();
    } catch (cause) {
      if (isOfSdk(cause)) return undefined;
      throw cause;
    }
  });
  return error ? undefined : result;
}

/** What the SDK could not read carries the response; what AWS refused its metadata. */
function isOfSdk(error: unknown): boolean {
  return error instanceof Error && ('$response' in error || '$metadata' in error);
}

describe('answers of Systems Manager that are not as they should be', () => {
  test.each(['DescribeInstanceInformation', 'DescribeInstancePatchStates'])(
    'leave a plan that can be read, or a named error, and no node touched: %s',
    async (operation) => {
      const account = await startAccount({ nodes: nodes(3), policyFile });
      const setForeign = answerForeign(account, operation);

      await fc.assert(
        fc.asyncProperty(fc.nat(), async (number) => {
          setForeign(number);
          const { error } = await outcomeOf(() => resolveTargets(input, account.dependencies));
          if (error) return expect(error.name).toBe('ScopeUnavailableError');
          const plan = await readPlan(account.dependencies.store, 'run-1');
          const planned = plan?.waves.flatMap((wave) => wave.batchIds) ?? [];
          for (const batchId of planned) {
            await readBatchTurn(account.dependencies.store, { runId: 'run-1', batchId, turn: 0 });
          }
        }),
        seeded(20),
      );

      expect(account.inputsOf('SendCommand')).toEqual([]);
    },
  );

  test('leave a turn that can be gone on with after a send, or a command that is looked for again', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const setForeign = answerForeign(account, 'SendCommand');

    await fc.assert(
      fc.asyncProperty(fc.nat(), async (number) => {
        setForeign(number);
        const comment = `run-1 w1-b1 patch ${number}`;
        const after = await ownOrSdk(() =>
          send(turn({ sends: [scanOf(ids, { comment })] }), account.dependencies),
        );
        if (after) turnSchema.parse(JSON.parse(JSON.stringify(after)));
      }),
      seeded(20),
    );
  });

  test.each([
    'ListCommands',
    'ListCommandInvocations',
    'DescribeInstancePatchStates',
    'DescribeInstanceInformation',
  ])('leave a turn that can be evaluated after a poll, or a named error: %s', async (operation) => {
    const account = await startAccount({ nodes: nodes(3) });
    // Lambda's clock has whole milliseconds, the virtual one has not.
    const dependencies = { ...account.dependencies, now: () => Math.floor(account.clock.now()) };
    const { store } = dependencies;
    const made = plannedRun(ids, { settings: { operation: 'Scan' } });
    await writeRun(store, made);
    const first = await evaluate({ kind: 'start', runId: 'run-1', batchId: 'w1-b1', turn: 0 }, dependencies);
    const sent = await send(turnSchema.parse(first), dependencies);
    await account.wait(1800);
    const setForeign = answerForeign(account, operation);

    await fc.assert(
      fc.asyncProperty(fc.nat(), async (number) => {
        setForeign(number);
        const polled = await ownOrSdk(() => poll({ ...sent, pingedAt: 0 }, dependencies));
        if (!polled) return;
        const next = await evaluate(turnSchema.parse(JSON.parse(JSON.stringify(polled))), dependencies);
        turnSchema.parse(JSON.parse(JSON.stringify(next)));
        batchStateSchema.parse(await store.get(`runs/run-1/batches/w1-b1/even.json`));
      }),
      seeded(15),
    );
  });
});

describe('a node that no command could be sent to', () => {
  test.each([
    ['its platform is not known', { PlatformType: 'Solaris' }],
    ['its id is not that of a node', { InstanceId: '../../sla/report' }],
    ['its id is not that of a node', { InstanceId: 'i-0123456789abcdef0\nall is well' }],
  ])('is in the account and in no batch: %s', async (remark, foreign) => {
    const account = await startAccount({ nodes: nodes(2), policyFile });
    account.override('DescribeInstanceInformation', (_input, real) => {
      const [first, ...others] = Object(real()['InstanceInformationList']);
      return { InstanceInformationList: first ? [{ ...first, ...foreign }, ...others] : [] };
    });

    await resolveTargets(input, account.dependencies);

    const plan = await readPlan(account.dependencies.store, 'run-1');
    const left = plan?.leftOut.find(({ reason }) => reason === remark);
    expect(left?.outcome).toBe('NotReached');
    expect(left?.nodeId).not.toContain('\n');
  });
});

describe('a listing without an end', () => {
  const again = (list: string) => (): Json => ({ [list]: [], NextToken: 'again' });

  test.each([
    ['DescribeInstanceInformation', 'InstanceInformationList'],
    ['DescribeInstancePatchStates', 'InstancePatchStates'],
  ])('ends the plan with a name: %s', async (operation, list) => {
    const account = await startAccount({ nodes: nodes(2), policyFile });
    account.override(operation, again(list));

    await expect(resolveTargets(input, account.dependencies)).rejects.toMatchObject({
      name: 'ScopeUnavailableError',
      message: expect.stringContaining('InvalidAnswerError'),
    });
    expect(account.inputsOf('SendCommand')).toEqual([]);
  });

  test('ends the look for what was sent before anything is sent', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    account.override('ListCommands', again('Commands'));
    await account.wait(130);

    await expect(send(turn({ sends: [scanOf(ids)] }), account.dependencies)).rejects.toMatchObject({
      name: 'InvalidAnswerError',
    });
    expect(account.inputsOf('SendCommand')).toEqual([]);
  });

  test('ends a poll', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const sent = await send(turn({ sends: [scanOf(ids, { readsPatchState: null })] }), account.dependencies);
    await account.wait(1800);
    account.override('ListCommandInvocations', again('CommandInvocations'));

    await expect(poll(sent, account.dependencies)).rejects.toMatchObject({ name: 'InvalidAnswerError' });
  });

  test('ends also if every token is a new one, and a page that comes twice ends nothing', () => {
    const count = makePageLimit('ssm:ListCommands');
    const countTwice = makePageLimit('ssm:ListCommands');

    expect(() => ['a', 'b', 'a', 'b', undefined].map(countTwice)).not.toThrow();
    expect(() => Array.from({ length: 1001 }, (_, page) => count(`token ${page}`))).toThrow('does not end');
  });
});
