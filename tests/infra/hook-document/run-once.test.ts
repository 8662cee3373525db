import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { Server, shells } from './server.ts';

describe.each(shells)('a step delivered twice, under $name', (shell) => {
  let server: Server;
  beforeEach(() => {
    server = new Server();
  });
  afterEach(() => {
    server.remove();
  });

  test.each([0, 5])(
    '[F03] answers the second time with the first result, exit %i, and runs nothing',
    async (code) => {
      server.hook('pre.d/10.sh', `echo ran >>'${server.path('count')}'`, `exit ${code}`);
      const first = await server.deliver({}, { shell });

      const second = await server.deliver({}, { shell });

      expect([first.code, second.code]).toEqual([code, code]);
      expect(second.firstLine).toBe(`fleet-patcher preHook: already ran, exit ${code}`);
      expect(server.lines('count')).toEqual(['ran']);
    },
  );

  test('[F03] keeps an absent hook absent, though a script has come since', async () => {
    await server.deliver({}, { shell });
    server.hook('pre.d/10.sh', `touch '${server.path('ran')}'`);

    const second = await server.deliver({}, { shell });

    expect(second).toMatchObject({ code: 0, firstLine: 'fleet-patcher preHook: already ran, exit 0' });
    expect(second.stdout).toContain(`absent (${server.hooks}/pre.d)`);
    expect(existsSync(server.path('ran'))).toBe(false);
  });

  test('runs again for another run and for the other step', async () => {
    server.hook('pre.d/10.sh', `echo pre >>'${server.path('count')}'`);
    server.hook('post.d/10.sh', `echo post >>'${server.path('count')}'`);
    await server.deliver({}, { shell });

    await server.deliver({ Step: 'postHook' }, { shell });
    await server.deliver({ RunId: 'run-1.preHook' }, { shell });

    expect(server.lines('count')).toEqual(['pre', 'post', 'pre']);
  });

  test('[F03] runs each script once when five deliveries come at the same moment', async () => {
    server.hook('pre.d/10.sh', `echo 10 >>'${server.path('count')}'`, 'sleep 1');
    server.hook('pre.d/20.sh', `echo 20 >>'${server.path('count')}'`, 'exit 9');

    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => server.deliver({}, { shell })));

    expect(server.lines('count')).toEqual(['10', '20']);
    expect(answers.map((answer) => answer.code)).toEqual([9, 9, 9, 9, 9]);
    const again = 'fleet-patcher preHook: already ran, exit 9';
    expect(answers.filter((answer) => answer.firstLine === again)).toHaveLength(4);
  });

  test.each([
    [
      'of another boot',
      (boot: string, pid: string, started: string) => [boot.replace(/^./, 'x'), pid, started],
    ],
    [
      'whose pid another process has now',
      (boot: string, pid: string, started: string) => [boot, pid, `${started}0`],
    ],
    ['that nobody can read', () => []],
  ])('[F03] takes an owner %s for gone', async (_which, ownerOf) => {
    server.hook('pre.d/10.sh', `touch '${server.path('ran')}'`);
    server.claimFor('run-1.preHook', ownerOf(...aliveOwner()));

    const answer = await server.deliver({}, { shell, boundSeconds: 2 });

    expect(answer.code).toBe(223);
    expect(existsSync(server.path('ran'))).toBe(false);
  });

  test('[F03] waits for an owner that is alive, and never runs in its place', async () => {
    server.hook('pre.d/10.sh', `touch '${server.path('ran')}'`);
    server.claimFor('run-1.preHook', aliveOwner());

    const answer = await server.deliver({}, { shell, boundSeconds: 2 });

    expect(answer.code).toBe(226);
    expect(existsSync(server.path('ran'))).toBe(false);
  });

  test('[F03] takes a result that was cut off for an interrupted step', async () => {
    server.hook('pre.d/10.sh', `echo ran >>'${server.path('count')}'`);
    await server.deliver({}, { shell });
    writeFileSync(server.stateFile('run-1.preHook.result'), '');

    const second = await server.deliver({}, { shell });

    expect(second.code).toBe(223);
    expect(server.lines('count')).toEqual(['ran']);
  });

  test('keeps its state from others, also in a directory that was open', async () => {
    mkdirSync(server.state);
    chmodSync(server.state, 0o777);

    await server.deliver({}, { shell });

    expect(statSync(server.state).mode & 0o777).toBe(0o700);
    expect(readdirSync(server.state).toSorted()).toEqual(['run-1.preHook.claim', 'run-1.preHook.result']);
  });

  test.each(['a link', 'a file'])('runs nothing if its state directory is %s', async (kind) => {
    server.hook('pre.d/10.sh', `touch '${server.path('ran')}'`);
    if (kind === 'a link') symlinkSync(server.root, server.state);
    else writeFileSync(server.state, '');

    const answer = await server.deliver({}, { shell });

    expect(answer).toMatchObject({
      code: 224,
      firstLine: `fleet-patcher preHook: state unusable (${server.state})`,
    });
    expect(existsSync(server.path('ran'))).toBe(false);
  });

  test('fails, whatever its scripts did, if the result cannot be kept', async () => {
    server.hook('pre.d/10.sh', `rm -r '${server.state}'`);

    const answer = await server.deliver({}, { shell });

    expect(answer.code).toBe(224);
    expect(answer.stdout).toContain('could not be kept');
  });

  test('removes state of more than 30 days, never that of this run', async () => {
    for (const name of ['run-0.preHook.claim', 'run-0.preHook.result', 'run-1.postHook.result', 'not-ours']) {
      mkdirSync(server.state, { recursive: true });
      writeFileSync(server.stateFile(name), '0\n');
      utimesSync(server.stateFile(name), 0, 0);
    }
    writeFileSync(server.stateFile('run-9.preHook.result'), '0\n');

    await server.deliver({}, { shell });

    expect(readdirSync(server.state).toSorted()).toEqual([
      'not-ours',
      'run-1.postHook.result',
      'run-1.preHook.claim',
      'run-1.preHook.result',
      'run-9.preHook.result',
    ]);
  });
});

/** This test's own process as a claim names it: boot id, pid and start time (proc(5), field 22 of stat). */
function aliveOwner(): readonly [string, string, string] {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const afterName = readFileSync(`/proc/${process.pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
  return [boot, String(process.pid), afterName.split(' ')[19] ?? ''];
}
