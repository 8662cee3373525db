import type { Policy } from '../shared/domain/policy.ts';
import { functions } from './functions.ts';

/** How findings are buffered between EventBridge and `notify-finding`; what runs on a laptop buffers alike. */
export interface FindingsBuffer {
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** Invocations at once. */
  readonly maximumConcurrency: number;
  readonly visibilityTimeoutSeconds: number;
  /** Receipts of a message before it goes to the dead letters. */
  readonly maxReceiveCount: number;
  readonly retentionSeconds: number;
}

/** The longest that Lambda gathers. One scan's findings arrive within minutes of each other, and are to be one message. */
const batchingWindowSeconds = 300;

/** The function that takes the findings. */
export const findingsFunction = 'notify-finding';

/**
 * Throws RangeError if fewer environments are reserved for the function than may be started at once: Lambda would
 * receive messages, be throttled, and count receipts up to the dead letters.
 */
export function findingsBuffer(): FindingsBuffer {
  const definition = functions.find(({ name }) => name === findingsFunction);
  if (!definition) throw new RangeError(`functions/${findingsFunction} is not there`);
  const maximumConcurrency = 2;
  if (definition.reservedConcurrency < maximumConcurrency) {
    throw new RangeError(
      `functions/${findingsFunction}/function.yml: reservedConcurrency ${definition.reservedConcurrency} is refused; allowed: at least ${maximumConcurrency}, which the queue may start at once`,
    );
  }
  return {
    // A finding is some kilobytes, and an invocation takes 6 MB; Lambda hands over what fits.
    batchSize: 1_000,
    batchingWindowSeconds,
    maximumConcurrency,
    // Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping".
    visibilityTimeoutSeconds: 6 * definition.timeoutSeconds + batchingWindowSeconds,
    maxReceiveCount: 5,
    // Less than the dead letters keep it: there a message's age goes on counting.
    retentionSeconds: 4 * 86_400,
  };
}

const patchManager = ':product/aws/ssm-patch-manager';
const inspector = ':product/aws/inspector';

/**
 * The events that are findings of ours to tell: active and NEW, because whatever we set on a finding is sent as
 * imported again. Of any severity: what a policy does not want told is known by the clock all the same. Source:
 * Security Hub user guide, "EventBridge event types for Security Hub".
 */
export function findingsPattern(policies: readonly Policy[]) {
  const products = policies.some((policy) => policy.alerts.inspector)
    ? [patchManager, inspector]
    : [patchManager];
  return {
    source: ['aws.securityhub'],
    'detail-type': ['Security Hub Findings - Imported'],
    detail: {
      findings: {
        ProductArn: products.map((suffix) => ({ suffix })),
        RecordState: ['ACTIVE'],
        Workflow: { Status: ['NEW'] },
      },
    },
  };
}
