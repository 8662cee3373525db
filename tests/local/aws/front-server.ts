import { CredentialRegistry } from '../../../local/aws/credentials.ts';
import { createEc2 } from '../../../local/aws/ec2/ec2.ts';
import { Front } from '../../../local/aws/front.ts';
import { ssmJson } from '../../../local/aws/http/json-dialects.ts';
import { createJsonEndpoint } from '../../../local/aws/http/json-endpoint.ts';
import { NetworkFaults } from '../../../local/aws/network-faults.ts';
import { RepeatedPages } from '../../../local/aws/repeated-pages.ts';
import { createS3 } from '../../../local/aws/s3/s3.ts';
import { AwsServer } from '../../../local/aws/server.ts';
import type { Operations } from '../../../local/aws/service.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { StalePages } from '../../../local/aws/stale-pages.ts';
import { type AssumableRole, createSts } from '../../../local/aws/sts/sts.ts';
import { type CallRates, Throttle } from '../../../local/aws/throttle.ts';
import { Usage } from '../../../local/aws/usage.ts';
import { VirtualClock } from '../../../local/clock.ts';
import type { FaultRates } from '../../../local/faults.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { Weather } from '../../../local/weather.ts';

interface FrontServerOptions {
  readonly operations?: Operations;
  readonly faults?: FaultRates;
  readonly callRates?: CallRates;
  readonly roles?: readonly AssumableRole[];
  readonly nodes?: readonly FleetNode[];
  readonly seed?: number;
}

const open: AwsServer[] = [];

export const startsAt = Date.UTC(2026, 10, 22, 2, 0, 0);

/** The front with its small services and a Systems Manager of the test's own, listening, in virtual time. */
export async function startFrontServer(options: FrontServerOptions = {}) {
  const { operations = {}, faults = {}, callRates = {}, roles = [], nodes = [], seed = 1 } = options;
  const clock = new VirtualClock(startsAt);
  const credentials = new CredentialRegistry(seed, '111122223333');
  const usage = new Usage();
  const weather = new Weather({ rates: faults });
  const s3 = createS3();
  const sns = createSns(seed);
  const ec2 = createEc2(nodes);
  const front = new Front({
    endpoints: {
      ssm: createJsonEndpoint({ service: 'ssm', targetPrefix: 'AmazonSSM', operations, dialect: ssmJson }),
      s3: s3.endpoint,
      sns: sns.endpoint,
      sts: createSts({ credentials, roles }),
      ec2: ec2.endpoint,
    },
    credentials,
    throttle: new Throttle(callRates),
    faults: new NetworkFaults(seed, weather),
    stalePages: new StalePages(),
    repeatedPages: new RepeatedPages(),
    usage,
    weather,
  });
  const latency = { minimumMilliseconds: 20, maximumMilliseconds: 80 };
  const server = new AwsServer({ clock, seed, front, latency, headers: { 'x-embedded-speed': '60' } });
  open.push(server);
  const url = await server.listen(0);
  return { clock, usage, weather, s3, sns, ec2, server, url, client: clientConfiguration(url) };
}

export type FrontServer = Awaited<ReturnType<typeof startFrontServer>>;

/** For afterEach: a server left open keeps Jest from ending. */
export async function closeFrontServers(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}

/** One attempt: a retry would hide what the server answered. */
export function clientConfiguration(endpoint: string) {
  const credentials = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' };
  return { endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
}

/** A signed request without an SDK, for what an SDK would not send. */
export function signedHeaders(service: string): Record<string, string> {
  const scope = `AKIALOCAL/20261122/us-east-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}
