import { run } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';
import { preHookOf, scanOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** Every SendCommand of this document is refused, and its calls are counted. */
function refuse(account: EmbeddedAccount, documentName: string, error: AwsError): { calls: number } {
  const refused = { calls: 0 };
  account.override('SendCommand', (input, real) => {
    if (input['DocumentName'] !== documentName) return real();
    refused.calls += 1;
    throw error;
  });
  return refused;
}

describe('a SendCommand that SSM refuses as such', () => {
  test.each([
    'AccessDenied',
    'AccessDeniedException',
    'InvalidDocument',
    'InvalidParameters',
    'InvalidRole',
    'ValidationException',
  ])('for %s ends the step of all its nodes, after one call and with the reason', async (code) => {
    const account = await startAccount({ nodes: nodes(50) });
    const refused = refuse(account, 'fleet-patcher-hooks', new AwsError(code, 'not so'));

    const after = await run(turn({ sends: [preHookOf(ids(50))] }), account.dependencies);

    expect(refused.calls).toBe(1);
    expect(after).toMatchObject({ next: 'wait', open: [] });
    expect(after.answers.sent).toEqual([
      {
        sequence: 1,
        commands: [],
        refused: ids(50).map((each) => ({ nodeId: each, reason: `${code}: not so` })),
      },
    ]);
  });

  test('keeps no other command from being sent: post-hooks still go out', async () => {
    const account = await startAccount({ nodes: nodes(4) });
    refuse(account, 'AWS-RunPatchBaseline', new AwsError('AccessDeniedException', 'not so'));
    const sends = [
      scanOf([nodeId(0), nodeId(1)], { comment: 'run-1 w1-b1 patch 1' }),
      preHookOf([nodeId(2), nodeId(3)], {
        sequence: 2,
        step: 'postHook',
        comment: 'run-1 w1-b1 postHook 2',
      }),
    ];

    const after = await run(turn({ sends }), account.dependencies);

    expect(after.open).toMatchObject([{ sequence: 2, awaiting: [nodeId(2), nodeId(3)] }]);
    expect(after.answers.sent.map((sent) => sent.refused.length)).toEqual([2, 0]);
  });
});

describe('a SendCommand that SSM refuses for one of its nodes', () => {
  test.each(['InvalidInstanceId', 'UnsupportedPlatformType'])(
    '[F02] with %s is halved until that node stands alone, and the others are sent to',
    async (code) => {
      const account = await startAccount({ nodes: nodes(50) });
      account.override('SendCommand', (input, real) => {
        const named = input['InstanceIds'];
        if (Array.isArray(named) && named.includes(nodeId(17))) throw new AwsError(code, 'not this one');
        return real();
      });

      const after = await run(turn({ sends: [preHookOf(ids(50))] }), account.dependencies);

      expect(after.answers.sent[0]?.refused).toEqual([
        { nodeId: nodeId(17), reason: `${code}: not this one` },
      ]);
      expect(after.open.flatMap((command) => command.awaiting)).toHaveLength(49);
    },
  );
});

describe('a SendCommand that IAM denies for some of its nodes', () => {
  test('goes out to the others: those whose ARN the answer names stand alone', async () => {
    const account = await startAccount({ nodes: nodes(50) });
    const denied = [nodeId(17), nodeId(31)];
    let calls = 0;
    account.override('SendCommand', (input, real) => {
      calls += 1;
      const named = input['InstanceIds'];
      const first = denied.find((each) => Array.isArray(named) && named.includes(each));
      if (first === undefined) return real();
      const arn = `arn:aws:ec2:us-east-1:111122223333:instance/${first}`;
      throw new AwsError('AccessDeniedException', `User: x is not authorized on resource: ${arn} because`);
    });

    const after = await run(turn({ sends: [preHookOf(ids(50))] }), account.dependencies);

    expect(calls).toBe(3);
    expect(after.answers.sent[0]?.refused.map((each) => each.nodeId)).toEqual(denied);
    expect(after.open.flatMap((command) => command.awaiting)).toHaveLength(48);
  });

  test('is refused for all of them where it is not about one of them', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const arn = 'arn:aws:ec2:us-east-1:111122223333:instance/i-0fedcba9876543210';
    const refused = refuse(account, 'fleet-patcher-hooks', new AwsError('AccessDeniedException', arn));

    const after = await run(turn({ sends: [preHookOf(ids(3))] }), account.dependencies);

    expect(refused.calls).toBe(1);
    expect(after.answers.sent[0]?.refused).toHaveLength(3);
  });
});

describe('what many refusals cost', () => {
  test('is bounded in time: what this invocation has no time for is decided about anew', async () => {
    const account = await startAccount({ nodes: nodes(50) });
    let now = 0;
    const dependencies = { ...account.dependencies, now: () => now };
    account.override('SendCommand', () => {
      now += 10_000;
      throw new AwsError('InvalidInstanceId', 'gone');
    });

    const after = await run(turn({ sends: [preHookOf(ids(50))], decidedAt: 0 }), dependencies);

    const [sent] = after.answers.sent;
    expect(sent?.refused.length).toBeGreaterThan(0);
    expect([...(sent?.refused ?? []).map((each) => each.nodeId), ...(sent?.late ?? [])].toSorted()).toEqual(
      ids(50),
    );
    expect(now).toBeLessThanOrEqual(90_000);
    expect(after).toMatchObject({ next: 'wait', waitSeconds: 1 });
    expect(account.codes).toContain('FP_COMMAND_PUT_OFF');
  });

  test('is bounded in bytes: of a reason its beginning goes on', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    refuse(account, 'fleet-patcher-hooks', new AwsError('AccessDeniedException', 'x'.repeat(500)));

    const after = await run(turn({ sends: [preHookOf(ids(2))] }), account.dependencies);

    const reasons = after.answers.sent[0]?.refused.map(({ reason }) => reason.length);
    expect(reasons).toEqual([120, 120]);
  });
});

describe('a SendCommand of which it is not known whether SSM took it', () => {
  test.each([
    ['ExpiredTokenException', 400],
    ['UnrecognizedClientException', 400],
    ['IncompleteSignature', 403],
    ['UnknownOperationException', 404],
    ['InternalServerError', 500],
    ['ServiceUnavailable', 503],
    ['SomethingNew', 400],
  ])('[F03] is in doubt, and is asked about again later: %s', async (code, statusCode) => {
    const account = await startAccount({ nodes: nodes(2) });
    const refused = refuse(account, 'fleet-patcher-hooks', new AwsError(code, 'who knows', statusCode));

    const act = run(turn({ sends: [preHookOf(ids(2))] }), account.dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'CommandInDoubtError',
      message: `ssm:SendCommand "run-1 w1-b1 preHook 1" of fleet-patcher-hooks: ${code}: who knows`,
    });
    expect(refused.calls).toBe(1);
  });
});
