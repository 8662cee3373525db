/**
 * State: ReportSla, the last of watch-sla. Invoked by: watch-sla, every hour.
 * Side effects: writes sla/ in S3, counts metrics, publishes to SNS, notes in the ledger what was told.
 * dryRun: the clock knows none, it touches no node.
 * Safe to run twice: the report is written again, and what was told is told no more; a message whose publishing was
 * not confirmed may come twice.
 */
import { makeLedger } from '../../shared/aws/ledger.ts';
import type { Store } from '../../shared/aws/store.ts';
import { makePublish } from '../../shared/aws/topic.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { forecastOf, type PolicyForecast } from '../../shared/domain/sla/forecast.ts';
import { makeReport } from '../../shared/domain/sla/make-report.ts';
import type { SlaReport } from '../../shared/domain/sla/report.ts';
import { reportCsv } from '../../shared/domain/sla/report-csv.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readPolicies } from '../../shared/lambda/read-policies.ts';
import { anchorsOf } from './anchors.ts';
import { type Measure, makeMeasure } from './measure.ts';
import { readPlaces } from './read-places.ts';
import { type ReportSlaInput, reportSlaInput } from './schema.ts';
import { type AlertingDependencies, tellAlerts } from './tell-alerts.ts';

type ReportingDependencies = AlertingDependencies & { readonly measure: Measure };

interface Reported {
  readonly patches: SlaReport['overall']['patches'];
  readonly willBreach: number;
  readonly staleLooks: number;
  readonly told: number;
  readonly reportKey: string;
  readonly usage: Usage;
}

export async function run(input: ReportSlaInput, dependencies: ReportingDependencies): Promise<Reported> {
  const { config, ledger, log } = dependencies;
  const { policies } = await readPolicies(config);
  const [, , , region = '', accountId = ''] = input.stateMachine.split(':');
  const home = { accountId, region };
  const now = dependencies.now();
  const { placesOf, staleLooks, withoutPolicy } = await readPlaces(policies, { ledger, home, now });
  const ssm = () => dependencies.ssmFor(home);
  const anchors = await anchorsOf(policies, { ssm, prefix: config.installWindowPrefix });
  const forecasts = Object.entries(policies).map(([name, policy]) =>
    forecastOf({ name, policy }, placesOf(name), { now, anchor: anchors.get(name) }),
  );
  const csvKey = keys.slaReportOf(now, 'csv');
  const report = makeReport({ policies, forecasts, anchors, staleLooks, withoutPolicy, csvKey }, now);
  await writeReport(report, { csv: reportCsv(forecasts), now }, dependencies.store);
  for (const look of report.staleLooks) log('FP_SCOPE_NOT_SEEN', { ...look });
  for (const { policy, ...summary } of report.policies) dependencies.measure(policy, summary);
  const told = await tellAll(forecasts, policies, dependencies);
  const counts = {
    patches: report.overall.patches,
    willBreach: report.overall.willBreach.patches,
    staleLooks: staleLooks.length,
    told,
  };
  log('FP_SLA_REPORTED', counts);
  return { ...counts, reportKey: keys.slaReportOf(now, 'json'), usage: noUsage };
}

/** The newest and that of the hour, each as JSON and as CSV. */
async function writeReport(
  report: SlaReport,
  { csv, now }: { readonly csv: string; readonly now: number },
  store: Store,
): Promise<void> {
  for (const key of [keys.slaReportOf(now, 'json'), keys.slaReport('json')]) await store.put(key, report);
  for (const key of [keys.slaReportOf(now, 'csv'), keys.slaReport('csv')]) {
    await store.putText(key, csv, 'text/csv; charset=utf-8');
  }
}

/** Fails once all policies have been tried: what was not told is then tried again, and nothing else. */
async function tellAll(
  forecasts: readonly PolicyForecast[],
  policies: PolicyFile['policies'],
  dependencies: ReportingDependencies,
): Promise<number> {
  const { bucket, patchFleetArn } = dependencies.config;
  const links = { reportUrl: `s3://${bucket}/${keys.slaReport('csv')}`, patchFleetArn };
  const failures: Error[] = [];
  let told = 0;
  for (const forecast of forecasts) {
    const alerts = policies[forecast.policy]?.alerts;
    if (!alerts) continue;
    const result = await tellAlerts(forecast, { alerts, links }, dependencies);
    told += result.told;
    failures.push(...result.failures);
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `not told: ${failures.map((failure) => failure.message).join('; ')}`);
  }
  return told;
}

export const handler = makeHandler({
  name: 'report-sla',
  input: reportSlaInput,
  run,
  own: (count, { config }) => ({
    publish: makePublish(count),
    ledger: makeLedger(config.ledgerTable, count),
    measure: makeMeasure(),
  }),
});
