import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunRecord } from '../shared/domain/account.ts';
import { english } from '../shared/domain/messages/english.ts';
import { outcomes } from '../shared/domain/outcome.ts';
import { clockText } from './progress.ts';

/** A message as it would be delivered. */
export interface Delivered {
  readonly topic: string;
  readonly subject: string;
  readonly text: string;
}

/** Writes what a run leaves behind to `out/<run id>`, and points `out/latest` to it. Answers with the folder. */
export function writeReport(
  out: string,
  run: {
    readonly record: RunRecord;
    readonly messages: readonly Delivered[];
    readonly logs: readonly string[];
  },
): string {
  const folder = join(out, run.record.runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(run.record, null, 2)}\n`);
  writeFileSync(join(folder, 'functions.log'), run.logs.map((line) => `${line}\n`).join(''));
  writeFileSync(join(folder, 'messages.txt'), run.messages.map(messageText).join('\n'));
  const latest = join(out, 'latest');
  rmSync(latest, { recursive: true, force: true });
  symlinkSync(run.record.runId, latest);
  return relative(process.cwd(), folder);
}

export function messageText(message: Delivered): string {
  return `To: ${message.topic}\nSubject: ${message.subject}\n\n${message.text}\n`;
}

/** The table that sums to the scope. */
export function outcomeTable(record: RunRecord): string {
  const rows = outcomes.flatMap((outcome) => {
    const count = record.outcomes[outcome];
    return count ? [`  ${outcome.padEnd(22)}${String(count).padStart(6)}   ${english.outcome[outcome]}`] : [];
  });
  const sum = Object.values(record.outcomes).reduce((total, count) => total + count, 0);
  return [...rows, `  ${'in scope'.padEnd(22)}${String(sum).padStart(6)}`].join('\n');
}

/** What the run cost, and how far from the best it was. */
export function usageTable(record: RunRecord): string {
  const { usage } = record;
  const calls = Object.values(usage.apiCalls).reduce((total, count) => total + count, 0);
  const nodes = Math.max(1, record.nodesInScope);
  const ratio =
    record.lowerBoundSeconds > 0 ? (record.makespanSeconds / record.lowerBoundSeconds).toFixed(3) : '-';
  return [
    `  time                ${clockText(record.makespanSeconds * 1000)}, ${ratio} times the best possible (${clockText(record.lowerBoundSeconds * 1000)})`,
    `  state transitions   ${usage.stateTransitions}, ${(usage.stateTransitions / nodes).toFixed(2)} a server`,
    `  AWS API calls       ${calls}, ${(calls / nodes).toFixed(2)} a server`,
    `  largest payload     ${usage.payloadBytesMax} of 262144 bytes`,
    `  longest history     ${usage.historyEventsMax} of 25000 events`,
    `  Lambda invocations  ${usage.lambdaInvocations}`,
  ].join('\n');
}
