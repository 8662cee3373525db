import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SlaSummary } from '../../shared/domain/sla/report.ts';

/** Counts one policy's open patches for the dashboard. */
export type Measure = (policy: string, summary: SlaSummary) => void;

/** CloudWatch's embedded metric format: dimensions `service` and `policy`. A policy has a line of its own. */
export function makeMeasure(): Measure {
  return (policy, { patches, willBreach }) => {
    const metrics = new Metrics({ namespace: 'FleetPatcher', serviceName: 'report-sla' });
    metrics.addDimension('policy', policy);
    metrics.addMetric('OnTime', MetricUnit.Count, patches.onTime);
    metrics.addMetric('DueSoon', MetricUnit.Count, patches.dueSoon);
    metrics.addMetric('Breached', MetricUnit.Count, patches.breached);
    metrics.addMetric('WillBreach', MetricUnit.Count, willBreach.patches);
    metrics.publishStoredMetrics();
  };
}
