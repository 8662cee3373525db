/**
 * Published prices in dollars, us-east-1, November 2026: the pricing pages of Step Functions (Standard workflows),
 * Lambda (arm64), S3 (Standard) and SNS, without free tiers. Systems Manager, STS and EC2 charge nothing for calls.
 */
const prices = {
  stateTransition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1e6,
  lambdaGigabyteSecond: 0.0000133334,
  /** PUT and LIST. */
  s3Write: 0.005 / 1000,
  s3Read: 0.0004 / 1000,
  publish: 0.5 / 1e6,
} as const;

/** What a run used of what costs something. */
export interface Used {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
  readonly lambdaGigabyteSeconds: number;
  /** By `service:Operation`. */
  readonly calls: Readonly<Record<string, number>>;
}

export function dollarsOf({
  stateTransitions,
  lambdaInvocations,
  lambdaGigabyteSeconds,
  calls,
}: Used): number {
  const writes = (calls['s3:PutObject'] ?? 0) + (calls['s3:ListObjectsV2'] ?? 0);
  return (
    stateTransitions * prices.stateTransition +
    lambdaInvocations * prices.lambdaRequest +
    lambdaGigabyteSeconds * prices.lambdaGigabyteSecond +
    writes * prices.s3Write +
    (calls['s3:GetObject'] ?? 0) * prices.s3Read +
    (calls['sns:Publish'] ?? 0) * prices.publish
  );
}
