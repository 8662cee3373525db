import type { FleetNode } from '../fleet/node.ts';
import type { ServeOptions } from './serve-options.ts';

interface Greeting {
  readonly url: string;
  readonly options: ServeOptions;
  readonly nodes: readonly FleetNode[];
  readonly bucket: string;
  readonly topicArn: string;
  readonly region: string;
}

/** What is printed once the embedded AWS listens: its address, the environment for a client, commands that work. */
export function greeting({ url, options, nodes, bucket, topicArn, region }: Greeting): string {
  const { seed, speed, target } = options;
  const tags = Object.entries(target).map(([key, value]) => `${key}=${value}`);
  const node = nodes.find(
    ({ isManaged, instanceState, fate }) =>
      isManaged && instanceState === 'running' && fate.agent === 'online',
  );
  const send = `aws ssm send-command --document-name AWS-RunPatchBaseline --parameters Operation=Scan --instance-ids`;
  const group = target['PatchGroup'] ?? '';
  return `embedded AWS at ${url}: ${nodes.length} nodes, ${options.nodes} of them with ${tags.join(', ')}
seed ${seed}; ${speed} simulated seconds in a second; Ctrl-C ends it

export AWS_ENDPOINT_URL=${url}
export AWS_REGION=${region}
export AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=local
export AWS_SECRET_ACCESS_KEY=local

aws ssm describe-instance-information --max-items 5
aws ssm describe-instance-information --filters 'Key=tag:PatchGroup,Values=${group}'
${node ? `${send} ${node.nodeId}` : '# no node is online'}
aws ssm list-commands
aws ssm list-command-invocations --details
aws ec2 describe-instances --filters 'Name=tag:PatchGroup,Values=${group}' --max-items 5
aws s3api list-objects-v2 --bucket ${bucket}
aws sns publish --topic-arn ${topicArn} --message hello
aws sts get-caller-identity
`;
}
