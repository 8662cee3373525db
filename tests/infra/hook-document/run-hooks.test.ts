import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Server, shells } from './server.ts';

describe.each(shells)('the Linux step under $name', (shell) => {
  let server: Server;
  beforeEach(() => {
    server = new Server();
  });
  afterEach(() => {
    server.remove();
  });

  test('records a missing directory as an absent hook', async () => {
    const answer = await server.deliver({}, { shell });

    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.firstLine).toBe(`fleet-patcher preHook: absent (${server.hooks}/pre.d)`);
  });

  test('records an empty directory, or one without *.sh, as an absent hook', async () => {
    server.hook('post.d/README', 'echo never');
    server.hook('post.d/10-start.sh~', 'echo never');
    server.hook('post.d/.hidden.sh', 'echo never');

    const answer = await server.deliver({ Step: 'postHook' }, { shell });

    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toBe(`fleet-patcher postHook: absent (${server.hooks}/post.d)\n`);
  });

  test.each(['missing', 'empty'])(
    'fails on a %s directory where the policy requires a hook',
    async (kind) => {
      if (kind === 'empty') mkdirSync(`${server.hooks}/pre.d`, { recursive: true });

      const answer = await server.deliver({ Required: 'true' }, { shell });

      expect(answer.code).toBe(221);
      expect(answer.firstLine).toBe(`fleet-patcher preHook: absent, exit 221 (${server.hooks}/pre.d)`);
    },
  );

  test('runs the one script and passes both of its outputs on', async () => {
    server.hook('pre.d/10-stop.sh', 'echo out', 'echo err >&2');

    const answer = await server.deliver({ Required: 'true' }, { shell });

    expect(answer).toMatchObject({ code: 0, stderr: 'err\n' });
    expect(answer.stdout).toBe(
      `fleet-patcher preHook: 1 script (${server.hooks}/pre.d)\nout\nfleet-patcher preHook: succeeded, exit 0\n`,
    );
  });

  test('runs several scripts in the order of their bytes, with names that hold spaces', async () => {
    for (const name of ['b.sh', '10 stop all.sh', 'B.sh', 'a.sh', '9.sh']) {
      server.hook(`pre.d/${name}`, `echo '${name}' >>'${server.path('order')}'`);
    }

    const answer = await server.deliver({}, { shell, environment: { LC_ALL: 'en_US.UTF-8' } });

    expect(answer.code).toBe(0);
    expect(answer.firstLine).toBe(`fleet-patcher preHook: 5 scripts (${server.hooks}/pre.d)`);
    expect(server.lines('order')).toEqual(['10 stop all.sh', '9.sh', 'B.sh', 'a.sh', 'b.sh']);
  });

  test('stops at the first script that fails and answers with its exit code', async () => {
    server.hook('pre.d/10.sh', `echo 10 >>'${server.path('order')}'`);
    server.hook('pre.d/20 x.sh', `echo 20 >>'${server.path('order')}'`, 'exit 42');
    server.hook('pre.d/30.sh', `echo 30 >>'${server.path('order')}'`);

    const answer = await server.deliver({}, { shell });

    expect(answer.code).toBe(42);
    expect(server.lines('order')).toEqual(['10', '20']);
    expect(answer.stdout).toContain(`failed, exit 42 (${server.hooks}/pre.d/20 x.sh)`);
  });

  test.each(['not executable', 'dangling', 'a directory'])('runs nothing if one *.sh is %s', async (kind) => {
    server.hook('pre.d/10.sh', `touch '${server.path('ran')}'`);
    const broken = `${server.hooks}/pre.d/20.sh`;
    if (kind === 'not executable') chmodSync(server.hook('pre.d/20.sh', 'echo never'), 0o644);
    if (kind === 'dangling') symlinkSync('/nowhere/at-all', broken);
    if (kind === 'a directory') mkdirSync(broken);

    const answer = await server.deliver({}, { shell });

    expect(answer.code).toBe(222);
    expect(answer.firstLine).toBe(`fleet-patcher preHook: not runnable, exit 222 (${server.hooks}/pre.d)`);
    expect(answer.stdout).toContain(`${broken}: not an executable file`);
    expect(server.lines('ran')).toEqual([]);
  });

  test.each(['patch-hooks', 'patch-hooks/pre.d'])(
    'does not take a %s that is no directory for an absent hook',
    async (name) => {
      if (name.includes('/')) mkdirSync(server.hooks);
      writeFileSync(server.path(name), '');

      const answer = await server.deliver({}, { shell });

      expect(answer.code).toBe(222);
      expect(answer.stdout).toContain(`${server.path(name)}: not a readable directory`);
    },
  );

  test('gives a pre-hook its environment, and no result of a patch', async () => {
    server.hook('pre.d/10.sh', 'env | grep ^FLEET_PATCHER_ | LC_ALL=C sort; pwd; env | grep -c ^LC_ALL=');

    const answer = await server.deliver({ PatchResult: 'Failed' }, { shell });

    expect(answer.stdout.split('\n').slice(1, -2)).toEqual([
      'FLEET_PATCHER_NODE_ID=i-0123456789abcdef0',
      'FLEET_PATCHER_OPERATION=Install',
      'FLEET_PATCHER_PATCH_RESULT=',
      'FLEET_PATCHER_POLICY=prd-web',
      'FLEET_PATCHER_RUN_ID=run-1',
      'FLEET_PATCHER_STEP=preHook',
      '/',
      '0',
    ]);
  });

  test('tells a post-hook how the patch ended', async () => {
    server.hook(
      'post.d/10.sh',
      'echo "$FLEET_PATCHER_STEP $FLEET_PATCHER_OPERATION $FLEET_PATCHER_PATCH_RESULT"',
    );

    const answer = await server.deliver(
      { Step: 'postHook', Operation: 'Scan', PatchResult: 'TimedOut' },
      { shell },
    );

    expect(answer.stdout).toContain('\npostHook Scan TimedOut\n');
  });

  test('[F13] passes output on whole, far beyond the 24,000 characters that the API keeps', async () => {
    server.hook(
      'pre.d/10.sh',
      'awk \'BEGIN { for (i = 0; i < 100000; i++) print i; print i >"/dev/stderr" }\'',
    );

    const answer = await server.deliver({}, { shell });

    expect(answer.stdout.split('\n')).toHaveLength(100_003);
    expect(answer.stderr).toBe('100000\n');
  });

  test.each([
    ['exit 194', 'asked for a reboot, exit 225'],
    ['kill -KILL $$', 'killed, exit 225'],
  ])(
    'keeps an exit code from the agent that the agent has a meaning of its own for: %s',
    async (line, words) => {
      server.hook('pre.d/10.sh', line);
      server.hook('pre.d/20.sh', `touch '${server.path('ran')}'`);

      const answer = await server.deliver({}, { shell });

      expect(answer.code).toBe(225);
      expect(answer.stdout).toContain(words);
      expect(server.lines('ran')).toEqual([]);
    },
  );

  test('is not ended by a script that signals its own group', async () => {
    server.hook('pre.d/10.sh', 'trap : TERM', 'kill -s TERM 0', 'exit 7');

    const answer = await server.deliver({}, { shell });

    expect(answer.code).toBe(7);
  });
});
