import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsError } from '../../../local/aws/service.ts';
import { logMessages } from '../../../shared/lambda/log-messages.ts';
import { preHookOf, turn } from '../../functions/turns.ts';
import { nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';
import {
  bundledFunctions,
  closeBundledFunctions,
  environmentFor,
  functionNames,
} from './bundled-functions.ts';

afterEach(async () => {
  closeBundledFunctions();
  await closeAccounts();
});

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-bundles-'));
afterAll(() => rmSync(directory, { recursive: true }));

const sends = [preHookOf(nodes(1).map((each) => each.nodeId))];
const execution = {
  id: 'arn:aws:states:us-east-1:111122223333:execution:patch-fleet:run-1',
  name: 'run-1',
  startTime: '2026-11-22T00:00:00Z',
};

function functionsOf(account: EmbeddedAccount, policies: unknown = {}) {
  const lines: string[] = [];
  const POLICY_FILE = join(directory, 'fleet.json');
  writeFileSync(POLICY_FILE, JSON.stringify(policies));
  const environment = { ...environmentFor(account.endpoint), POLICY_FILE };
  const lambda = bundledFunctions(account.clock, environment, (_name, line) => void lines.push(line));
  return { lambda, lines };
}

/** How a function refuses the malformed input first, where it is not the turn. */
const refusals: Readonly<Record<string, string>> = {
  'resolve-targets': 'execution: \\"two\\" is refused',
  'close-run': 'executionArn: a missing value is refused',
  'check-windows': 'account: a missing value is refused',
  'list-scopes': 'kind: unknown key',
  'update-ledger': 'policy: a missing value is refused',
  'report-sla': 'stateMachine: a missing value is refused',
  'notify-finding': 'Records: a missing value is refused',
};

describe('each function as it is deployed', () => {
  test.each(functionNames)(
    '[F39] %s reports missing configuration by name, all of it at once',
    async (name) => {
      const account = await startAccount({ nodes: [] });
      const lambda = bundledFunctions(account.clock, {});

      await expect(lambda.invoke(name, turn())).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringMatching(
          /BUCKET_NAME.*ALERTS_TOPIC_ARN.*REPORTS_TOPIC_ARN.*HOOK_DOCUMENT_NAME/,
        ),
      });
    },
  );

  test.each(functionNames)('[F39] %s refuses a malformed input, with path and value', async (name) => {
    const account = await startAccount({ nodes: [] });
    const { lambda } = functionsOf(account);

    const act = lambda.invoke(name, {
      ...turn(),
      turn: 'one',
      execution: 'two',
      kind: name.startsWith('res') ? 1 : 'turn',
    });

    const refusal = refusals[name] ?? 'turn: \\"one\\" is refused';
    await expect(act).rejects.toMatchObject({
      name: 'InvalidPayloadError',
      message: expect.stringContaining(`${name} refuses its input: ${refusal}`),
    });
  });

  test('[F39] send-command turns a fault of SSM into the name that the definition matches', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('SendCommand', () => {
      throw new AwsError('InternalServerError', 'no', 500);
    });
    const { lambda } = functionsOf(account);

    const act = lambda.invoke('send-command', turn({ sends }));

    await expect(act).rejects.toMatchObject({ name: 'CommandInDoubtError' });
  });

  test('[F39] resolve-targets tells a scope that it cannot look into by its name', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('DescribeInstanceInformation', () => {
      throw new AwsError('AccessDeniedException', 'no');
    });
    const baselines = [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }];
    const policies = { version: 1, policies: { 'prd-web': { patchGroup: 'prd-web', baselines } } };
    const { lambda } = functionsOf(account, policies);

    const act = lambda.invoke('resolve-targets', { execution, request: { policy: 'prd-web' } });

    await expect(act).rejects.toMatchObject({ name: 'ScopeUnavailableError' });
  });

  test('[F39] evaluate-result tells a batch that is out of step by its name', async () => {
    const account = await startAccount({ nodes: [] });
    const { lambda } = functionsOf(account);

    const act = lambda.invoke('evaluate-result', {
      kind: 'start',
      runId: 'run-1',
      batchId: 'w1-b1',
      turn: 0,
    });

    await expect(act).rejects.toMatchObject({ name: 'BatchOutOfStepError' });
  });

  test.each([
    ['a request', { version: 1, policies: {} }, 'InvalidRequestError'],
    ['a policy file', { version: 2 }, 'InvalidPolicyError'],
  ])('[F39] resolve-targets refuses %s by its name', async (_what, policies, name) => {
    const account = await startAccount({ nodes: [] });
    const { lambda } = functionsOf(account, policies);

    const act = lambda.invoke('resolve-targets', { execution, request: { policy: 'prd-web' } });

    await expect(act).rejects.toMatchObject({ name });
  });

  test('logs registered codes, and the failure with its error', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { lambda, lines } = functionsOf(account);

    await lambda.invoke('send-command', turn({ sends }));
    await lambda.invoke('send-command', {}).catch(() => undefined);

    const codes = lines.flatMap((line) => /"code":"(FP_\w+)"/.exec(line)?.[1] ?? []);
    expect(codes).toEqual(['FP_COMMANDS_SENT', 'FP_INVOCATION_FAILED']);
    expect(codes.every((code) => Object.hasOwn(logMessages, code))).toBe(true);
    expect(lines.join('\n')).toContain('InvalidPayloadError');
  });

  test('adds what it did to the usage of its output, each invocation by itself', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { lambda } = functionsOf(account);
    const input = turn({ sends });

    const first = await lambda.invoke('send-command', input);
    const second = await lambda.invoke('send-command', turn());

    const payloadBytesMax = Buffer.byteLength(JSON.stringify(input));
    expect(first).toMatchObject({
      usage: {
        apiCalls: { 'ssm:SendCommand': 1 },
        lambdaInvocations: 1,
        payloadBytesMax,
      },
    });
    expect(second).toMatchObject({ usage: { apiCalls: {}, lambdaInvocations: 1 } });
  });
});

describe('the bundles in simulated time', () => {
  test('[F03] adopt what a send-command had sent that died right after it', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { lambda } = functionsOf(account);
    const died = lambda.invoke('send-command', turn({ sends }), { killAfterCall: 1 });
    await expect(died).rejects.toMatchObject({ name: 'Lambda.Unknown' });
    await account.wait(130);

    const after = await lambda.invoke('send-command', turn({ sends }));

    const [command] = account.aws.ssm.journal.commands;
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
    expect(after).toMatchObject({ open: [{ commandId: command?.commandId }] });
  });

  test('[F04] are patient with throttled reads: every attempt counts, none is lost', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { lambda } = functionsOf(account);
    const sent = await lambda.invoke('send-command', turn({ sends }));
    let refused = 0;
    account.override('ListCommands', (_input, real) => {
      refused += 1;
      if (refused <= 5) throw new AwsError('ThrottlingException', 'Rate exceeded');
      return real();
    });
    const startedAt = account.clock.now();

    const after = await lambda.invoke('poll-command', sent);

    expect(after).toMatchObject({ usage: { apiCalls: { 'ssm:ListCommands': 6 } } });
    expect(account.clock.now()).toBeGreaterThan(startedAt + 500);
  });

  test('[F04] pace their calls to one account and Region by the setting', async () => {
    const account = await startAccount({ nodes: nodes(20) });
    const { lambda } = functionsOf(account);
    const times: number[] = [];
    account.override('SendCommand', (_input, real) => {
      times.push(account.clock.now());
      return real();
    });
    const many = nodes(20).map((each, index) =>
      preHookOf([each.nodeId], { sequence: index + 1, comment: `run-1 w1-b1 preHook ${index + 1}` }),
    );

    await lambda.invoke('send-command', turn({ sends: many }));

    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect(19 / seconds).toBeLessThanOrEqual(8.2);
  });
});
