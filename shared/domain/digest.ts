import type { NodeAccount, RunRecord } from './account.ts';
import { excerpt, oneLine } from './excerpt.ts';
import { type Message, messageOf, type Severity, shortened } from './message.ts';
import type { Catalogue } from './messages/catalogue.ts';
import { catalogueFor, type Language } from './messages/language.ts';
import { owesPostHook } from './node-life.ts';
import { classOf, type Outcome, outcomes } from './outcome.ts';
import type { Urgent } from './turn.ts';

const nodesListed = 25;

/** Reasons come from AWS and from servers: what is long must not push the rest out of the message. */
const reasonLength = { run: 4000, node: 400 } as const;

/** True if the run is worth a message: a scan or an empty window that went well is met with silence. */
export function isWorthTelling(record: RunRecord): boolean {
  if (record.dryRun) return false;
  return (
    severityOf(record) !== 'info' ||
    (record.operation === 'Install' && record.nodes.some((node) => node.steps.length > 0))
  );
}

/** One digest a run: what happened, how many, which servers, what to do. */
export function digestOf(record: RunRecord, language: Language, recordUrl: string): Message {
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
      ...listings(record.nodes, words),
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

function outcomeLines(record: RunRecord, words: Catalogue): string[] {
  const rows = outcomes.flatMap((outcome) => {
    const count = record.outcomes[outcome];
    return count ? [`  ${String(count).padStart(6)}  ${outcome}: ${words.outcome[outcome]}`] : [];
  });
  return ['', words.outcomesTitle(record.nodesInScope), ...rows];
}

/** Each server once, where it hurts most. */
function listings(nodes: readonly NodeAccount[], words: Catalogue): string[] {
  const owing = nodes.filter((node) => owesPostHook(node) && !needsHand(node));
  const troubled = nodes.filter((node) => hadTrouble(node) && !needsHand(node) && !owesPostHook(node));
  return [
    ...listing(words.handsNeededTitle, nodes.filter(needsHand), words),
    ...listing(words.owedPostHooksTitle, owing, words),
    ...listing(words.troublesTitle, troubled, words),
  ];
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
    .map(
      (node) =>
        `  ${excerpt(node.nodeId)}  ${node.outcome}  ${shortened(oneLine(node.reason), reasonLength.node)}`,
    );
  const more = nodes.length > nodesListed ? [`  ${words.andMore(nodes.length - nodesListed)}`] : [];
  return ['', title, ...shown, ...more];
}

function nextSteps(record: RunRecord, words: Catalogue): string[] {
  const count = (outcome: Outcome) => record.outcomes[outcome] ?? 0;
  return [
    record.status === 'Halted' ? words.nextSteps.Halted : '',
    record.status === 'Failed' ? words.nextSteps.Failed : '',
    record.nodes.some((node) => node.outcome === 'PostHookFailed' || owesPostHook(node))
      ? words.nextSteps.postHook
      : '',
    count('LostAfterReboot') > 0 ? words.nextSteps.lost : '',
    count('Unknown') > 0 ? words.nextSteps.unknown : '',
    count('NotReached') > 0 ? words.nextSteps.notReached : '',
  ].filter(Boolean);
}

function subjectOf(record: RunRecord): string {
  const achieved = record.nodes.filter((node) => classOf(node.outcome) === 'achieved').length;
  const errors = record.nodes.filter(hadTrouble).length;
  const numbers = `${achieved} of ${record.nodesInScope} done${errors > 0 ? `, ${errors} with errors` : ''}`;
  return `[fleet-patcher] ${record.status} ${record.policy} ${record.operation}: ${numbers}`;
}
