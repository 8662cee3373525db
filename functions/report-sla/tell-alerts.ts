import type { Policy } from '../../shared/domain/policy.ts';
import { type DueAlert, dueAlertsOf } from '../../shared/domain/sla/alerts.ts';
import type { PolicyForecast } from '../../shared/domain/sla/forecast.ts';
import { slaMessage } from '../../shared/domain/sla/message.ts';
import { type TellingDependencies, tell } from '../../shared/lambda/tell.ts';
import type { ReportLedger } from './read-places.ts';

interface SlaLinks {
  readonly reportUrl: string;
  readonly patchFleetArn: string;
}

export type AlertingDependencies = TellingDependencies & { readonly ledger: ReportLedger };

/**
 * Tells what is due to be told of one policy, and notes it. Answers with what went wrong: what was not published is
 * not noted, and comes with the next report; one alert that fails stops no other.
 */
export async function tellAlerts(
  forecast: PolicyForecast,
  { alerts, links }: { readonly alerts: Policy['alerts']; readonly links: SlaLinks },
  dependencies: AlertingDependencies,
): Promise<{ readonly told: number; readonly failures: readonly Error[] }> {
  const due = dueAlertsOf(forecast);
  const failures: Error[] = [];
  for (const each of due) {
    const { kind, policy } = each.alert;
    const message = slaMessage(each.alert, alerts.language, links);
    const about = { policy, id: threadOf(each.alert), entry: kind, chat: alerts.chat };
    try {
      await tell(message, about, dependencies);
      await markTold(each, dependencies);
    } catch (error) {
      dependencies.log('FP_SLA_NOT_TOLD', { policy, kind, error: String(error) });
      failures.push(new Error(`${kind} of ${policy}: ${String(error)}`, { cause: error }));
    }
  }
  return { told: due.length - failures.length, failures };
}

/** What one report tells of a policy is one thread: in an old thread of the policy nobody would see it. */
function threadOf({ policy, now }: DueAlert['alert']): string {
  return `sla-${policy}-${new Date(now).toISOString().slice(0, 13)}`;
}

async function markTold({ patches, mark }: DueAlert, { ledger, now }: AlertingDependencies): Promise<void> {
  const places = Map.groupBy(patches, ({ accountId, region }) => `${accountId}/${region}`);
  for (const some of places.values()) {
    const [first] = some;
    if (!first) continue;
    const { accountId, region } = first;
    await ledger.markTold({ accountId, region }, some, mark, now());
  }
}
