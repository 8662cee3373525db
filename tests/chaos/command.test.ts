import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

function chaos(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'chaos/main.ts', ...args],
    { cwd: root, encoding: 'utf8' },
  );
  // The speed is all that may differ.
  return { status, stderr, text: stdout.replace(/in \d.*? s: .*? a second|in \d+ processes/g, '') };
}

describe('npm run chaos', () => {
  test('says the same for a seed, however many processes play', () => {
    const search = ['--seed', '5', '--runs', '6', '--faults', 'lost-reply,stuck-pending'];

    const alone = chaos(...search, '--workers', '1');
    const together = chaos(...search, '--workers', '3');

    expect(alone.status).toBe(0);
    expect(alone.text).toContain('6 runs of ');
    expect(alone.text).toContain('every promise was kept');
    expect(together).toEqual(alone);
  }, 240_000);

  test('refuses what it does not know, with exit code 2', () => {
    expect(chaos('--runs', 'many')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--runs: 'many' is refused"),
    });
  });
});
