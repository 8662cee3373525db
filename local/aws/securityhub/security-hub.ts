import type { Clock } from '../../clock.ts';
import { random } from '../../random.ts';
import type { EventBus } from '../events/bus.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { createRestJsonEndpoint } from '../http/rest-json-endpoint.ts';
import type { Caller, Operation } from '../service.ts';
import type { PatchOperationReport } from '../ssm/patch-operation-report.ts';
import { hubError, hubErrors } from './errors.ts';
import { type Finding, findingArn } from './finding.ts';
import { getFindings } from './get-findings.ts';
import { batchImportFindings, type ImportingFindings, importFinding } from './import-findings.ts';
import { patchManagerReports } from './patch-manager.ts';
import { batchUpdateFindings } from './update-findings.ts';

export interface SecurityHubOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** The account and Region that all findings come together in: the administrator's, the aggregation Region. */
  readonly home: Pick<Caller, 'accountId' | 'region'>;
  readonly isEnabled: boolean;
  readonly bus: EventBus;
  /** Probability that one finding of a BatchUpdateFindings is left unprocessed. */
  readonly unprocessedRate: number;
}

export interface EmbeddedSecurityHub {
  readonly endpoint: Endpoint;
  /** In the order of their arrival. */
  readonly findings: readonly Finding[];
  /** Patch Manager's integration: the finding of a report arrives after seconds, or after up to two hours. */
  onPatchReport(report: PatchOperationReport): void;
}

const soonest = 5_000;
const latest = 7_200_000;

/** Security Hub CSPM. Whatever is imported or updated is told to the bus, one finding an event. */
export function createSecurityHub(options: SecurityHubOptions): EmbeddedSecurityHub {
  const { clock, seed, home, isEnabled, bus, unprocessedRate } = options;
  const findings = new Map<string, Finding>();
  const hub: ImportingFindings = {
    find: (identifier) => findings.get(findingArn(identifier)),
    put(finding) {
      const arn = findingArn(finding);
      findings.set(arn, finding);
      bus.put({
        source: 'aws.securityhub',
        detailType: 'Security Hub Findings - Imported',
        resources: [arn],
        detail: { findings: [finding] },
      });
    },
  };
  const failures = random(seed, 'unprocessed-items', 'securityhub');
  const enabled =
    (perform: Operation): Operation =>
    (input, caller) => {
      const isHome = caller.accountId === home.accountId && caller.region === home.region;
      if (!isEnabled || !isHome) throw hubError.notEnabled(caller.accountId);
      return perform(input, caller);
    };
  const update: Operation = (input, { now }) =>
    batchUpdateFindings({ ...hub, failures, failureRate: unprocessedRate }, input, now);
  const endpoint = createRestJsonEndpoint({
    service: 'securityhub',
    errors: hubErrors,
    routes: {
      'POST /findings': {
        name: 'GetFindings',
        perform: enabled((input, { now }) => getFindings([...findings.values()], input, now)),
      },
      'POST /findings/import': {
        name: 'BatchImportFindings',
        perform: enabled((input) => batchImportFindings(hub, input)),
      },
      'PATCH /findings/batchupdate': { name: 'BatchUpdateFindings', perform: enabled(update) },
    },
  });
  return {
    endpoint,
    get findings() {
      return [...findings.values()];
    },
    onPatchReport(report) {
      const finding = patchManagerReports(report);
      if (!finding || !isEnabled) return;
      // Even over the orders of magnitude: most come within minutes, some far too late.
      const spread = random(seed, 'patch-finding', finding.Id, report.operation, report.endedAt).next();
      const dueAt = report.endedAt + soonest * (latest / soonest) ** spread;
      clock.setTimeout(() => importFinding(hub, finding), Math.max(0, dueAt - clock.now()));
    },
  };
}
