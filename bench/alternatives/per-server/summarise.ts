import { objectOf, objectsOf, textOf } from '../../simulation/json.ts';
import type { Handler, HandlerTools } from '../../simulation/lambda.ts';
import { report } from '../report.ts';

/** State Summarise: how every listed server has ended, from the files that the Map Run has left. */
export function makeSummarise(topicArn: string): Handler {
  return async (event, tools) => {
    const read = (key: string): Promise<unknown> => readJson(tools, { Bucket: event['bucket'], Key: key });
    const listed = await read(String(event['key']));
    const outcomes = new Map<string, string>();
    for (const status of ['SUCCEEDED', 'FAILED']) {
      const rows = objectsOf(await read(`results/${String(event['runId'])}/${status}_0.json`), status);
      for (const row of rows) {
        const input = objectOf(JSON.parse(textOf(row['Input'], 'Input')), 'Input');
        outcomes.set(String(input['server']), status === 'SUCCEEDED' ? 'Success' : String(row['Error']));
      }
    }
    const servers = Array.isArray(listed) ? listed.map(String) : [];
    const nodes = servers.map((nodeId) => ({ nodeId, outcome: outcomes.get(nodeId) ?? 'NotStarted' }));
    await report(tools, { runId: String(event['runId']), topicArn, nodes });
    return { servers: nodes.length };
  };
}

async function readJson(
  tools: HandlerTools,
  input: { readonly Bucket: unknown; readonly Key: string },
): Promise<unknown> {
  const { Body } = await tools.call('s3', 'GetObject', input);
  return JSON.parse(textOf(Body, 'Body'));
}
