/** `npm run findings`: some weeks of an embedded fleet's life, and what people are told of it. */
import { join } from 'node:path';
import { loadPolicies } from '../infra/policies.ts';
import type { PolicyFile } from '../shared/domain/policy.ts';
import { InvalidPolicyError } from '../shared/errors.ts';
import { OptionsError } from './command-line.ts';
import { live } from './life/life.ts';
import { type FindingsOptions, help, parseOptions } from './life/options.ts';
import { clockTable, firstOfEachKind, writeLife } from './life/report.ts';
import { timelineLine } from './life/timeline.ts';

const out = 'out';

async function main(): Promise<number> {
  try {
    const all = loadPolicies('fleet.yml');
    const options = parseOptions(process.argv.slice(2), Object.keys(all.policies));
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    await play(options, all);
    return 0;
  } catch (error) {
    if (!(error instanceof OptionsError) && !(error instanceof InvalidPolicyError)) throw error;
    process.stderr.write(`${error.message}\n\nSee npm run findings -- --help\n`);
    return 2;
  }
}

async function play(options: FindingsOptions, all: PolicyFile): Promise<void> {
  const { seed, nodes, days } = options;
  const chosen = Object.entries(all.policies).filter(([name]) => options.policies.includes(name));
  const policies = { ...all, policies: Object.fromEntries(chosen) };
  const timeZone = chosen.map(([, { install, scan }]) => (install ?? scan)?.timeZone)[0] ?? 'UTC';
  const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
  print(
    `seed ${seed}: ${nodes} nodes of ${chosen.map(([name]) => name).join(', ')}, ${days} days; times of ${timeZone}`,
    '',
  );
  const life = await live({ seed, nodes, days, policies });
  const folder = writeLife(out, life, { seed, timeZone });
  print(
    ...life.timeline.map((entry) => timelineLine(entry, timeZone)),
    '',
    `${life.messages.length} messages; the first of each kind:`,
    '',
    ...firstOfEachKind(life.messages),
    'the clock of missing patches in the end:',
    '',
    clockTable(life.report.json),
    '',
    `files: ${join(folder, 'timeline.txt')}, messages.txt, sla.json, sla.csv`,
  );
}

process.exitCode = await main();
