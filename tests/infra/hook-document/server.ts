import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { hookDocument } from '../../../infra/hook-document/hook-document.ts';
import { ScaledClock } from '../../../local/scaled-clock.ts';
import { type ParameterValues, substitute } from './substitute.ts';

/** A shell that a server may call `sh`: the command, its arguments before the script, and the name it goes by. */
export interface Shell {
  readonly name: string;
  readonly command: string;
  readonly before: readonly string[];
}

/** How a delivery ended: the exit code (or the signal's name) and the whole output. */
export interface Answer {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
  readonly firstLine: string;
}

/** A delivery under way. Its process leads a group of its own, as under the agent; `killGroup` is the agent's timeout. */
export interface Delivery {
  readonly pid: number;
  readonly answer: Promise<Answer>;
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void;
  killGroup(): void;
  closeOutput(): void;
}

/** What of a delivery is not the ordinary case. `boundSeconds` replaces the 20 s and more that the document admits. */
export interface Delivering {
  readonly shell?: Shell;
  readonly boundSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const plainShell: Shell = { name: 'sh', command: 'sh', before: [] };
const reserveSeconds = 10;

/** Plain `sh` and, where they are installed, the shells that are `sh` on other servers. */
export const shells: readonly Shell[] = [
  plainShell,
  ...[
    { name: 'dash', command: 'dash', before: [] },
    { name: 'bash', command: 'bash', before: [] },
    { name: 'busybox', command: 'busybox', before: ['sh'] },
  ].filter((shell) => isInstalled(shell.command)),
];

const clock = new ScaledClock(0, 1);

/** Resolves once the condition holds; rejects after ten seconds, naming what was waited for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const started = clock.now();
  while (!condition()) {
    if (clock.now() - started > 10_000) throw new Error(`waited ten seconds for ${what}`);
    await clock.sleep(50);
  }
}

/** Seconds of wall time, for a test that has to see a process end. */
export const sleepSeconds = (seconds: number): Promise<void> => clock.sleep(seconds * 1000);

/** A server in a temporary directory: its hooks, its state, and the agent that runs the document's Linux step. */
export class Server {
  readonly root = mkdtempSync(join(tmpdir(), 'hooks-'));
  readonly hooks = join(this.root, 'patch-hooks');
  readonly state = join(this.root, 'state');
  private deliveries = 0;

  path(name: string): string {
    return join(this.root, name);
  }

  /** Puts an executable hook such as `pre.d/10-stop.sh` there; the lines follow a `#!/bin/sh`. */
  hook(name: string, ...lines: readonly string[]): string {
    const file = join(this.hooks, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** The lines of a file that hooks have written, empty if there is none. */
  lines(name: string): string[] {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8').trimEnd().split('\n') : [];
  }

  stateFile(name: string): string {
    return join(this.state, name);
  }

  /** Leaves the claim of another delivery there. */
  claimFor(entry: string, owner: readonly string[]): void {
    mkdirSync(this.state);
    writeFileSync(this.stateFile(`${entry}.claim`), `${owner.join(' ')}\n`);
  }

  start(values: ParameterValues = {}, delivering: Delivering = {}): Delivery {
    const shell = delivering.shell ?? plainShell;
    this.deliveries += 1;
    const script = this.path(`_script-${this.deliveries}.sh`);
    writeFileSync(script, this.script(values, delivering.boundSeconds));
    const child = spawn(shell.command, [...shell.before, script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // bash is strict about POSIX only where it is called sh.
      argv0: shell.command === 'bash' ? 'sh' : shell.command,
      env: {
        PATH: process.env['PATH'],
        AWS_SSM_INSTANCE_ID: 'i-0123456789abcdef0',
        FLEET_PATCHER_STATE_DIR: this.state,
        ...delivering.environment,
      },
    });
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${shell.command} did not start`);
    return {
      pid,
      answer: answerOf(child),
      signal: (name) => process.kill(pid, name),
      killGroup: () => process.kill(-pid, 'SIGKILL'),
      closeOutput: () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      },
    };
  }

  deliver(values: ParameterValues = {}, delivering: Delivering = {}): Promise<Answer> {
    return this.start(values, delivering).answer;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private script(values: ParameterValues, boundSeconds: number | undefined): string {
    const script = substitute(hookDocument(), 'Linux', {
      RunId: 'run-1',
      Policy: 'prd-web',
      Step: 'preHook',
      Operation: 'Install',
      LinuxDirectory: this.hooks,
      ...values,
    });
    if (boundSeconds === undefined) return script;
    return script.replace(/^timeout_seconds='\d+'$/m, `timeout_seconds='${boundSeconds + reserveSeconds}'`);
  }
}

/** The same check under every shell, each on a server of its own, all at once: they mostly wait for graces to pass. */
export async function underEachShell(check: (shell: Shell, server: Server) => Promise<void>): Promise<void> {
  await Promise.all(
    shells.map(async (shell) => {
      const server = new Server();
      try {
        await check(shell, server);
      } finally {
        server.remove();
      }
    }),
  );
}

function answerOf(child: ChildProcess): Promise<Answer> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({
        code: code ?? signal ?? 'unknown',
        ...output,
        firstLine: output.stdout.split('\n')[0] ?? '',
      });
    });
  });
}

function isInstalled(command: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((directory) => existsSync(join(directory, command)));
}
