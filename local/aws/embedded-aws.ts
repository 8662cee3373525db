import type { FaultRates } from '../faults.ts';
import type { FleetNode } from '../fleet/node.ts';
import { Weather } from '../weather.ts';
import { type AddedServicesOptions, createAddedServices } from './added-services.ts';
import { CredentialRegistry } from './credentials.ts';
import type { EmbeddedDynamoDb } from './dynamodb/dynamodb.ts';
import { createEc2 } from './ec2/ec2.ts';
import type { EventBus } from './events/bus.ts';
import { Front } from './front.ts';
import { ssmJson } from './http/json-dialects.ts';
import { createJsonEndpoint } from './http/json-endpoint.ts';
import { NetworkFaults } from './network-faults.ts';
import { RepeatedPages } from './repeated-pages.ts';
import { withRetaggedNodes } from './retagged-nodes.ts';
import { createS3, type EmbeddedS3 } from './s3/s3.ts';
import type { EmbeddedSecurityHub } from './securityhub/security-hub.ts';
import { AwsServer } from './server.ts';
import type { Surroundings } from './service.ts';
import { type AwsSettings, completeSettings } from './settings.ts';
import { withShortPages } from './short-pages.ts';
import { createSns, type PublishedMessage } from './sns/sns.ts';
import type { EmbeddedSqs } from './sqs/sqs.ts';
import { createSsm, type EmbeddedSsm, type SsmOptions } from './ssm/ssm.ts';
import { StalePages } from './stale-pages.ts';
import { type AssumableRole, createSts } from './sts/sts.ts';
import { Throttle } from './throttle.ts';
import { Usage } from './usage.ts';
import { withVanishingNodes } from './vanishing-nodes.ts';

export interface EmbeddedAwsOptions extends Surroundings, AddedServicesOptions {
  readonly nodes: readonly FleetNode[];
  readonly documents: SsmOptions['documents'];
  readonly maintenanceWindows?: NonNullable<SsmOptions['maintenanceWindows']>;
  readonly patchBaselines?: NonNullable<SsmOptions['patchBaselines']>;
  readonly faults?: FaultRates;
  /** Instead of faults that strike all the time: those of network, nodes and commands come from it. */
  readonly weather?: Weather;
  readonly settings?: Partial<AwsSettings>;
  /** Names; made in the home account and region before the first call. */
  readonly buckets: readonly string[];
  readonly topics: readonly string[];
  readonly roles?: readonly AssumableRole[];
}

export interface EmbeddedAws {
  /** Answers with the URL; without a port any free one is taken. */
  listen(port?: number): Promise<string>;
  /** Answers with a URL at which embedded functions of this process find it, the same each time, and nobody else. */
  offer(): string;
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
  /** Nodes that were terminated since the start, and when: epoch milliseconds. */
  readonly terminated: ReadonlyMap<string, number>;
  /** Nodes that IAM has come to deny. */
  readonly retagged: ReadonlySet<string>;
  /** In Systems Manager and in EC2 at once; throws a RangeError for an unknown node. */
  terminate(nodeId: string): void;
  /** Gives a node a new state, other tags or another fate in both from now on. */
  setNode(node: FleetNode): void;
}

/** SSM, S3, SNS, STS and EC2 over one fleet, and what else is asked for, behind one loopback address, in simulated time. */
export function createEmbeddedAws(options: EmbeddedAwsOptions): EmbeddedAws {
  const { clock, seed, nodes, documents, maintenanceWindows = [], faults = {}, roles = [] } = options;
  const { weather = new Weather({ rates: faults }) } = options;
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
    weather,
    ...(options.securityHub ? { onPatchReport: added.securityHub.onPatchReport } : {}),
  });
  const ec2 = createEc2(nodes);
  const s3 = createS3();
  const sns = createSns(seed);
  const owner = { ...settings.home, now: clock.now() };
  for (const bucket of options.buckets) s3.createBucket(bucket, owner);
  for (const topic of options.topics) sns.createTopic(topic, owner);
  const terminated = new Map<string, number>();
  const terminate = (nodeId: string): void => {
    ssm.terminate(nodeId);
    ec2.terminate(nodeId);
    terminated.set(nodeId, clock.now());
  };
  const retagged = new Set<string>();
  const operations = withVanishingNodes({
    operations: withRetaggedNodes({
      operations: withShortPages({ operations: ssm.operations, seed, weather }),
      seed,
      weather,
      retagged,
    }),
    clock,
    seed,
    weather,
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
    faults: new NetworkFaults(seed, weather),
    stalePages: new StalePages(),
    repeatedPages: new RepeatedPages(),
    usage,
    weather,
  });
  const { latency, headers } = settings;
  const server = new AwsServer({ clock, seed, front, latency, headers });
  return {
    async listen(port = 0) {
      url = await server.listen(port);
      return url;
    },
    offer: () => {
      url = server.offer();
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
    terminated,
    retagged,
    terminate,
    setNode: (node) => {
      ssm.setNode(node);
      ec2.setNode(node);
    },
  };
}
