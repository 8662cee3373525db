import { dollarsOf as priceOf } from '../prices.ts';

/** What a run used of what costs something. */
export interface Used {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
  readonly lambdaGigabyteSeconds: number;
  /** By `service:Operation`. */
  readonly calls: Readonly<Record<string, number>>;
}

/** By the prices of the benchmark. */
export function dollarsOf({
  stateTransitions,
  lambdaInvocations,
  lambdaGigabyteSeconds,
  calls,
}: Used): number {
  return priceOf({
    stateTransitions,
    lambdaRequests: lambdaInvocations,
    lambdaGigabyteSeconds,
    s3Writes: (calls['s3:PutObject'] ?? 0) + (calls['s3:ListObjectsV2'] ?? 0),
    s3Reads: calls['s3:GetObject'] ?? 0,
    publishes: calls['sns:Publish'] ?? 0,
    automationSteps: 0,
  });
}
