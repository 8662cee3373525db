import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SlaReport, slaReportSchema } from '../../shared/domain/sla/report.ts';
import type { PublishedMessage } from '../aws/sns/sns.ts';
import { messageText } from '../report.ts';
import type { Life } from './life.ts';
import { timelineLine } from './timeline.ts';

/** Writes what a life leaves behind to `out/findings-seed-N`. Answers with the folder. */
export function writeLife(
  out: string,
  life: Life,
  { seed, timeZone }: { readonly seed: number; readonly timeZone: string },
): string {
  const folder = join(out, `findings-seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('timeline.txt', life.timeline.map((entry) => `${timelineLine(entry, timeZone)}\n`).join(''));
  write('messages.txt', life.messages.map((message) => `${published(message)}\n`).join(''));
  write('sla.json', life.report.json);
  write('sla.csv', life.report.csv);
  return folder;
}

/** The first message of each kind and language, in full. */
export function firstOfEachKind(messages: readonly PublishedMessage[]): string[] {
  const first = new Map<string, PublishedMessage>();
  for (const message of messages) {
    const kind = message.attributes['kind']?.value ?? '';
    if (!first.has(kind)) first.set(kind, message);
  }
  return [...first.values()].map(published);
}

/** How the clock stands in the end, a line a policy. */
export function clockTable(json: string): string {
  if (json === '') return '  nobody has looked yet';
  const { policies } = slaReportSchema.parse(JSON.parse(json));
  const columns = ['open', 'on time', 'due in 48 h', 'breached', 'will breach'] as const;
  const width = Math.max(13, ...policies.map(({ policy }) => policy.length)) + 2;
  const head = `  ${''.padEnd(width)}${columns.map((column) => column.padStart(13)).join('')}`;
  return [head, ...policies.flatMap((summary) => policyRows(summary, width))].join('\n');
}

function policyRows(summary: SlaReport['policies'][number], width: number): string[] {
  const { policy, patches, willBreach, bySeverity } = summary;
  const row = (name: string, counts: SlaReport['overall']['patches'], last: string): string => {
    const { onTime, dueSoon, breached } = counts;
    const cells = [onTime + dueSoon + breached, onTime, dueSoon, breached, last];
    return `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(13)).join('')}`.trimEnd();
  };
  const severities = Object.entries(bySeverity)
    .filter(([, counts]) => counts.onTime + counts.dueSoon + counts.breached > 0)
    .map(([severity, counts]) => row(`  ${severity}`, counts, ''));
  return [row(policy, patches, String(willBreach.patches)), ...severities];
}

function published({ at, topicArn, subject, message }: PublishedMessage): string {
  const topic = topicArn.slice(topicArn.lastIndexOf(':') + 1);
  return `Date: ${new Date(at).toISOString()}\n${messageText({ topic, subject: subject ?? '', text: message })}`;
}
