import { random } from '../random.ts';
import type { Weather } from '../weather.ts';
import { AwsError, type Operations } from './service.ts';
import { namedNodes } from './vanishing-nodes.ts';

export interface RetaggedNodesOptions {
  readonly operations: Operations;
  readonly seed: number;
  readonly weather: Weather;
  /** Whoever is denied is put here. */
  readonly retagged: Set<string>;
}

/**
 * The fault `retagged-node`: between two commands somebody takes the tag from a node by which the orchestrator's role may
 * send to it. From then on IAM denies every SendCommand that names the node, for all of its nodes, and names the first.
 */
export function withRetaggedNodes({ operations, seed, weather, retagged }: RetaggedNodesOptions): Operations {
  const send = operations['SendCommand'];
  if (!send || !weather.knows('retagged-node')) return operations;
  const taken = new Map<string, number>();
  return {
    ...operations,
    SendCommand(input, caller) {
      const { now, accountId, region } = caller;
      const named = namedNodes(input);
      for (const nodeId of named) {
        // Drawn once for each command that a node takes: the others of a denied one are not drawn again.
        const draw = random(seed, 'retagged-node', nodeId, taken.get(nodeId) ?? 0).next();
        if (!retagged.has(nodeId) && weather.strikesNow('retagged-node', { now, draw })) retagged.add(nodeId);
      }
      const denied = named.find((nodeId) => retagged.has(nodeId));
      if (denied === undefined) {
        const answer = send(input, caller);
        for (const nodeId of named) taken.set(nodeId, (taken.get(nodeId) ?? 0) + 1);
        return answer;
      }
      const place = denied.startsWith('mi-') ? 'ssm' : 'ec2';
      const kind = denied.startsWith('mi-') ? 'managed-instance' : 'instance';
      const resource = `arn:aws:${place}:${region}:${accountId}:${kind}/${denied}`;
      throw new AwsError(
        'AccessDeniedException',
        `User: arn:aws:sts::${accountId}:assumed-role/orchestrator is not authorized to perform: ssm:SendCommand on resource: ${resource} because no identity-based policy allows the ssm:SendCommand action`,
      );
    },
  };
}
