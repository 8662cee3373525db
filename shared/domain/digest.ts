import type { NodeAccount, RunRecord } from './account.ts';
import type { Catalogue } from './messages/catalogue.ts';
import { english } from './messages/english.ts';
import { japanese } from './messages/japanese.ts';
import { owesPostHook } from './node-life.ts';
import { classOf, type Outcome, outcomes } from './outcome.ts';
import type { Urgent } from './turn.ts';

/** How loud a message is: `critical` needs a hand at night, `warning` tomorrow, `info` none. */
export type Severity = 'info' | 'warning' | 'critical';

export interface Message {
  /** ASCII, one line, below 100 characters, in every language. */
  readonly subject: string;
  readonly text: string;
  readonly severity: Severity;
  readonly kind: 'run-ended' | 'urgent';
}

const nodesListed = 25;
const subjectLength = 99;

export function catalogueFor(language: 'en' | 'ja'): Catalogue {
  return language === 'ja' ? japanese : english;
}

/** True if the run is worth a message: a scan or an empty window that went well is met with silence. */
export function isWorthTelling(record: RunRecord): boolean {
  if (record.dryRun) return false;
  return (
    severityOf(record) !== 'info' ||
    (record.operation === 'Install' && record.nodes.some((node) => node.steps.length > 0))
  );
}

/** One digest a run: what happened, how many, which servers, what to do. */
export function digestOf(record: RunRecord, language: 'en' | 'ja', recordUrl: string): Message {
  const words = catalogueFor(language);
  const severity = severityOf(record);
  const minutes = Math.round(record.makespanSeconds / 60);
  const parts = [
    record.dryRun ? words.dryRunEnded(record.policy) : words.runEnded[record.status](record.policy),
    words.why(record.reason),
    words.facts({ runId: record.runId, operation: record.operation, minutes }),
    '',
    words.outcomesTitle(record.nodesInScope),
    ...outcomes.flatMap((outcome) => {
      const count = record.outcomes[outcome];
      return count ? [`  ${String(count).padStart(6)}  ${outcome}: ${words.outcome[outcome]}`] : [];
    }),
    ...listing(words.handsNeededTitle, record.nodes.filter(needsHand), words),
    ...listing(
      words.owedPostHooksTitle,
      record.nodes.filter((node) => owesPostHook(node) && !needsHand(node)),
      words,
    ),
    ...listing(
      words.troublesTitle,
      record.nodes.filter((node) => hadTrouble(node) && !needsHand(node) && !owesPostHook(node)),
      words,
    ),
    ...nextSteps(record, words),
    '',
    words.whereTheRest(recordUrl),
  ];
  return { subject: subjectOf(record), text: parts.join('\n'), severity, kind: 'run-ended' };
}

/** The message about what cannot wait for the digest. */
export function urgentMessage(
  run: { readonly policy: string; readonly runId: string; readonly language: 'en' | 'ja' },
  urgent: readonly Urgent[],
): Message {
  const words = catalogueFor(run.language);
  const shown = urgent.slice(0, nodesListed);
  const lines = shown.map((each) => `  ${[each.what, each.nodeId, each.reason].filter(Boolean).join('  ')}`);
  const more = urgent.length > shown.length ? [`  ${words.andMore(urgent.length - shown.length)}`] : [];
  return {
    subject: ascii(
      `[fleet-patcher] URGENT ${run.policy}: ${[...new Set(urgent.map((each) => each.what))].join(', ')}`,
    ),
    text: [
      words.urgentTitle(run.policy),
      '',
      ...lines,
      ...more,
      '',
      `run ${run.runId}`,
      words.urgentClosing,
    ].join('\n'),
    severity: 'critical',
    kind: 'urgent',
  };
}

function severityOf(record: RunRecord): Severity {
  if (record.status !== 'Succeeded' || record.nodes.some((node) => needsHand(node) || owesPostHook(node)))
    return 'critical';
  const isLeft = record.nodes.some((node) => node.outcome === 'NotReached' || node.outcome === 'Unmanaged');
  return isLeft || record.nodes.some(hadTrouble) ? 'warning' : 'info';
}

function needsHand(node: NodeAccount): boolean {
  const urgent: readonly Outcome[] = ['PostHookFailed', 'LostAfterReboot', 'Unknown'];
  return urgent.includes(node.outcome);
}

function hadTrouble(node: NodeAccount): boolean {
  return classOf(node.outcome) === 'error';
}

function listing(title: string, nodes: readonly NodeAccount[], words: Catalogue): string[] {
  if (nodes.length === 0) return [];
  const shown = nodes
    .slice(0, nodesListed)
    .map((node) => `  ${node.nodeId}  ${node.outcome}  ${node.reason}`);
  const more = nodes.length > nodesListed ? [`  ${words.andMore(nodes.length - nodesListed)}`] : [];
  return ['', title, ...shown, ...more];
}

function nextSteps(record: RunRecord, words: Catalogue): string[] {
  const count = (outcome: Outcome) => record.outcomes[outcome] ?? 0;
  const due = [
    record.status === 'Halted' ? words.nextSteps.Halted : '',
    record.status === 'Failed' ? words.nextSteps.Failed : '',
    record.nodes.some((node) => node.outcome === 'PostHookFailed' || owesPostHook(node))
      ? words.nextSteps.postHook
      : '',
    count('LostAfterReboot') > 0 ? words.nextSteps.lost : '',
    count('Unknown') > 0 ? words.nextSteps.unknown : '',
    count('NotReached') > 0 ? words.nextSteps.notReached : '',
  ].filter(Boolean);
  return due.length > 0 ? ['', words.nextStepsTitle, ...due.map((step) => `  - ${step}`)] : [];
}

function subjectOf(record: RunRecord): string {
  const achieved = record.nodes.filter((node) => classOf(node.outcome) === 'achieved').length;
  const errors = record.nodes.filter(hadTrouble).length;
  const numbers = `${achieved} of ${record.nodesInScope} done${errors > 0 ? `, ${errors} with errors` : ''}`;
  return ascii(`[fleet-patcher] ${record.status} ${record.policy} ${record.operation}: ${numbers}`);
}

/** SNS refuses a subject with line breaks, control characters or 100 characters; not all mail takes more than ASCII. */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, '?').slice(0, subjectLength);
}
