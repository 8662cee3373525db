import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { run as closeRun } from '../../functions/close-run/handler.ts';
import { closeRunInput } from '../../functions/close-run/schema.ts';
import { run as resolveTargets } from '../../functions/resolve-targets/handler.ts';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import { substitute } from '../infra/hook-document/substitute.ts';
import { nodes, startsAt } from '../local/aws/ssm/account-under-test.ts';
import { barePolicy } from '../support/domain-builders.ts';
import { closeAccounts, startAccount } from '../support/embedded-account.ts';
import { handMadeDependencies, MemoryStore, recordingPublish } from '../support/handler-dependencies.ts';
import { seeded } from '../support/seeded.ts';
import { hookStepParameters } from './hook-steps.ts';
import { hostileText, hostileValue, mutated, outcomeOf } from './hostile.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(closeAccounts);

const policyFile = join(directory, 'fleet.json');
writeFileSync(policyFile, JSON.stringify({ version: 1, policies: { 'prd-web': barePolicy } }));

const windowIds = {
  windowId: 'mw-0123456789abcdef0',
  windowExecutionId: '01234567-89ab-cdef-0123-456789abcdef',
};
const request = {
  policy: 'prd-web',
  operation: 'Install',
  dryRun: false,
  deadline: '2026-01-11T02:00:00+09:00',
  overrides: { waves: ['1', '100%'], bakeMinutes: 1, maxConcurrency: '10%', maxErrors: '0', verify: true },
};

/** Step Functions takes any text of 80 characters as the execution's name, but for a few. */
const executionName = hostileText.map((text) => text.toWellFormed().slice(0, 60) || 'x');

function executionOf(name: string) {
  return {
    id: `arn:aws:states:us-east-1:111122223333:execution:patch-fleet:${name.replaceAll(/[\n\r\u2028\u2029]/g, '')}x`,
    name,
    startTime: new Date(startsAt).toISOString(),
  };
}

describe('a request that may be anything', () => {
  test('is refused by name before any node is touched, or planned', async () => {
    const account = await startAccount({ nodes: nodes(3), policyFile });
    const keys: string[] = [];
    const { store } = account.dependencies;
    const watched = {
      ...store,
      putIf: (key: string, value: unknown, etag: string | null) => {
        keys.push(key);
        return store.putIf(key, value, etag);
      },
    };
    const given = fc.oneof(
      { arbitrary: mutated(request), weight: 6 },
      { arbitrary: mutated({ policy: 'prd-web', window: windowIds }), weight: 1 },
      { arbitrary: hostileValue, weight: 1 },
    );

    await fc.assert(
      fc.asyncProperty(given, executionName, async (content, name) => {
        const { error } = await outcomeOf(() =>
          resolveTargets(
            { execution: executionOf(name), request: content },
            { ...account.dependencies, store: watched },
          ),
        );
        if (error) expect(Buffer.byteLength(error.message)).toBeLessThan(65_536);
      }),
      seeded(80),
    );

    expect(account.inputsOf('SendCommand')).toEqual([]);
    expect(keys.length).toBeGreaterThan(0);
    const form =
      /^(?:locks\/111122223333-us-east-1|runs\/[A-Za-z0-9_.-]{1,60}\/(?:plan|planning|locks|batches\/w\d+-b\d+\/(?:even|odd)))\.json$/;
    expect(keys.filter((key) => !form.test(key) || key.split('/').includes('..'))).toEqual([]);
  });

  test.each([
    [
      'very many problems',
      { policy: 'prd-web', ...Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 1])) },
    ],
    ['a very long name', { policy: 'x'.repeat(200_000) }],
    ['a very long key', { policy: 'prd-web', ['y'.repeat(200_000)]: 1 }],
    ['a name of every object', { policy: 'constructor' }],
    ['a deadline after all times', { policy: 'prd-web', deadline: '9999-12-31T23:59:59-23:00' }],
    ['a hidden key', JSON.parse('{"policy":"prd-web","__proto__":{"dryRun":true}}')],
  ])('is refused with a short text for %s', async (_what, content) => {
    const account = await startAccount({ nodes: nodes(1), policyFile });

    const { error } = await outcomeOf(() =>
      resolveTargets({ execution: executionOf('run-1'), request: content }, account.dependencies),
    );

    expect(error?.name).toBe('InvalidRequestError');
    expect(error?.message.length).toBeLessThan(16_000);
  });

  test('is told of when its run has failed, whatever it was', async () => {
    const input = fc.oneof(fc.json(), hostileText, fc.constant(null), fc.constant(undefined));

    await fc.assert(
      fc.asyncProperty(input, executionName, hostileText, async (text, name, cause) => {
        const { messages, publish } = recordingPublish();
        const store = new MemoryStore();
        const event = { ...failed, name, input: text, error: cause, cause };
        const dependencies = { ...handMadeDependencies(startsAt, store), publish };
        await closeRun(closeRunInput.parse(event), dependencies);
        await closeRun(closeRunInput.parse(event), dependencies);
        expect(messages).toHaveLength(1);
        expect(messages[0]?.subject).toMatch(/^[ -~]{1,99}$/);
        expect([...store.objects.keys()].filter((key) => !/^runs\/[\w.-]+\/\w+\.json$/.test(key))).toEqual(
          [],
        );
      }),
      seeded(100),
    );
  });
});

const failed = {
  executionArn: 'arn:aws:states:us-east-1:111122223333:execution:patch-fleet:run-1',
  name: 'run-1',
  status: 'FAILED',
  startDate: startsAt,
};

test('an event that is not as EventBridge sends it is refused, or closes the run', async () => {
  await fc.assert(
    fc.asyncProperty(
      mutated({ ...failed, input: '{}', error: 'States.Timeout', cause: 'x' }),
      async (event) => {
        const parsed = closeRunInput.safeParse(event);
        if (!parsed.success) return;
        const { publish } = recordingPublish();
        await closeRun(parsed.data, { ...handMadeDependencies(startsAt), publish });
      },
    ),
    seeded(120),
  );
});

/** What would end a quoted text of either shell, or start something in it; PowerShell takes curly quotes too. */
const shellCharacters = /['"`$;&|<>(){}*?!#~%^\n\r\t \0\u2018-\u201f]/;

describe('the hook document', () => {
  test('is given nothing of a run that any shell would read as more than a text', async () => {
    await fc.assert(
      fc.property(
        executionName,
        fc.string({ unit: 'binary' }),
        hostileText,
        (name, directoryName, policy) => {
          for (const values of hookStepParameters({
            name,
            policy,
            directories: [directoryName, hostileOf(name)],
          })) {
            for (const platform of ['Linux', 'Windows'] as const)
              substitute(hookDocument(), platform, values);
            expect(Object.values(values).filter((value) => shellCharacters.test(value))).toEqual([]);
          }
        },
      ),
      seeded(60),
    );
  });

  test('admits no such text for any parameter, whoever sends the command', () => {
    const document = hookDocument();
    const names = Object.keys(document.parameters);
    const good = {
      RunId: 'run-1',
      Policy: 'prd-web',
      Step: 'preHook',
      Operation: 'Install',
      LinuxDirectory: '/etc/patch-hooks',
      WindowsDirectory: 'C:\\ProgramData\\PatchHooks',
    };
    const value = fc
      .tuple(
        fc.constantFrom(...Object.values(good), ''),
        hostileText,
        fc.constantFrom('', '\n', "'", '$(id)'),
      )
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, text) => {
        const isShell = shellCharacters.test(text);
        const act = () => substitute(document, 'Linux', { ...good, [name]: text });
        if (isShell) expect(act).toThrow(RangeError);
      }),
      seeded(250),
    );
  });
});

function hostileOf(name: string): string {
  return `/etc/${name}`;
}
