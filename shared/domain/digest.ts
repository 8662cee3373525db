import type { Listed, RunSummary } from './account.ts';
import { excerpt, oneLine } from './excerpt.ts';
import { type Message, messageOf, type Severity, shortened } from './message.ts';
import type { Catalogue } from './messages/catalogue.ts';
import { catalogueFor, type Language } from './messages/language.ts';
import { classOf, type Outcome, type OutcomeClass, outcomes } from './outcome.ts';
import type { Urgent } from './turn.ts';

const nodesListed = 25;

/** Reasons come from AWS and from servers: what is long must not push the rest out of the message. */
const reasonLength = { run: 4000, node: 400 } as const;

/** True if the run is worth a message: a scan or an empty window that went well is met with silence. */
export function isWorthTelling(record: RunSummary): boolean {
  if (record.dryRun) return false;
  return severityOf(record) !== 'info' || (record.operation === 'Install' && record.touched > 0);
}

/** One digest a run: what happened, how many, which servers, what to do. */
export function digestOf(record: RunSummary, language: Language, recordUrl: string): Message {
  const words = catalogueFor(language);
  const minutes = Math.round(record.makespanSeconds / 60);
  const ended = record.dryRun
    ? words.dryRunEnded(record.policy)
    : words.runEnded[record.status](record.policy);
  return messageOf({
    subject: subjectOf(record),
    title: ended,
    opening: [
      ended,
      words.why(shortened(record.reason, reasonLength.run)),
      words.facts({ runId: record.runId, operation: record.operation, minutes }),
      ...outcomeLines(record, words),
      ...listings(record, words),
    ],
    nextStepsTitle: words.nextStepsTitle,
    nextSteps: nextSteps(record, words),
    closing: ['', words.whereTheRest(recordUrl)],
    links: [recordUrl],
    severity: severityOf(record),
    kind: 'run-ended',
    keywords: [record.status, record.operation],
  });
}

/** The message about what cannot wait for the digest. */
export function urgentMessage(
  run: { readonly policy: string; readonly runId: string; readonly language: Language },
  urgent: readonly Urgent[],
): Message {
  const words = catalogueFor(run.language);
  const shown = urgent.slice(0, nodesListed);
  const lines = shown.map(
    ({ what, nodeId, reason }) =>
      `  ${[what, excerpt(nodeId ?? ''), shortened(oneLine(reason), reasonLength.node)].filter(Boolean).join('  ')}`,
  );
  const more = urgent.length > shown.length ? [`  ${words.andMore(urgent.length - shown.length)}`] : [];
  const what = [...new Set(urgent.map((each) => each.what))];
  return messageOf({
    subject: `[fleet-patcher] URGENT ${run.policy}: ${what.join(', ')}`,
    title: words.urgentTitle(run.policy),
    opening: [words.urgentTitle(run.policy), '', ...lines, ...more],
    nextStepsTitle: words.nextStepsTitle,
    nextSteps: [],
    closing: ['', `run ${run.runId}`, words.urgentClosing],
    links: [],
    severity: 'critical',
    kind: 'urgent',
    keywords: what,
  });
}

function outcomeLines(record: RunSummary, words: Catalogue): string[] {
  const rows = outcomes.flatMap((outcome) => {
    const count = record.outcomes[outcome];
    return count ? [`  ${String(count).padStart(6)}  ${outcome}: ${words.outcome[outcome]}`] : [];
  });
  return ['', words.outcomesTitle(record.nodesInScope), ...rows];
}

/** Each server once, where it hurts most. */
function listings(record: RunSummary, words: Catalogue): string[] {
  return [
    ...listing(words.handsNeededTitle, record.handsNeeded, words),
    ...listing(words.owedPostHooksTitle, record.owedPostHooks, words),
    ...listing(words.troublesTitle, record.troubles, words),
  ];
}

function severityOf(record: RunSummary): Severity {
  const needsHand = record.handsNeeded.count + record.owingPostHooks > 0;
  if (record.status !== 'Succeeded' || needsHand) return 'critical';
  const isLeft = countOf(record, 'NotReached') + countOf(record, 'Unmanaged') > 0;
  return isLeft || countOfClass(record, 'error') > 0 ? 'warning' : 'info';
}

function countOf(record: RunSummary, outcome: Outcome): number {
  return record.outcomes[outcome] ?? 0;
}

function countOfClass(record: RunSummary, wanted: OutcomeClass): number {
  return outcomes
    .filter((outcome) => classOf(outcome) === wanted)
    .reduce((sum, outcome) => sum + countOf(record, outcome), 0);
}

function listing(title: string, listed: Listed, words: Catalogue): string[] {
  if (listed.count === 0) return [];
  const shown = listed.nodes.map(
    (node) =>
      `  ${excerpt(node.nodeId)}  ${node.outcome}  ${shortened(oneLine(node.reason), reasonLength.node)}`,
  );
  const more = listed.count - shown.length;
  return ['', title, ...shown, ...(more > 0 ? [`  ${words.andMore(more)}`] : [])];
}

function nextSteps(record: RunSummary, words: Catalogue): string[] {
  const count = (outcome: Outcome) => countOf(record, outcome);
  return [
    record.status === 'Halted' ? words.nextSteps.Halted : '',
    record.status === 'Failed' ? words.nextSteps.Failed : '',
    count('PostHookFailed') + record.owingPostHooks > 0 ? words.nextSteps.postHook : '',
    count('LostAfterReboot') > 0 ? words.nextSteps.lost : '',
    count('Unknown') > 0 ? words.nextSteps.unknown : '',
    count('NotReached') > 0 ? words.nextSteps.notReached : '',
  ].filter(Boolean);
}

function subjectOf(record: RunSummary): string {
  const achieved = countOfClass(record, 'achieved');
  const errors = countOfClass(record, 'error');
  const numbers = `${achieved} of ${record.nodesInScope} done${errors > 0 ? `, ${errors} with errors` : ''}`;
  return `[fleet-patcher] ${record.status} ${record.policy} ${record.operation}: ${numbers}`;
}
