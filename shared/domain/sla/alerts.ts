import type { SlaAlert } from './alert.ts';
import type { PatchForecast, PolicyForecast } from './forecast.ts';
import { countsOf } from './summary.ts';

/** An alert, and the patches that are told of once it has gone out. */
export interface DueAlert {
  readonly alert: SlaAlert;
  readonly mark: 'foretoldAt' | 'breachToldAt';
  readonly patches: readonly PatchForecast[];
}

/** What is to be told of a policy now: at most one forecast and one breach, of patches that were not told of so. */
export function dueAlertsOf(forecast: PolicyForecast): DueAlert[] {
  const foretold = forecast.patches.filter(
    ({ entry, status, reason }) =>
      (status === 'onTime' || status === 'dueSoon') && reason !== null && entry.foretoldAt === null,
  );
  const breached = forecast.patches.filter(
    ({ entry, status }) => status === 'breached' && entry.breachToldAt === null,
  );
  return [
    { alert: alertOf('sla-forecast', forecast, foretold), mark: 'foretoldAt' as const, patches: foretold },
    { alert: alertOf('sla-breach', forecast, breached), mark: 'breachToldAt' as const, patches: breached },
  ].filter(({ patches }) => patches.length > 0);
}

function alertOf(
  kind: SlaAlert['kind'],
  forecast: PolicyForecast,
  patches: readonly PatchForecast[],
): SlaAlert {
  const { policy, slaDays, timeZone, nextWindow, now } = forecast;
  const counts = countsOf(forecast.patches.map((patch) => patch.status));
  return { kind, policy, slaDays, timeZone, patches, nextWindow, counts, now };
}
