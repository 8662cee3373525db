import type { FaultRates } from '../faults.ts';
import type { FleetNode } from '../fleet/node.ts';
import { CredentialRegistry } from './credentials.ts';
import { createEc2, type EmbeddedEc2 } from './ec2/ec2.ts';
import { Front } from './front.ts';
import { createJsonEndpoint } from './http/json-endpoint.ts';
import { NetworkFaults } from './network-faults.ts';
import { withRefusedNodes } from './refused-nodes.ts';
import { createS3, type EmbeddedS3 } from './s3/s3.ts';
import { AwsServer } from './server.ts';
import type { Surroundings } from './service.ts';
import { type AwsSettings, completeSettings } from './settings.ts';
import { createSns, type PublishedMessage } from './sns/sns.ts';
import { createSsm, type EmbeddedSsm, type SsmOptions } from './ssm/ssm.ts';
import { StalePages } from './stale-pages.ts';
import { type AssumableRole, createSts } from './sts/sts.ts';
import { Throttle } from './throttle.ts';
import { Usage } from './usage.ts';

export interface EmbeddedAwsOptions extends Surroundings {
  readonly nodes: readonly FleetNode[];
  readonly documents: SsmOptions['documents'];
  readonly maintenanceWindows?: NonNullable<SsmOptions['maintenanceWindows']>;
  readonly faults?: FaultRates;
  readonly settings?: Partial<AwsSettings>;
  /** Names; made in the home account and region before the first call. */
  readonly buckets: readonly string[];
  readonly topics: readonly string[];
  readonly roles?: readonly AssumableRole[];
}

export interface EmbeddedAws {
  /** Answers with the URL; without a port any free one is taken. */
  listen(port?: number): Promise<string>;
  /** Rejects when a request failed through a defect of the embedded AWS itself. */
  close(): Promise<void>;
  readonly usage: Usage;
  readonly published: readonly PublishedMessage[];
  readonly ssm: EmbeddedSsm;
  readonly s3: EmbeddedS3;
  /** In Systems Manager and in EC2 at once; throws a RangeError for an unknown node. */
  terminate(nodeId: string): void;
}

/** SSM, S3, SNS, STS and EC2 over one fleet, behind one loopback address, in simulated time. */
export function createEmbeddedAws(options: EmbeddedAwsOptions): EmbeddedAws {
  const { clock, seed, nodes, documents, maintenanceWindows = [], faults = {}, roles = [] } = options;
  const settings = completeSettings(options.settings ?? {});
  const usage = new Usage();
  const credentials = new CredentialRegistry(seed, settings.home.accountId);
  const ssm = createSsm({ clock, seed, nodes, documents, maintenanceWindows, settings: settings.ssm });
  const ec2 = createEc2(nodes);
  const s3 = createS3();
  const sns = createSns(seed);
  const owner = { ...settings.home, now: clock.now() };
  for (const bucket of options.buckets) s3.createBucket(bucket, owner);
  for (const topic of options.topics) sns.createTopic(topic, owner);
  const terminate = terminator(ssm, ec2);
  const operations = withRefusedNodes({
    operations: ssm.operations,
    seed,
    rate: faults['refused-node'] ?? 0,
    nodeIds: new Set(nodes.map(({ nodeId }) => nodeId)),
    terminate,
  });
  const front = new Front({
    endpoints: {
      ssm: createJsonEndpoint({ service: 'ssm', targetPrefix: 'AmazonSSM', operations }),
      s3: s3.endpoint,
      sns: sns.endpoint,
      sts: createSts({ credentials, roles }),
      ec2: ec2.endpoint,
    },
    credentials,
    throttle: new Throttle(settings.callRates),
    faults: new NetworkFaults(seed, faults),
    stalePages: new StalePages(),
    usage,
  });
  const { latency, headers } = settings;
  const server = new AwsServer({ clock, seed, front, latency, headers });
  return {
    listen: (port = 0) => server.listen(port),
    close: () => server.close(),
    usage,
    published: sns.published,
    ssm,
    s3,
    terminate,
  };
}

function terminator(ssm: EmbeddedSsm, ec2: EmbeddedEc2): (nodeId: string) => void {
  return (nodeId) => {
    ssm.terminate(nodeId);
    ec2.terminate(nodeId);
  };
}
