import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEmbeddedAws, type EmbeddedAws } from '../local/aws/embedded-aws.ts';
import type { DocumentContent } from '../local/aws/ssm/document.ts';
import type { FaultRates } from '../local/faults.ts';
import type { NodeScope } from '../local/fleet/generate.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import { place } from './alternatives/report.ts';
import { AwsClient, usualLatency } from './simulation/aws-client.ts';
import type { Simulation } from './simulation/simulation.ts';

/** The document by which the alternatives run hooks: a plain one, which runs whenever it comes. */
export const hookDocumentName = 'PatchHooks';
const hookDocumentFile = join(import.meta.dirname, 'alternatives', 'hook-document.json');

/** An account of its own, with the embedded AWS that answers in it. */
export interface Site {
  readonly scope: NodeScope;
  readonly nodes: readonly FleetNode[];
  readonly aws: EmbeddedAws;
  /** Calls of the design, which count. */
  readonly client: AwsClient;
  /** Calls of AWS's own services, which do not, and which are repeated until they are answered. */
  readonly internal: AwsClient;
  readonly topicArn: string;
}

export interface SitesOptions {
  readonly simulation: Simulation;
  readonly seed: number;
  readonly fleet: readonly FleetNode[];
  readonly scopes: readonly NodeScope[];
  readonly faults: FaultRates;
}

/** One site for each account: the alternatives know one account, and so each has one of them. */
export function createSites({ simulation, seed, fleet, scopes, faults }: SitesOptions): readonly Site[] {
  const content: DocumentContent = JSON.parse(readFileSync(hookDocumentFile, 'utf8'));
  return scopes.map((scope) => {
    const nodes = fleet.filter(({ accountId }) => accountId === scope.accountId);
    const options = {
      clock: simulation,
      seed,
      nodes,
      documents: [{ name: hookDocumentName, content }],
      settings: { home: scope },
      buckets: [place.bucket],
      topics: [place.topic],
    };
    const aws = createEmbeddedAws({ ...options, faults });
    const clientOptions = { aws, simulation, seed, region: scope.region, latency: usualLatency };
    return {
      scope,
      nodes,
      aws,
      client: new AwsClient(clientOptions),
      internal: new AwsClient({ ...clientOptions, isPatient: true }),
      topicArn: `arn:aws:sns:${scope.region}:${scope.accountId}:${place.topic}`,
    };
  });
}
