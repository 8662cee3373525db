import { existsSync } from 'node:fs';
import { type Delivery, type Server, type Shell, sleepSeconds, underEachShell, until } from './server.ts';

test.concurrent('[F03] runs nothing after a crash half-way, and says so with an exit code of its own', async () => {
  await underEachShell(async (shell, server) => {
    const { delivery } = await startHanging(server, shell);
    delivery.signal('SIGKILL');
    await until('the hook to be ended', () => existsSync(server.path('hung-up')));

    const second = await server.deliver({}, { shell });

    expect(second).toMatchObject({ code: 223, firstLine: 'fleet-patcher preHook: interrupted, exit 223' });
    expect(server.lines('count')).toEqual(['ran']);
    await delivery.answer;
  });
});

test.concurrent('[F03] answers a delivery that waits for an owner which crashes meanwhile', async () => {
  await underEachShell(async (shell, server) => {
    const { delivery } = await startHanging(server, shell);
    const waiting = server.deliver({}, { shell });
    await sleepSeconds(0.5);
    delivery.signal('SIGKILL');

    const second = await waiting;

    expect(second.code).toBe(223);
    expect(server.lines('count')).toEqual(['ran']);
    await delivery.answer;
  });
});

test.concurrent('ends the hook when the agent kills the group of the step', async () => {
  await underEachShell(async (shell, server) => {
    const { delivery, hookPid } = await startHanging(server, shell);

    delivery.killGroup();

    await until('the hook to be ended', () => existsSync(server.path('hung-up')));
    await until('the hook to be gone', () => !existsSync(`/proc/${hookPid}`));
    expect((await delivery.answer).code).toBe('SIGKILL');
  });
});

test.concurrent.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('records its end when %s ends it', async (signal, code) => {
  await underEachShell(async (shell, server) => {
    const { delivery, hookPid } = await startHanging(server, shell);
    delivery.signal(signal);
    const first = await delivery.answer;

    const second = await server.deliver({}, { shell });

    expect(first.code).toBe(code);
    expect(second).toMatchObject({ code, firstLine: `fleet-patcher preHook: already ran, exit ${code}` });
    expect(server.lines('count')).toEqual(['ran']);
    await until('the hook to be gone', () => !existsSync(`/proc/${hookPid}`));
  });
});

test.concurrent('[F03] keeps its result though nobody reads its output any more', async () => {
  await underEachShell(async (shell, server) => {
    server.hook('pre.d/10.sh', `echo ran >>'${server.path('count')}'`);
    const delivery = server.start({}, { shell });
    delivery.closeOutput();
    await until('the result', () => existsSync(server.stateFile('run-1.preHook.result')));

    const second = await server.deliver({}, { shell });

    expect(second).toMatchObject({ code: 0, firstLine: 'fleet-patcher preHook: already ran, exit 0' });
    expect(server.lines('count')).toEqual(['ran']);
  });
});

/** A delivery in the middle of its first script, which leaves `hung-up` behind when it is told to end. */
async function startHanging(server: Server, shell: Shell): Promise<{ delivery: Delivery; hookPid: string }> {
  server.hook(
    'pre.d/10.sh',
    `trap 'touch "${server.path('hung-up')}"; exit 1' TERM`,
    `echo $$ >'${server.path('pid')}'`,
    `echo ran >>'${server.path('count')}'`,
    'while :; do sleep 0.1; done',
  );
  server.hook('pre.d/20.sh', `echo 20 >>'${server.path('count')}'`);
  const delivery = server.start({}, { shell });
  await until('the hook to run', () => server.lines('count').length > 0);
  return { delivery, hookPid: server.lines('pid')[0] ?? 'none' };
}
