import { EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { chunksOf } from '../domain/command.ts';
import type { Scope } from '../domain/policy.ts';
import { behindRetry, type CallCounter, configFor, counter } from './client-config.ts';
import type { TagQuery } from './managed-nodes.ts';
import { limited } from './page-limit.ts';

/** EC2 in one account and Region. */
export interface Ec2 {
  readonly client: EC2Client;
}

export type Ec2For = (scope: Scope) => Ec2;

export function makeEc2Clients(count: CallCounter): Ec2For {
  return (scope) => {
    const client = new EC2Client(configFor(scope, count));
    client.middlewareStack.add(counter('ec2', count), behindRetry);
    return { client };
  };
}

/** An EC2 instance that exists: terminated ones stay visible for an hour, and are nobody's target any more. */
export interface TaggedInstance {
  readonly nodeId: string;
  readonly state: string;
  readonly tagKeys: readonly string[];
}

const living = ['pending', 'running', 'stopping', 'stopped'];

/** The instances that carry all the tags, running or not. Source: API DescribeInstances. */
export async function instancesByTags(ec2: Ec2, tags: readonly TagQuery[]): Promise<TaggedInstance[]> {
  const Filters = [
    ...tags.map((tag) => ({ Name: `tag:${tag.key}`, Values: [...tag.values] })),
    { Name: 'instance-state-name', Values: living },
  ];
  const instances = new Map<string, TaggedInstance>();
  for await (const page of pagesOf(ec2, Filters)) {
    for (const reservation of page.Reservations ?? []) {
      for (const instance of (reservation.Instances ?? []).flatMap((each) => taggedInstanceOf(each) ?? [])) {
        instances.set(instance.nodeId, instance);
      }
    }
  }
  return [...instances.values()];
}

/** Values that a filter of DescribeInstances may name. Source: API Filter. */
const idsPerCall = 200;

/** Of these instances, those that are terminated or being terminated. EC2 forgets one after an hour, and its id is never used again. */
export async function terminatedOf(ec2: Ec2, nodeIds: readonly string[]): Promise<Set<string>> {
  const terminated = new Set(nodeIds);
  for (const Values of chunksOf(nodeIds, idsPerCall)) {
    const Filters = [
      { Name: 'instance-id', Values: [...Values] },
      { Name: 'instance-state-name', Values: living },
    ];
    for await (const page of pagesOf(ec2, Filters)) {
      const instances = (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
      for (const { InstanceId } of instances) if (InstanceId) terminated.delete(InstanceId);
    }
  }
  return terminated;
}

function pagesOf({ client }: Ec2, Filters: { readonly Name: string; readonly Values: string[] }[]) {
  const pages = paginateDescribeInstances({ client, pageSize: 1000 }, { Filters });
  return limited('ec2:DescribeInstances', pages, (page) => page.NextToken);
}

function taggedInstanceOf(instance: Instance): TaggedInstance | undefined {
  if (!instance.InstanceId) return undefined;
  return {
    nodeId: instance.InstanceId,
    state: instance.State?.Name ?? 'running',
    tagKeys: (instance.Tags ?? []).flatMap((tag) => tag.Key ?? []),
  };
}
