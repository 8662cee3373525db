import type { Caller } from './service.ts';

/** A token bucket, in simulated time. */
export interface CallRate {
  readonly refillPerSecond: number;
  readonly burst: number;
}

/** By `service:Operation`, with `service:*` for the operations that are not named. */
export type CallRates = Readonly<Record<string, CallRate>>;

/**
 * For SSM, AWS publishes no numbers for these calls (General Reference, "Systems Manager endpoints and quotas"):
 * the default is an assumption. EC2's are those of "Request throttling for the Amazon EC2 API" for filtered or
 * paged reads, S3's those of "Best practices design patterns" (per prefix there, per operation here), SNS's and
 * STS's those of the General Reference, DynamoDB's the writes that a new on-demand table takes at once.
 */
export const defaultCallRates: CallRates = {
  'ssm:*': { refillPerSecond: 10, burst: 20 },
  'ec2:*': { refillPerSecond: 20, burst: 100 },
  's3:*': { refillPerSecond: 5500, burst: 5500 },
  's3:PutObject': { refillPerSecond: 3500, burst: 3500 },
  's3:DeleteObject': { refillPerSecond: 3500, burst: 3500 },
  'sns:*': { refillPerSecond: 30, burst: 30 },
  'sns:Publish': { refillPerSecond: 30_000, burst: 30_000 },
  'sts:*': { refillPerSecond: 600, burst: 600 },
  'dynamodb:*': { refillPerSecond: 4000, burst: 4000 },
  // A standard queue takes nearly any number (SQS Developer Guide, "Amazon SQS message quotas").
  // Security Hub API Reference, "Throttling".
  'securityhub:*': { refillPerSecond: 10, burst: 30 },
  'securityhub:GetFindings': { refillPerSecond: 3, burst: 6 },
  'sqs:*': { refillPerSecond: 30_000, burst: 30_000 },
};

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Every account, region, service and operation has its own bucket. */
export class Throttle {
  private readonly rates: CallRates;
  private readonly buckets = new Map<string, Bucket>();

  constructor(rates: CallRates) {
    for (const [name, { refillPerSecond, burst }] of Object.entries(rates)) {
      if (refillPerSecond > 0 && burst >= 1) continue;
      const given = `refillPerSecond ${refillPerSecond}, burst ${burst}`;
      throw new RangeError(
        `call rate ${name} has ${given}; allowed: refillPerSecond above 0, burst of at least 1`,
      );
    }
    this.rates = rates;
  }

  /** Takes a token; false means that this call is to be refused as throttled. A call without a rate always passes. */
  admits(operationName: string, caller: Caller): boolean {
    const rate = this.rates[operationName] ?? this.rates[`${operationName.split(':')[0]}:*`];
    if (!rate) return true;
    const key = [caller.accountId, caller.region, operationName].join(' ');
    const bucket = this.buckets.get(key) ?? { tokens: rate.burst, filledAt: caller.now };
    const seconds = (caller.now - bucket.filledAt) / 1000;
    bucket.tokens = Math.min(rate.burst, bucket.tokens + seconds * rate.refillPerSecond);
    bucket.filledAt = caller.now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
