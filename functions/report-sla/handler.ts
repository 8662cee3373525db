/**
 * State: ReportSla, the last of watch-sla. Invoked by: watch-sla, every hour.
 * Side effects: writes sla/ in S3, counts metrics, publishes to SNS, notes in the ledger what was told; marks the findings
 * that were held in Security Hub.
 * dryRun: the clock knows none, it touches no node.
 * Safe to run twice: the report is written again, and what was told is told no more; a message whose publishing was
 * not confirmed may come twice.
 */
import { makeDynamoClient } from '../../shared/aws/dynamo-client.ts';
import { makeHeldFindings } from '../../shared/aws/held-findings.ts';
import { makeLedger } from '../../shared/aws/ledger.ts';
import { makeSecurityHub } from '../../shared/aws/security-hub.ts';
import { makeTellingTurns } from '../../shared/aws/telling-turns.ts';
import { makePublish } from '../../shared/aws/topic.ts';
import { makeTroubles } from '../../shared/aws/troubles.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { forecastOf, type PolicyForecast } from '../../shared/domain/sla/forecast.ts';
import { makeReport } from '../../shared/domain/sla/make-report.ts';
import type { SlaReport } from '../../shared/domain/sla/report.ts';
import { reportCsv } from '../../shared/domain/sla/report-csv.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { homeOf } from '../../shared/lambda/home.ts';
import { makeClaims } from '../../shared/lambda/idempotency.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { deployedPolicies } from '../../shared/lambda/policies.ts';
import { anchorsOf } from './anchors.ts';
import { type Measure, makeMeasure } from './measure.ts';
import { readPlaces } from './read-places.ts';
import { type ReportSlaInput, reportSlaInput } from './schema.ts';
import { type AlertingDependencies, tellAlerts } from './tell-alerts.ts';
import { type HeldDependencies, tellHeld } from './tell-held.ts';
import { writeReport } from './write-report.ts';

export type ReportingDependencies = AlertingDependencies & HeldDependencies & { readonly measure: Measure };

/** The function's own timeout (function.yml): whoever has claimed for longer is dead. */
const claimMilliseconds = 900_000;

interface Reported {
  readonly patches: SlaReport['overall']['patches'];
  readonly willBreach: number;
  readonly staleLooks: number;
  readonly told: number;
  /** Nodes whose findings were held, and were told now. */
  readonly nodesTold: number;
  readonly reportKey: string;
  readonly usage: Usage;
}

/** A report that cannot be made holds up no findings, nor they it: it fails once both have been tried. */
export async function run(input: ReportSlaInput, dependencies: ReportingDependencies): Promise<Reported> {
  const { policies } = await deployedPolicies(dependencies.config);
  // One after the other: Security Hub lets the findings wait, and the report is not to.
  const [reported] = await Promise.allSettled([report(input, policies, dependencies)]);
  const [held] = await Promise.allSettled([tellHeld(policies, dependencies)]);
  if (reported.status === 'fulfilled' && held.status === 'fulfilled') {
    return { ...reported.value, nodesTold: held.value };
  }
  const reasons = [reported, held].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons, reasons.map(String).join('; '));
}

async function report(
  input: ReportSlaInput,
  policies: PolicyFile['policies'],
  dependencies: ReportingDependencies,
): Promise<Omit<Reported, 'nodesTold'>> {
  const { config, ledger, log } = dependencies;
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
  own: (count, { config, monotonic, sleep, random }) => {
    const dynamo = makeDynamoClient(count);
    const home = homeOf(config);
    return {
      publish: makePublish(count),
      ledger: makeLedger(config.ledgerTable, count),
      troubles: makeTroubles(config.ledgerTable, dynamo),
      heldFindings: makeHeldFindings(config.ledgerTable, dynamo, { home }),
      turns: makeTellingTurns(config.ledgerTable, dynamo, home),
      claims: makeClaims(config.idempotencyTable, dynamo, claimMilliseconds),
      securityHub: makeSecurityHub(count, { now: monotonic, sleep, random }),
      measure: makeMeasure(),
    };
  },
});
