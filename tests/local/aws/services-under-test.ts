import {
  createEmbeddedAws,
  type EmbeddedAws,
  type EmbeddedAwsOptions,
} from '../../../local/aws/embedded-aws.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { clientConfiguration, startsAt } from './front-server.ts';

const open: EmbeddedAws[] = [];

export const caller = { accountId: '111122223333', region: 'us-east-1' } as const;

/** The embedded AWS without a fleet, listening, in virtual time. */
export async function startServices(options: Partial<EmbeddedAwsOptions> = {}) {
  const clock = new VirtualClock(startsAt);
  const aws = createEmbeddedAws({
    clock,
    seed: 1,
    nodes: [],
    documents: [],
    buckets: [],
    topics: [],
    ...options,
  });
  open.push(aws);
  const url = await aws.listen();
  return { aws, clock, url, client: clientConfiguration(url) };
}

/** For afterEach: a server left open keeps Jest from ending. */
export async function closeServices(): Promise<void> {
  await Promise.all(open.splice(0).map((aws) => aws.close()));
}
