import type { Place } from '../../shared/aws/ledger.ts';
import type { PatchFinding, VulnerabilityFinding } from '../../shared/domain/findings/finding.ts';
import { type IgnoredReason, parseEvent } from '../../shared/domain/findings/parse.ts';
import type { NotifyFindingInput } from './schema.ts';

/** All that these events say of one node. */
export interface NodeFindings {
  readonly place: Place;
  readonly nodeId: string;
  readonly patches: readonly PatchFinding[];
  readonly vulnerabilities: readonly VulnerabilityFinding[];
  /** The messages that it came in: they come again if the node cannot be dealt with. */
  readonly messageIds: readonly string[];
}

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

interface Gathered {
  readonly place: Place;
  readonly nodeId: string;
  readonly patches: PatchFinding[];
  readonly vulnerabilities: VulnerabilityFinding[];
  readonly messageIds: string[];
}

/** Reads the events, and puts together what they say of each node. `now` in ms. */
export function readRecords({ Records }: NotifyFindingInput, now: number): ReadRecords {
  const nodes = new Map<string, Gathered>();
  const malformed: MalformedRecord[] = [];
  const ignored: Partial<Record<IgnoredReason, number>> = {};
  for (const { messageId, body } of Records) {
    const event = parseEvent(body, now);
    for (const reason of event.ignored) ignored[reason] = (ignored[reason] ?? 0) + 1;
    if (event.malformed.length > 0) malformed.push({ messageId, body, reason: event.malformed.join('; ') });
    for (const finding of event.findings) {
      const { accountId, region, nodeId } = finding;
      const key = `${accountId}/${region}/${nodeId}`;
      const node = nodes.get(key) ?? {
        place: { accountId, region },
        nodeId,
        patches: [],
        vulnerabilities: [],
        messageIds: [],
      };
      if (finding.kind === 'patch') node.patches.push(finding);
      else node.vulnerabilities.push(finding);
      node.messageIds.push(messageId);
      nodes.set(key, node);
    }
  }
  return { nodes: [...nodes.values()], malformed, ignored };
}
