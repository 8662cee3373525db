import type { Place } from '../aws/ledger.ts';
import type { Config } from './config.ts';

/** Our own account and Region: where our topics are, there are we. */
export function homeOf({ alertsTopicArn }: Pick<Config, 'alertsTopicArn'>): Place {
  const [, , , region = '', accountId = ''] = alertsTopicArn.split(':');
  return { accountId, region };
}
