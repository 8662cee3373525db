/**
 * Dollars, us-east-1, as AWS published them in November 2026; no free tier. CloudWatch Logs is left out for all designs
 * alike, and so are data transfer and the storage of a few megabytes.
 */
export const prices = {
  /** aws.amazon.com/step-functions/pricing: Standard workflows, a state transition; retries and children count. */
  stateTransition: 0.025 / 1000,
  /** aws.amazon.com/lambda/pricing: a request, and a GB-second on arm64. */
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGigabyteSecond: 0.000_013_333_4,
  /** aws.amazon.com/s3/pricing, S3 Standard: PUT, COPY, POST, LIST; and GET and all others. */
  s3Write: 0.005 / 1000,
  s3Read: 0.0004 / 1000,
  /** aws.amazon.com/sns/pricing: a publish; mail and chat on top are the same for all. */
  snsPublish: 0.5 / 1_000_000,
  /**
   * aws.amazon.com/systems-manager/pricing, Automation: a basic step. An assumption, not looked up again: 100,000 steps a
   * month are said to be free, which is left out here as every free tier is.
   */
  automationStep: 0.002,
} as const;

/** What is paid for, counted. */
export interface Consumption {
  readonly stateTransitions: number;
  readonly lambdaRequests: number;
  readonly lambdaGigabyteSeconds: number;
  readonly s3Writes: number;
  readonly s3Reads: number;
  readonly publishes: number;
  readonly automationSteps: number;
}

export function dollarsOf(used: Consumption): number {
  return (
    used.stateTransitions * prices.stateTransition +
    used.lambdaRequests * prices.lambdaRequest +
    used.lambdaGigabyteSeconds * prices.lambdaGigabyteSecond +
    used.s3Writes * prices.s3Write +
    used.s3Reads * prices.s3Read +
    used.publishes * prices.snsPublish +
    used.automationSteps * prices.automationStep
  );
}
