import type { Finding } from '../../shared/domain/findings/finding.ts';
import { type IgnoredReason, parseEvent } from '../../shared/domain/findings/parse.ts';
import { gatherNodes, type NodeFindings } from '../../shared/lambda/findings/node-findings.ts';
import type { NotifyFindingInput } from './schema.ts';

/** A message of which something cannot be understood. */
export interface MalformedRecord {
  readonly messageId: string;
  readonly body: string;
  readonly reason: string;
}

interface ReadRecords {
  readonly nodes: readonly NodeFindings[];
  readonly malformed: readonly MalformedRecord[];
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
}

/** Reads the events, and puts together what they say of each node. `now` in ms. */
export function readRecords({ Records }: NotifyFindingInput, now: number): ReadRecords {
  const findings: { readonly finding: Finding; readonly messageId: string }[] = [];
  const malformed: MalformedRecord[] = [];
  const ignored: Partial<Record<IgnoredReason, number>> = {};
  for (const { messageId, body } of Records) {
    const event = parseEvent(body, now);
    for (const reason of event.ignored) ignored[reason] = (ignored[reason] ?? 0) + 1;
    if (event.malformed.length > 0) malformed.push({ messageId, body, reason: event.malformed.join('; ') });
    findings.push(...event.findings.map((finding) => ({ finding, messageId })));
  }
  return { nodes: gatherNodes(findings), malformed, ignored };
}
