import { Console } from 'node:console';
import { devNull } from 'node:os';
import process from 'node:process';
import { Writable } from 'node:stream';

/** What Lambda puts into a function's environment. */
export interface ProcessOptions {
  readonly functionName: string;
  readonly memoryMegabytes: number;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  /** One line of what the function writes to its log. */
  readonly onLine: (line: string) => void;
  readonly onExit: () => void;
}

/** `process` and `console` of one environment: its own variables, its own output, no way to end the host. */
export function createProcess(options: ProcessOptions): {
  readonly process: unknown;
  readonly console: Console;
} {
  const stdout = createLineWriter(options.onLine);
  const exit = (): void => options.onExit();
  const members: Readonly<Record<string | symbol, unknown>> = {
    env: lambdaEnvironment(options),
    stdout,
    stderr: stdout,
    exit,
    reallyExit: exit,
    abort: exit,
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    cwd: () => '/var/task',
  };
  const embedded = new Proxy(process, {
    get: (target, key) => {
      if (Object.hasOwn(members, key)) return members[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { process: embedded, console: new Console({ stdout, stderr: stdout, colorMode: false }) };
}

/** Source: Lambda developer guide, "Defined runtime environment variables". */
function lambdaEnvironment(options: ProcessOptions): Record<string, string> {
  return {
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_LAMBDA_FUNCTION_NAME: options.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'embedded-session-token',
    // Somebody's own profile must never decide what an embedded run does.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: 'index.handler',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...options.environment,
  };
}

function createLineWriter(onLine: (line: string) => void): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      done();
    },
  });
}
