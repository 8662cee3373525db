import type { FaultRates } from '../faults.ts';
import type { FleetNode } from '../fleet/node.ts';
import { type AddedServicesOptions, createAddedServices } from './added-services.ts';
import { CredentialRegistry } from './credentials.ts';
import type { EmbeddedDynamoDb } from './dynamodb/dynamodb.ts';
import { createEc2, type EmbeddedEc2 } from './ec2/ec2.ts';
import type { EventBus } from './events/bus.ts';
import { Front } from './front.ts';
import { ssmJson } from './http/json-dialects.ts';
import { createJsonEndpoint } from './http/json-endpoint.ts';
import { NetworkFaults } from './network-faults.ts';
import { withRefusedNodes } from './refused-nodes.ts';
import { createS3, type EmbeddedS3 } from './s3/s3.ts';
import type { EmbeddedSecurityHub } from './securityhub/security-hub.ts';
import { AwsServer } from './server.ts';
import type { Surroundings } from './service.ts';
import { type AwsSettings, completeSettings } from './settings.ts';
import { createSns, type PublishedMessage } from './sns/sns.ts';
import type { EmbeddedSqs } from './sqs/sqs.ts';
import { createSsm, type EmbeddedSsm, type SsmOptions } from './ssm/ssm.ts';
import { StalePages } from './stale-pages.ts';
import { type AssumableRole, createSts } from './sts/sts.ts';
import { Throttle } from './throttle.ts';
import { Usage } from './usage.ts';

export interface EmbeddedAwsOptions extends Surroundings, AddedServicesOptions {
  readonly nodes: readonly FleetNode[];
  readonly documents: SsmOptions['documents'];
  readonly maintenanceWindows?: NonNullable<SsmOptions['maintenanceWindows']>;
  readonly patchBaselines?: NonNullable<SsmOptions['patchBaselines']>;
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
  /** Answers in this process, without the server and its latency: for what plays many calls in simulated time. */
  readonly front: Pick<Front, 'answer'>;
  readonly usage: Usage;
  readonly published: readonly PublishedMessage[];
  readonly ssm: EmbeddedSsm;
  readonly s3: EmbeddedS3;
  readonly dynamodb: Pick<EmbeddedDynamoDb, 'items'>;
  readonly queue: EmbeddedSqs['queue'];
  /** All that the default event bus was told. */
  readonly events: EventBus['events'];
  readonly securityHub: Pick<EmbeddedSecurityHub, 'findings'>;
  /** In Systems Manager and in EC2 at once; throws a RangeError for an unknown node. */
  terminate(nodeId: string): void;
  /** Gives a node a new state, other tags or another fate in both from now on. */
  setNode(node: FleetNode): void;
}

/** SSM, S3, SNS, STS and EC2 over one fleet, and what else is asked for, behind one loopback address, in simulated time. */
export function createEmbeddedAws(options: EmbeddedAwsOptions): EmbeddedAws {
  const { clock, seed, nodes, documents, maintenanceWindows = [], faults = {}, roles = [] } = options;
  const settings = completeSettings(options.settings ?? {});
  const usage = new Usage();
  const credentials = new CredentialRegistry(seed, settings.home.accountId);
  const { patchBaselines = [] } = options;
  let url = '';
  const added = createAddedServices({ clock, seed, faults, options, home: settings.home, origin: () => url });
  const ssm = createSsm({
    clock,
    seed,
    nodes,
    documents,
    maintenanceWindows,
    patchBaselines,
    settings: settings.ssm,
    ...(options.securityHub ? { onPatchReport: added.securityHub.onPatchReport } : {}),
  });
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
      ssm: createJsonEndpoint({ service: 'ssm', targetPrefix: 'AmazonSSM', operations, dialect: ssmJson }),
      s3: s3.endpoint,
      sns: sns.endpoint,
      sts: createSts({ credentials, roles }),
      ec2: ec2.endpoint,
      ...added.endpoints,
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
    async listen(port = 0) {
      url = await server.listen(port);
      return url;
    },
    close: () => server.close(),
    front,
    usage,
    published: sns.published,
    ssm,
    s3,
    dynamodb: added.dynamodb,
    queue: added.sqs.queue,
    events: added.bus.events,
    securityHub: added.securityHub,
    terminate,
    setNode: (node) => {
      ssm.setNode(node);
      ec2.setNode(node);
    },
  };
}

function terminator(ssm: EmbeddedSsm, ec2: EmbeddedEc2): (nodeId: string) => void {
  return (nodeId) => {
    ssm.terminate(nodeId);
    ec2.terminate(nodeId);
  };
}
