import { excerpt } from '../excerpt.ts';
import { type Message, messageOf } from '../message.ts';
import type { Catalogue } from '../messages/catalogue.ts';
import { counted } from '../messages/counted.ts';
import type { FindingsVerdict } from '../messages/findings-words.ts';
import { catalogueFor, type Language } from '../messages/language.ts';
import { distanceText, momentText, windowLine } from '../messages/moments.ts';
import { startCommand } from '../messages/start-command.ts';
import { consolePagesOf, placeOf } from './console-pages.ts';
import { type FindingsDigest, severityLabels, type TroubledNode } from './digest.ts';

const nodesListed = 10;
const vulnerabilitiesListed = 5;

/** What has to be known besides the digest: the time, and the state machine that people start by hand. */
interface FindingsFacts {
  readonly now: number;
  readonly patchFleetArn: string;
}

/** What was found, whether the next window installs it in time, and what to do. */
export function findingsMessage(digest: FindingsDigest, language: Language, facts: FindingsFacts): Message {
  const words = catalogueFor(language);
  const { policy, nodes } = digest;
  const verdict = verdictOf(digest);
  const headline = words.findings.headline({ policy, nodes: nodes.length });
  const pages = consolePagesOf(nodes, words);
  return messageOf({
    subject: subjectOf(digest, verdict),
    title: words.findings.title(headline, words.findings.shortVerdict[verdict]),
    opening: [
      headline,
      words.findings.verdict[verdict],
      words.findings.changes({
        fresh: nodes.filter((node) => node.change === 'new').length,
        worse: nodes.filter((node) => node.change === 'worse').length,
        findings: digest.findings,
      }),
      ...prospectLines(digest, facts, words),
    ],
    nextStepsTitle: words.nextStepsTitle,
    nextSteps: nextStepsOf(digest, verdict, { words, now: facts.now }),
    closing: [
      ...commandLines(digest, verdict, { words, facts }),
      ...severityLines(nodes, words),
      ...nodeLines(nodes, words),
      ...vulnerabilityLines(nodes, words),
      ...(pages.length > 0 ? ['', words.findings.pagesTitle] : []),
      ...pages.map(({ label, url }) => `  ${label} ${url}`),
    ],
    links: pages.map(({ url }) => url),
    severity: isHarmless(nodes) && (verdict === 'inTime' || verdict === 'hasFailed') ? 'info' : 'warning',
    kind: 'findings',
    keywords: nodes.slice(0, 1).map((node) => node.severity),
  });
}

function verdictOf({ policy, prospect, nodes }: FindingsDigest): FindingsVerdict {
  if (policy === null || prospect === null) return 'noPolicy';
  if (prospect.kind !== 'window') return prospect.kind === 'none' ? 'noWindow' : 'unknownWindow';
  if (!prospect.isInTime) return 'late';
  return nodes.some((node) => node.failed > 0) ? 'hasFailed' : 'inTime';
}

function isHarmless(nodes: readonly TroubledNode[]): boolean {
  return nodes.every((node) => node.severity === 'LOW' || node.severity === 'INFORMATIONAL');
}

/** In English whatever the language: not all mail takes more than ASCII. What must not be cut off stands first. */
function subjectOf({ policy, nodes }: FindingsDigest, verdict: FindingsVerdict): string {
  const worst = severityLabels.find((label) => nodes.some((node) => node.severity === label));
  const urgency = verdict === 'inTime' ? 'Findings' : verdict === 'hasFailed' ? 'CHECK' : 'ACTION';
  const lack = `${counted(nodes.length, 'server')} ${nodes.length === 1 ? 'lacks' : 'lack'} patches`;
  return `[fleet-patcher] ${urgency} ${policy ?? 'no policy'}: ${lack}${worst ? `, worst ${worst}` : ''}`;
}

function prospectLines(
  { prospect, slaDays }: FindingsDigest,
  { now }: FindingsFacts,
  words: Catalogue,
): string[] {
  if (prospect === null) return [];
  const { timeZone, dueAt } = prospect;
  const distance = distanceText(dueAt, now, words);
  const at = momentText(dueAt, timeZone, words);
  return [
    '',
    ...(prospect.kind === 'window' ? [windowLine(prospect.window, { timeZone, now }, words)] : []),
    ...(slaDays === null ? [] : [words.findings.due({ at, timeZone, distance, days: slaDays })]),
  ];
}

function nextStepsOf(
  { prospect, nodes }: FindingsDigest,
  verdict: FindingsVerdict,
  { words, now }: { readonly words: Catalogue; readonly now: number },
): readonly string[] {
  const due = prospect
    ? `${momentText(prospect.dueAt, prospect.timeZone, words)} (${prospect.timeZone})`
    : '';
  return words.findings.nextSteps[verdict]({
    due,
    isOverdue: prospect !== null && prospect.dueAt <= now,
    failed: nodes.filter((node) => node.failed > 0).length,
  });
}

function commandLines(
  { policy }: FindingsDigest,
  verdict: FindingsVerdict,
  { words, facts }: { readonly words: Catalogue; readonly facts: FindingsFacts },
): string[] {
  const isByHand = verdict === 'late' || verdict === 'noWindow' || verdict === 'unknownWindow';
  if (policy === null || !isByHand) return [];
  return ['', words.startByHandTitle, `  ${startCommand(policy, facts.patchFleetArn)}`];
}

function severityLines(nodes: readonly TroubledNode[], words: Catalogue): string[] {
  const rows = severityLabels.flatMap((label) => {
    const count = nodes.filter((node) => node.severity === label).length;
    return count > 0 ? [`  ${String(count).padStart(6)}  ${label}`] : [];
  });
  return ['', words.findings.severitiesTitle, ...rows];
}

function nodeLines(nodes: readonly TroubledNode[], words: Catalogue): string[] {
  const shown = nodes.slice(0, nodesListed);
  const rows = shown.map((node) =>
    [
      excerpt(node.nodeId),
      placeOf(node),
      node.severity,
      words.findings.lacks(node),
      words.findings.change[node.change],
    ].join('  '),
  );
  const more = nodes.length - shown.length;
  return [
    '',
    words.findings.worstTitle(shown.length, nodes.length),
    ...rows.map((row) => `  ${row}`),
    ...(more > 0 ? [`  ${words.andMore(more)}`] : []),
  ];
}

function vulnerabilityLines(nodes: readonly TroubledNode[], words: Catalogue): string[] {
  const ids = [...new Set(nodes.flatMap((node) => node.vulnerabilities.map(excerpt)))].filter(Boolean);
  if (ids.length === 0) return [];
  const shown = ids.slice(0, vulnerabilitiesListed);
  return ['', words.findings.vulnerabilities(shown.join(', '), ids.length - shown.length)];
}
