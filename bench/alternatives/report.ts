import { isJsonObject, type JsonObject, objectsOf } from '../simulation/json.ts';
import type { HandlerTools } from '../simulation/lambda.ts';

/** How one node ended by the word of a design: `Success`, or what went wrong. */
export interface NodeReport {
  readonly nodeId: string;
  readonly outcome: string;
}

/** Where the functions of the alternatives write and whom they tell; on AWS their environment says so. */
export const place = { bucket: 'patching-reports', topic: 'patching-alerts' } as const;

/** Writes the report and sends one message that counts the outcomes and names who did not succeed, as far as it holds them. */
export async function report(
  tools: HandlerTools,
  run: { readonly runId: string; readonly topicArn: string; readonly nodes: readonly NodeReport[] },
): Promise<void> {
  const { runId, nodes, topicArn } = run;
  const Body = JSON.stringify({ nodes });
  await tools.call('s3', 'PutObject', { Bucket: place.bucket, Key: `reports/${runId}.json`, Body });
  const counts = Object.entries(Object.groupBy(nodes, ({ outcome }) => outcome));
  const summary = counts.map(([outcome, each]) => `${outcome}: ${each?.length ?? 0}`).join('\n');
  const others = nodes.filter(({ outcome }) => outcome !== 'Success');
  const names = others.slice(0, 1000).map(({ nodeId, outcome }) => `${nodeId} ${outcome}`);
  await tools.call('sns', 'Publish', {
    TopicArn: topicArn,
    Subject: `Patching ${runId}: ${others.length} of ${nodes.length} servers need a look`,
    Message: [summary, '', ...names].join('\n'),
  });
}

/** All rows of a listing that goes on by NextToken. */
export async function allPages(
  tools: HandlerTools,
  listing: { readonly operation: string; readonly input: JsonObject; readonly rows: string },
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  let token: unknown;
  do {
    const input = { ...listing.input, ...(token ? { NextToken: token } : {}) };
    const page = await tools.call('ssm', listing.operation, input);
    rows.push(...objectsOf(page[listing.rows], listing.rows));
    token = page['NextToken'];
  } while (token);
  return rows;
}

/** `StatusDetails` of a command's invocations, by node. */
export async function statusesOf(
  tools: HandlerTools,
  commandId: unknown,
): Promise<ReadonlyMap<string, string>> {
  const input = { CommandId: commandId, MaxResults: 50 };
  const rows = await allPages(tools, {
    operation: 'ListCommandInvocations',
    input,
    rows: 'CommandInvocations',
  });
  return new Map(rows.map((row) => [String(row['InstanceId']), String(row['StatusDetails'])]));
}

/** The nodes whose last patch operation left nothing missing, failed or waiting for a reboot: 50 a call. */
export async function compliantAmong(
  tools: HandlerTools,
  nodeIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const compliant = new Set<string>();
  for (let from = 0; from < nodeIds.length; from += 50) {
    const InstanceIds = nodeIds.slice(from, from + 50);
    const answer = await tools.call('ssm', 'DescribeInstancePatchStates', { InstanceIds, MaxResults: 50 });
    for (const state of objectsOf(answer['InstancePatchStates'], 'InstancePatchStates')) {
      const counts = [state['MissingCount'], state['FailedCount'], state['InstalledPendingRebootCount']];
      if (counts.every((count) => count === 0)) compliant.add(String(state['InstanceId']));
    }
  }
  return compliant;
}

/** The nodes of a report as it lies in S3; anything else in its place is no report. */
export function nodesOf(text: string): readonly NodeReport[] {
  const content: unknown = JSON.parse(text);
  const nodes = isJsonObject(content) ? objectsOf(content['nodes'], 'nodes') : [];
  return nodes.map((node) => ({ nodeId: String(node['nodeId']), outcome: String(node['outcome']) }));
}
