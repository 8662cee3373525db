import { type Message, shortened } from './message.ts';

/** Source: Amazon Q Developer in chat applications, administrator guide, "Custom notifications". Longer is refused. */
const limits = {
  title: 250,
  description: 8000,
  nextStep: 350,
  nextSteps: 10,
  keyword: 75,
  keywords: 10,
} as const;

/** Unseen, and no blank: what stands on its two sides is not read as one word. */
const joiner = '\u2060';

/**
 * The custom notification of Amazon Q Developer in chat applications: the raw text of an SNS message, or it is dropped
 * in silence. Messages of one `id` come as one thread.
 */
export function chatNotification(
  message: Message,
  about: { readonly policy: string; readonly id: string; readonly runbook: string },
): string {
  const { severity, kind } = message;
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id: `${kind}-${about.id}`.toWellFormed(),
    content: {
      textType: 'client-markdown',
      title: oneLine(message.title, limits.title),
      description: descriptionOf(message, about.runbook),
      nextSteps: message.nextSteps
        .slice(0, limits.nextSteps)
        .map((step) => oneLine(step, limits.nextStep))
        .filter(Boolean),
      keywords: [about.policy, ...message.keywords]
        .slice(0, limits.keywords)
        .map((word) => oneLine(word, limits.keyword))
        .filter(Boolean),
    },
    metadata: {
      threadId: about.id.toWellFormed(),
      summary: message.subject,
      eventType: `fleet-patcher.${kind}`,
      additionalContext: { policy: about.policy.toWellFormed(), severity, kind, id: about.id.toWellFormed() },
    },
  });
}

/** The text with its own links live and nothing else. What is too long loses lines, never a link. */
function descriptionOf(message: Message, runbook: string): string {
  const links = [...message.links, runbook].sort((one, other) => other.length - one.length);
  const lines = message.chatText.toWellFormed().split('\n').map(bulleted);
  const text = lines.map((line) => exceptLinks(line, links)).join('\n');
  const whole = `${text}\n\n${runbook}`;
  if (whole.length <= limits.description) return whole;
  const tail = `\n\n${[...message.links, runbook].join('\n')}`;
  return cut(`${cut(text, Math.max(0, limits.description - tail.length))}${tail}`, limits.description);
}

/** Chat clients read what is indented as code, or as nothing. */
function bulleted(line: string): string {
  return line.replace(/^\s+(?:- )?/, '\u2022 ');
}

/** `links` with the longest first: one may begin as another does. */
function exceptLinks(line: string, links: readonly string[]): string {
  const link = links.find((each) => each.length > 0 && line.includes(each));
  if (link === undefined) return escaped(line);
  return line.split(link).map(escaped).join(link);
}

function oneLine(text: string, length: number): string {
  return cut(escaped(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()), length);
}

/**
 * Text that may come from a server or from a patch's maker, so that no client makes format, a link or a mention of it.
 * Slack knows no escapes but those of "&", "<" and ">": the rest is parted by a sign that nobody sees, or is replaced
 * by its like.
 */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('*', '\u2217')
    .replaceAll('~', '\u223c')
    .replaceAll('`', "'")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\uff3f')
    .replaceAll('](', '] (')
    .replaceAll(
      /^#|@|:(?=\/\/)|mailto:|tel:|(?<=[\p{L}\p{N}])\.(?=\p{L}{2,63}(?![\p{L}\p{N}]))/giu,
      `$&${joiner}`,
    );
}

/** Shortened, and not within "&amp;". */
function cut(text: string, length: number): string {
  return text.length <= length ? text : shortened(text, length).replace(/&[a-z]{0,3}(?=\.{3}$)/, '');
}
