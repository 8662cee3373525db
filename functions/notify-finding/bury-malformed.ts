import type { SendMessages } from '../../shared/aws/queue.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import type { MalformedRecord } from './read-records.ts';

/** SQS takes more; nobody reads more. */
const reasonLength = 250;

/**
 * Sends what cannot be understood to the dead letters, as it came, with the reason; answers with the messages that
 * could not be sent. Without this it would come five times, and end there without a reason.
 */
export async function buryMalformed(
  malformed: readonly MalformedRecord[],
  dependencies: Dependencies & { readonly sendMessages: SendMessages },
): Promise<string[]> {
  const { config, log, sendMessages } = dependencies;
  if (malformed.length === 0) return [];
  const messages = malformed.map(({ messageId, body, reason }) => ({
    id: messageId,
    body,
    attributes: { reason: ascii(reason), messageId },
  }));
  try {
    const refused = await sendMessages(config.findingsDeadLetterQueueUrl, messages);
    const reasons = [...new Set(messages.map(({ attributes }) => attributes.reason))].slice(0, 10);
    log('FP_FINDINGS_BURIED', {
      events: malformed.length - refused.length,
      refused: refused.length,
      reasons,
    });
    return refused;
  } catch (error) {
    log('FP_FINDINGS_BURIED', { events: 0, refused: malformed.length, error: String(error) });
    return malformed.map(({ messageId }) => messageId);
  }
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, '?').slice(0, reasonLength);
}
