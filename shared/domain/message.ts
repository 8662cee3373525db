/** How loud a message is: `critical` needs a hand at night, `warning` tomorrow, `info` none. */
export type Severity = 'info' | 'warning' | 'critical';

/** What people are told, in the forms that the ways to them want: mail takes `text`, chat `title` and `chatText`. */
export interface Message {
  /** ASCII, one line, below 100 characters, in every language. */
  readonly subject: string;
  readonly title: string;
  /** Plain text, at most 40,000 characters. */
  readonly text: string;
  /** `text` without the next steps: chat shows these by itself. */
  readonly chatText: string;
  readonly nextSteps: readonly string[];
  /** URLs in the text that are of our own making: chat leaves every other one without a link. */
  readonly links: readonly string[];
  readonly keywords: readonly string[];
  readonly severity: Severity;
  readonly kind: 'run-ended' | 'urgent' | 'findings' | 'sla-forecast' | 'sla-breach';
}

const subjectLength = 99;

/** In Japanese 120,000 bytes, where SNS takes 262,144: nobody reads more, and the attributes need room too. */
const textLength = 40_000;

/** A message of lines: what there is to know at once, what to do, and the rest. */
export function messageOf(
  parts: Pick<Message, 'subject' | 'title' | 'nextSteps' | 'links' | 'severity' | 'kind'> & {
    readonly opening: readonly string[];
    readonly nextStepsTitle: string;
    readonly closing: readonly string[];
    readonly keywords?: readonly string[];
  },
): Message {
  const { opening, closing, nextSteps, title, links, severity, kind } = parts;
  const steps =
    nextSteps.length > 0 ? ['', parts.nextStepsTitle, ...nextSteps.map((step) => `  - ${step}`)] : [];
  return {
    subject: subjectOf(parts.subject),
    title,
    text: shortened([...opening, ...steps, ...closing].join('\n'), textLength),
    chatText: shortened([...opening, ...closing].join('\n'), textLength),
    nextSteps,
    links,
    keywords: [kind, severity, ...(parts.keywords ?? [])],
    severity,
    kind,
  };
}

/** SNS refuses a subject with line breaks, control characters or 100 characters; not all mail takes more than ASCII. */
function subjectOf(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, '?')
    .slice(0, subjectLength)
    .trimEnd();
}

/** At most so many UTF-16 units, at the end of a line if there is one, and never within a character. */
export function shortened(text: string, length: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= length) return whole;
  const end = '...';
  const kept = whole.slice(0, Math.max(0, length - end.length - 1));
  const lastLine = kept.lastIndexOf('\n');
  if (lastLine > 0) return `${kept.slice(0, lastLine)}\n${end}`;
  return `${kept.replace(/[\ud800-\udbff]$/, '')}${end}`;
}
