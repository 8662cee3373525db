import { AwsError, type Caller } from '../service.ts';

/** Topic ARNs of all accounts and regions. */
export class Topics {
  private readonly arns = new Set<string>();

  /** Idempotent, as CreateTopic is. Throws InvalidParameter. */
  create(name: string, { accountId, region }: Caller): string {
    if (!/^[\w-]{1,256}$/.test(name)) {
      const allowed = '1 to 256 letters, digits, hyphens and underscores; FIFO topics are not embedded';
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Topic Name ('${name}'; allowed: ${allowed})`,
      );
    }
    const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
    this.arns.add(arn);
    return arn;
  }

  /** Throws InvalidParameter, NotFound, and AuthorizationError for a topic of another account: there are no policies. */
  check(arn: string, caller: Caller): void {
    const [, region, accountId] = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}$/.exec(arn) ?? [];
    if (region === undefined)
      throw new AwsError('InvalidParameter', `Invalid parameter: TopicArn ('${arn}')`);
    if (region !== caller.region) {
      const reason = `topic is in ${region}, the call was made to ${caller.region}`;
      throw new AwsError('InvalidParameter', `Invalid parameter: TopicArn Reason: ${reason}`);
    }
    if (!this.arns.has(arn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
    if (accountId === caller.accountId) return;
    throw new AwsError('AuthorizationError', `Account ${caller.accountId} may not publish to ${arn}`, 403);
  }

  list({ accountId, region }: Caller): readonly string[] {
    return [...this.arns].filter((arn) => arn.startsWith(`arn:aws:sns:${region}:${accountId}:`)).sort();
  }
}
