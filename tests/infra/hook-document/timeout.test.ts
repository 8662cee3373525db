import { existsSync } from 'node:fs';
import { hookExitCodes, hookTimeoutSeconds } from '../../../shared/domain/hook-contract.ts';
import { Server, underEachShell, until } from './server.ts';

test.concurrent('ends the whole group of a script that takes too long, and runs no further one', async () => {
  await underEachShell(async (shell, server) => {
    server.hook(
      'pre.d/10.sh',
      `sh -c 'trap "" TERM; echo $$ >"${server.path('pid')}"; while :; do sleep 1; done' &`,
      'while :; do sleep 1; done',
    );
    server.hook('pre.d/20.sh', `touch '${server.path('ran')}'`);

    const answer = await server.deliver({}, { shell, boundSeconds: 2 });

    expect(answer.code).toBe(hookExitCodes.TimedOut);
    expect(answer.firstLine).toBe(`fleet-patcher preHook: 2 scripts (${server.hooks}/pre.d)`);
    expect(answer.stdout).toContain(`timed out, exit 124 (${server.hooks}/pre.d/10.sh)`);
    expect(existsSync(server.path('ran'))).toBe(false);
    await until('the group to be gone', () => !existsSync(`/proc/${server.lines('pid')[0]}`));
  });
});

test.concurrent('[F03] answers a second delivery with the time-out of the first', async () => {
  await underEachShell(async (shell, server) => {
    server.hook(
      'pre.d/10.sh',
      `echo ran >>'${server.path('count')}'`,
      'trap "" TERM',
      'while :; do sleep 1; done',
    );
    const first = server.deliver({}, { shell, boundSeconds: 2 });
    await until('the hook to run', () => server.lines('count').length > 0);

    const second = await server.deliver({}, { shell });

    expect(second).toMatchObject({ code: 124, firstLine: 'fleet-patcher preHook: already ran, exit 124' });
    expect(server.lines('count')).toEqual(['ran']);
    await first;
  });
});

test.concurrent('bounds the step, not each script', async () => {
  await underEachShell(async (shell, server) => {
    // The second begins at 4 s, the third would at 8 s: seconds of room on a slow machine on either side of the bound.
    for (const name of ['10', '20', '30', '40']) {
      server.hook(`pre.d/${name}.sh`, `echo ${name} >>'${server.path('count')}'`, 'sleep 4');
    }

    const answer = await server.deliver({}, { shell, boundSeconds: 7 });

    expect(answer.code).toBe(124);
    expect(server.lines('count')).toEqual(['10', '20']);
  });
});

test.concurrent('a second delivery does not wait for its owner beyond its own bound', async () => {
  await underEachShell(async (shell, server) => {
    server.hook('pre.d/10.sh', `echo ran >>'${server.path('count')}'`, 'sleep 5');
    const first = server.deliver({}, { shell });
    await until('the hook to run', () => server.lines('count').length > 0);

    const second = await server.deliver({}, { shell, boundSeconds: 1 });

    expect(second).toMatchObject({ code: 226, firstLine: 'fleet-patcher preHook: still running, exit 226' });
    expect((await first).code).toBe(0);
  });
});

test.concurrent('a time-out of the shortest TimeoutSeconds is over before the agent would kill the step', async () => {
  const server = new Server();
  server.hook('pre.d/10.sh', 'trap "" TERM', 'while :; do sleep 1; done');

  const started = process.hrtime.bigint();
  const answer = await server.deliver({ TimeoutSeconds: String(hookTimeoutSeconds.minimum) });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;

  expect(answer.code).toBe(124);
  expect(seconds).toBeGreaterThan(hookTimeoutSeconds.minimum - hookTimeoutSeconds.reserve - 1);
  expect(seconds).toBeLessThan(hookTimeoutSeconds.minimum);
  server.remove();
});
