import type { Publish } from '../aws/topic.ts';
import { chatNotification } from '../domain/chat.ts';
import { excerpt } from '../domain/excerpt.ts';
import type { Message } from '../domain/message.ts';
import type { Dependencies } from './dependencies.ts';

/** What telling people needs besides the rest. */
export type TellingDependencies = Dependencies & { readonly publish: Publish };

/**
 * Whatever needs a hand goes to the alerts' topic, the rest to the reports'; and to the chat topic, if the policy wants
 * it. `id`: of the run or the digest, one thread in chat. `entry`: a heading of the runbook. The mail goes first, and
 * people are told once it is out: a chat topic that fails rings an alarm, by its log line, and repeats no mail.
 */
export async function tell(
  message: Message,
  about: { readonly policy: string; readonly id: string; readonly entry: string; readonly chat: boolean },
  { config, publish, log }: TellingDependencies,
): Promise<void> {
  const { subject, severity, kind } = message;
  const topicArn = severity === 'info' ? config.reportsTopicArn : config.alertsTopicArn;
  const runbook = `${config.runbookUrl}#${about.entry}`;
  const policy = attributeValue(about.policy);
  const id = attributeValue(about.id);
  const isOfRun = kind === 'run-ended' || kind === 'urgent';
  const attributes = { severity, policy, kind, id, ...(isOfRun ? { runId: id } : {}) };
  await publish(topicArn, { subject, text: `${message.text}\n\n${runbook}`, attributes });
  log('FP_ALERT_PUBLISHED', { id, kind, severity });
  if (!about.chat) return;
  const text = chatNotification(message, { policy, id, runbook });
  try {
    await publish(config.chatTopicArn, { subject, text, attributes });
  } catch (error) {
    log('FP_CHAT_NOT_TOLD', { id, kind, error: String(error) });
  }
}

/** SNS refuses an attribute without a value. */
function attributeValue(text: string): string {
  return excerpt(text) || 'unknown';
}
