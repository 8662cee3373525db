import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hookDocument } from '../../../infra/hook-document/hook-document.ts';
import {
  hookDirectories,
  hookDocumentSteps,
  hookExitCodes,
  hookParameterNames,
  hookTimeoutSeconds,
} from '../../../shared/domain/hook-contract.ts';
import { substitute } from './substitute.ts';

const document = hookDocument();
const values = { RunId: 'run-1', Policy: 'prd-web', Step: 'preHook', Operation: 'Install' };

function scriptOf(platform: 'Linux' | 'Windows'): string {
  const step = document.mainSteps.find((each) => each.precondition.StringEquals[1] === platform);
  return step?.inputs.runCommand.join('\n') ?? '';
}

function allOf(text: string, expression: RegExp): string[] {
  return [...new Set([...text.matchAll(expression)].map((match) => match[1] ?? match[0]))].toSorted();
}

describe('the document', () => {
  test('has one step for each platform, bounded by TimeoutSeconds', () => {
    const steps = document.mainSteps.map(({ inputs, ...step }) => ({
      ...step,
      seconds: inputs.timeoutSeconds,
    }));

    expect(document.schemaVersion).toBe('2.2');
    expect(steps).toEqual([
      {
        action: 'aws:runShellScript',
        name: hookDocumentSteps.Linux,
        precondition: { StringEquals: ['platformType', 'Linux'] },
        seconds: '{{ TimeoutSeconds }}',
      },
      {
        action: 'aws:runPowerShellScript',
        name: hookDocumentSteps.Windows,
        precondition: { StringEquals: ['platformType', 'Windows'] },
        seconds: '{{ TimeoutSeconds }}',
      },
    ]);
  });

  test('stays below the 64 KB that Systems Manager admits', () => {
    expect(Buffer.byteLength(JSON.stringify(document, null, 2))).toBeLessThan(64 * 1024);
  });

  test('declares the parameters of the contract, each constrained by anchored pattern or by values', () => {
    expect(Object.keys(document.parameters)).toEqual([...hookParameterNames]);
    for (const [name, parameter] of Object.entries(document.parameters)) {
      expect([name, parameter.allowedValues !== undefined || parameter.allowedPattern !== undefined]).toEqual(
        [name, true],
      );
      if (parameter.allowedPattern !== undefined) expect(parameter.allowedPattern).toMatch(/^\^.*\$$/);
      expect(parameter.allowedPattern ?? '').not.toContain('(?');
    }
  });

  test.each(['Linux', 'Windows'] as const)(
    'uses every parameter once, inside single quotes, on %s',
    (platform) => {
      const script = scriptOf(platform);
      const other = platform === 'Linux' ? 'WindowsDirectory' : 'LinuxDirectory';

      const used = [...script.matchAll(/\{\{[^}]*\}\}/g)].map((match) => match[0]);
      const quoted = [...script.matchAll(/^\$?\w+ ?= ?(?:\[int\])?'\{\{ (\w+) \}\}'$/gm)].map(
        (match) => match[1],
      );

      expect(used).toHaveLength(quoted.length);
      expect(quoted).toEqual(hookParameterNames.filter((name) => name !== other));
    },
  );
});

describe('what a parameter admits', () => {
  test.each([
    { RunId: 'x'.repeat(80) },
    { RunId: 'prd-web.2026_11-22' },
    { Step: 'postHook', PatchResult: 'Unreachable' },
    { Operation: 'Scan', Required: 'true' },
    { LinuxDirectory: '/opt/my-app/hooks_1.2' },
    { WindowsDirectory: 'D:\\Apps\\hooks_1.2' },
    { TimeoutSeconds: String(hookTimeoutSeconds.minimum) },
    { TimeoutSeconds: '28800' },
    { TimeoutSeconds: String(hookTimeoutSeconds.maximum) },
  ])('admits %j', (more) => {
    expect(() => substitute(document, 'Linux', { ...values, ...more })).not.toThrow();
  });

  const injections = [
    "'; touch /tmp/x; '",
    '$(id)',
    '`id`',
    'a b',
    'a;b',
    'a"b',
    'a\nb',
    'a&b',
    'a|b',
    '{{ RunId }}',
    '',
  ];
  const prefixes: Readonly<Record<string, string>> = { LinuxDirectory: '/etc/', WindowsDirectory: 'C:\\' };
  test.each(
    hookParameterNames.flatMap((name) =>
      injections.map((text) => ({ name, value: `${prefixes[name] ?? ''}${text}` })),
    ),
  )('refuses $name $value', ({ name, value }) => {
    expect(() => substitute(document, 'Linux', { ...values, [name]: value })).toThrow(
      `${name} does not admit`,
    );
  });

  test.each([
    { LinuxDirectory: 'etc/hooks' },
    { LinuxDirectory: '/etc/../tmp' },
    { LinuxDirectory: '/etc/..' },
    { LinuxDirectory: '/' },
    { LinuxDirectory: '/etc/hooks/' },
    { LinuxDirectory: `/${'a'.repeat(200)}` },
    { WindowsDirectory: '\\\\server\\share' },
    { WindowsDirectory: 'C:\\..\\Temp' },
    { WindowsDirectory: 'C:/Temp' },
    { TimeoutSeconds: String(hookTimeoutSeconds.minimum - 1) },
    { TimeoutSeconds: String(hookTimeoutSeconds.maximum + 1) },
    { TimeoutSeconds: '060' },
    { RunId: 'x'.repeat(81) },
    { Step: 'pre' },
    { Required: 'yes' },
    { Commands: 'id' },
  ])('refuses %j', (more) => {
    expect(() => substitute(document, 'Linux', { ...values, ...more })).toThrow(RangeError);
  });

  test('needs what has no default, and finds the hooks where they are by default', () => {
    expect(() => substitute(document, 'Linux', { Step: 'preHook' })).toThrow('RunId is missing');
    expect(substitute(document, 'Linux', values)).toContain(`\ndirectory='${hookDirectories.Linux}'\n`);
    expect(substitute(document, 'Windows', values)).toContain(
      `\n$directory = '${hookDirectories.Windows}'\n`,
    );
  });
});

describe('the Windows step, which was not executed', () => {
  test('says so itself', () => {
    expect(scriptOf('Windows')).toContain('NOT EXECUTED');
  });

  test('gives scripts the same environment as the Linux step', () => {
    const names = allOf(scriptOf('Linux'), /FLEET_PATCHER_\w+/g);

    expect(allOf(scriptOf('Windows'), /FLEET_PATCHER_\w+/g)).toEqual(names);
    expect(names).toHaveLength(7);
  });

  test('has the exit codes of the contract, as the Linux step has', () => {
    const own = Object.values(hookExitCodes).filter((code) => code !== 0);

    const linux = [...scriptOf('Linux').matchAll(/^\w+=(\d{3})$/gm)].map((match) => Number(match[1]));
    const windows = [...scriptOf('Windows').matchAll(/^\$\w+ = (\d{3})$/gm)].map((match) => Number(match[1]));

    expect(linux).toEqual(own);
    expect(windows).toEqual(own);
  });

  test('keeps the same reserve before the agent', () => {
    expect(scriptOf('Linux')).toContain(`\nreserve_seconds=${hookTimeoutSeconds.reserve}\n`);
    expect(scriptOf('Windows')).toContain(`\n$reserveSeconds = ${hookTimeoutSeconds.reserve}\n`);
  });

  test.each([
    'already ran, exit',
    'absent',
    'interrupted, exit',
    'still running, exit',
    'not runnable, exit',
    'timed out, exit',
    'state unusable',
    'succeeded, exit 0',
    'failed, exit',
    'asked for a reboot, exit',
    '1 script (',
    'scripts (',
  ])('has the marker "%s", as the Linux step has', (marker) => {
    expect(scriptOf('Linux')).toContain(marker);
    expect(scriptOf('Windows')).toContain(marker);
  });
});

test("the README's table has every exit code of the document's own", () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../infra/hook-document/README.md'), 'utf8');

  expect(allOf(readme, /^\| (\d+) +\|/gm).map(Number)).toEqual(
    expect.arrayContaining(Object.values(hookExitCodes)),
  );
});
