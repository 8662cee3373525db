import type { FleetNode } from '../../fleet/node.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { ec2Query } from '../http/query-dialects.ts';
import { createQueryEndpoint } from '../http/query-endpoint.ts';
import type { QueryForm } from '../http/query-form.ts';
import type { Caller } from '../service.ts';
import { ec2Error } from './error.ts';
import { applyFilters } from './filters.ts';
import { instanceFilterValues, isInstanceFilter, reservationOf } from './instance.ts';
import { readPage } from './page.ts';

export interface EmbeddedEc2 {
  readonly endpoint: Endpoint;
  /** From now on the instance is shown as terminated; a hybrid node is none of EC2's and is left alone. */
  terminate(nodeId: string): void;
  /** A known instance has another state or other tags from now on; a hybrid node is left alone. */
  setNode(node: FleetNode): void;
}

interface TagRow {
  readonly resourceId: string;
  readonly key: string;
  readonly value: string;
}

/**
 * EC2's view of the fleet: `i-` nodes of the caller's account and region. Hybrid nodes are never shown: their tags
 * are Systems Manager's (AddTagsToResource with ResourceType ManagedInstance).
 */
export function createEc2(nodes: readonly FleetNode[]): EmbeddedEc2 {
  const instances = new Map(
    nodes.filter(({ nodeId }) => nodeId.startsWith('i-')).map((node) => [node.nodeId, node]),
  );
  const visibleTo = ({ accountId, region }: Caller): readonly FleetNode[] =>
    [...instances.values()].filter((node) => node.accountId === accountId && node.region === region);
  const endpoint = createQueryEndpoint({
    service: 'ec2',
    version: '2016-11-15',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    dialect: ec2Query,
    operations: {
      DescribeInstances: (form, caller) => describeInstances(form, visibleTo(caller)),
      DescribeTags: (form, caller) => describeTags(form, visibleTo(caller)),
    },
  });
  return {
    endpoint,
    terminate(nodeId) {
      const node = instances.get(nodeId);
      if (node) instances.set(nodeId, { ...node, instanceState: 'terminated' });
    },
    setNode(node) {
      if (instances.has(node.nodeId)) instances.set(node.nodeId, node);
    },
  };
}

function describeInstances(form: QueryForm, visible: readonly FleetNode[]) {
  const ids = form.list('InstanceId');
  if (ids.length > 0 && form.get('MaxResults') !== undefined) throw ec2Error.combination();
  const selected = select(visible, ids);
  const items = applyFilters(form, {
    items: selected,
    isKnown: isInstanceFilter,
    valuesOf: instanceFilterValues,
  });
  const page = readPage(form, items);
  return { reservationSet: { item: page.items.map(reservationOf) }, nextToken: page.nextToken };
}

function select(visible: readonly FleetNode[], ids: readonly string[]): readonly FleetNode[] {
  if (ids.length === 0) return visible;
  const malformed = ids.find((id) => !/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id));
  if (malformed !== undefined) throw ec2Error.malformed(malformed);
  const wanted = new Set(ids);
  const found = visible.filter(({ nodeId }) => wanted.delete(nodeId));
  if (wanted.size > 0) throw ec2Error.notFound([...wanted]);
  return found;
}

function describeTags(form: QueryForm, visible: readonly FleetNode[]) {
  const rows = visible.flatMap(({ nodeId, tags }) =>
    Object.entries(tags).map(([key, value]): TagRow => ({ resourceId: nodeId, key, value })),
  );
  const page = readPage(
    form,
    applyFilters(form, { items: rows, isKnown: isTagFilter, valuesOf: tagFilterValues }),
  );
  const item = page.items.map(({ resourceId, key, value }) => ({
    resourceId,
    resourceType: 'instance',
    key,
    value,
  }));
  return { tagSet: { item }, nextToken: page.nextToken };
}

function isTagFilter(name: string): boolean {
  return ['resource-id', 'resource-type', 'key', 'value'].includes(name) || name.startsWith('tag:');
}

function tagFilterValues({ resourceId, key, value }: TagRow, name: string): readonly string[] {
  if (name === 'resource-id') return [resourceId];
  if (name === 'resource-type') return ['instance'];
  if (name === 'key') return [key];
  return name === 'value' || name === `tag:${key}` ? [value] : [];
}
