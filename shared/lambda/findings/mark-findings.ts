import type { SecurityHub } from '../../aws/security-hub.ts';
import type { FindingKey } from '../../domain/findings/finding.ts';
import type { Log } from '../log-messages.ts';

/** Findings that are to be marked alike, each with the messages that it came in. */
export interface Marking {
  readonly status: 'NOTIFIED' | 'RESOLVED';
  readonly note: string;
  readonly findings: readonly { readonly key: FindingKey; readonly messageIds: readonly string[] }[];
}

interface MarkingDependencies {
  readonly securityHub: Pick<SecurityHub, 'updateWorkflow'>;
  readonly log: Log;
}

/**
 * Marks findings in Security Hub; answers with the messages that have to come again, because another try may do. What
 * Security Hub refuses for good is logged: people know of it already, and coming again changes nothing.
 */
export async function markFindings(
  { status, note, findings }: Marking,
  { securityHub, log }: MarkingDependencies,
): Promise<string[]> {
  if (findings.length === 0) return [];
  const messagesOf = Map.groupBy(findings, ({ key }) => key.id);
  try {
    const refused = await securityHub.updateWorkflow(
      findings.map(({ key }) => key),
      { status, note },
    );
    for (const { key, code, message } of refused) {
      log('FP_FINDINGS_NOT_MARKED', { status, finding: key.id, code, message });
    }
    return refused
      .filter((each) => each.isPassing)
      .flatMap(({ key }) => (messagesOf.get(key.id) ?? []).flatMap(({ messageIds }) => messageIds));
  } catch (error) {
    log('FP_FINDINGS_NOT_MARKED', { status, findings: findings.length, error: String(error) });
    return findings.flatMap(({ messageIds }) => messageIds);
  }
}
