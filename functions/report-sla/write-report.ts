import type { Store } from '../../shared/aws/store.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { SlaReport } from '../../shared/domain/sla/report.ts';

/** The newest and that of the hour, each as JSON and as CSV. */
export async function writeReport(
  report: SlaReport,
  { csv, now }: { readonly csv: string; readonly now: number },
  store: Store,
): Promise<void> {
  for (const key of [keys.slaReportOf(now, 'json'), keys.slaReport('json')]) await store.put(key, report);
  for (const key of [keys.slaReportOf(now, 'csv'), keys.slaReport('csv')]) {
    await store.putText(key, csv, 'text/csv; charset=utf-8');
  }
}
