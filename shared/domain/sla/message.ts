import { excerpt } from '../excerpt.ts';
import { patchSeverities } from '../ledger/severity.ts';
import { type Message, messageOf } from '../message.ts';
import type { Catalogue } from '../messages/catalogue.ts';
import { counted } from '../messages/counted.ts';
import { catalogueFor, type Language } from '../messages/language.ts';
import { distanceText, momentText, windowLine } from '../messages/moments.ts';
import type { ReasonKey, SlaCounts } from '../messages/sla-words.ts';
import { startCommand } from '../messages/start-command.ts';
import type { SlaAlert } from './alert.ts';
import { type Cause, causesOf, countsOf, type LateNode, lateNodesOf } from './late-nodes.ts';

/** Servers that a message lists. */
const nodesListed = 25;

/** What one more run would not help against. */
const withoutRun: readonly ReasonKey[] = ['KeepsFailing', 'NeedsReboot', 'Unsupported'];

/** Where the whole report lies, and the state machine that people start by hand. */
interface SlaLinks {
  readonly reportUrl: string;
  readonly patchFleetArn: string;
}

/** What will be late, or is, why, and what to do about each cause. */
export function slaMessage(alert: SlaAlert, language: Language, links: SlaLinks): Message {
  const words = catalogueFor(language);
  const { policy, slaDays, kind } = alert;
  const nodes = lateNodesOf(alert.patches);
  const counts = countsOf(nodes);
  const causes = causesOf(nodes);
  return messageOf({
    subject: subjectOf(alert, counts),
    title: words.sla.title[kind]({ policy, ...counts }),
    opening: [
      words.sla.headline[kind]({ policy, slaDays, ...counts }),
      '',
      ...clockLines(alert, nodes, words),
    ],
    nextStepsTitle: words.nextStepsTitle,
    nextSteps: causes.map((cause) => adviceOf(alert, cause, words)),
    closing: [
      ...commandLines(causes, startCommand(policy, links.patchFleetArn), words),
      '',
      words.sla.listTitle(alert.timeZone),
      ...listLines(alert, { causes, shown: new Set(nodes.slice(0, nodesListed)) }, words),
      '',
      words.sla.whereTheRest(links.reportUrl),
    ],
    links: [links.reportUrl],
    severity: 'warning',
    kind,
    keywords: causes.map(({ reason }) => reason),
  });
}

function subjectOf({ kind, policy }: SlaAlert, { patches, nodes }: SlaCounts): string {
  const state = kind === 'sla-forecast' ? 'SLA AT RISK' : 'SLA MISSED';
  const numbers = `${counted(patches, 'patch', 'patches')} on ${counted(nodes, 'server')}`;
  return `[fleet-patcher] ${state} ${policy}: ${numbers}`;
}

function clockLines(alert: SlaAlert, nodes: readonly LateNode[], words: Catalogue): string[] {
  const { timeZone, now, nextWindow } = alert;
  const dueAt = nodes[0]?.first.dueAt;
  return [
    ...(dueAt === undefined
      ? []
      : [words.sla.firstDue(momentText(dueAt, timeZone, words), timeZone, distanceText(dueAt, now, words))]),
    nextWindow === null ? words.sla.noNextWindow : windowLine(nextWindow, { timeZone, now }, words),
    words.sla.standing(alert.counts),
  ];
}

function adviceOf({ timeZone, now, kind }: SlaAlert, cause: Cause, words: Catalogue): string {
  const dueAt = cause.members[0]?.first.dueAt ?? now;
  const isOver = kind === 'sla-breach' || dueAt <= now;
  const due = isOver ? null : `${momentText(dueAt, timeZone, words)} (${timeZone})`;
  return words.sla.causeAndAdvice(causeText(kind, cause, words), words.sla.advice[cause.reason](due));
}

function causeText(kind: SlaAlert['kind'], { reason, members }: Cause, words: Catalogue): string {
  return words.sla.cause(words.sla.reason[kind][reason], words.sla.counted(countsOf(members)));
}

function commandLines(causes: readonly Cause[], command: string, words: Catalogue): string[] {
  const isOfUse = causes.some(({ reason }) => !withoutRun.includes(reason));
  return isOfUse ? ['', words.startByHandTitle, `  ${command}`] : [];
}

function listLines(
  alert: SlaAlert,
  list: { readonly causes: readonly Cause[]; readonly shown: ReadonlySet<LateNode> },
  words: Catalogue,
): string[] {
  return list.causes.flatMap((cause) => {
    const listed = cause.members.filter((node) => list.shown.has(node));
    const more = cause.members.length - listed.length;
    return [
      '',
      `${causeText(alert.kind, cause, words)}:`,
      ...listed.map((node) => `  ${nodeLine(node, alert, words)}`),
      ...(more > 0 ? [`  ${words.andMore(more)}`] : []),
    ];
  });
}

function nodeLine({ patches, first }: LateNode, { kind, timeZone }: SlaAlert, words: Catalogue): string {
  const severity = patchSeverities.find((each) => patches.some((patch) => patch.severity === each)) ?? '';
  const missed = patches.reduce((most, patch) => Math.max(most, patch.windowsMissed), 0);
  const title = excerpt(first.title);
  const patch = `${excerpt(first.patchId)}${title ? ` (${title})` : ''}`;
  return [
    excerpt(first.nodeId),
    `${excerpt(first.accountId)} ${excerpt(first.region)}`,
    words.sla.due[kind](momentText(first.dueAt, timeZone, words)),
    severity,
    patches.length > 1 ? `${patch} ${words.sla.andPatches(patches.length - 1)}` : patch,
    missed > 0 ? words.sla.windowsMissed(missed) : '',
  ]
    .filter(Boolean)
    .join('  ');
}
