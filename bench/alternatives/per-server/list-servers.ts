import type { Handler } from '../../simulation/lambda.ts';
import { allPages, place } from '../report.ts';

/**
 * State ListServers: the managed servers of the patch group, as an item list in S3. Servers that are not online are left
 * out, as a command to them would only hold a place until it times out.
 */
export const listServers: Handler = async (event, tools) => {
  const input = {
    Filters: [{ Key: 'tag:PatchGroup', Values: [event['patchGroup']] }],
    MaxResults: 50,
  };
  const rows = await allPages(tools, {
    operation: 'DescribeInstanceInformation',
    input,
    rows: 'InstanceInformationList',
  });
  const servers = rows
    .filter((row) => row['PingStatus'] === 'Online')
    .map((row) => String(row['InstanceId']));
  const key = `servers/${String(event['runId'])}.json`;
  await tools.call('s3', 'PutObject', { Bucket: place.bucket, Key: key, Body: JSON.stringify(servers) });
  return { bucket: place.bucket, key };
};
