import type { Handler } from '../../simulation/lambda.ts';
import { compliantAmong, report, statusesOf } from '../report.ts';

/** State Report: how each node of the group has ended, from its hooks and from the scan after the patch. */
export function makeReportGroup(topicArn: string): Handler {
  return async (event, tools) => {
    const preHook = await statusesOf(tools, event['preHook']);
    const postHook = await statusesOf(tools, event['postHook']);
    const verify = event['verify'] ? await statusesOf(tools, event['verify']) : new Map<string, string>();
    const nodeIds = [...new Set([...preHook.keys(), ...postHook.keys(), ...verify.keys()])];
    const compliant = await compliantAmong(tools, nodeIds);
    const nodes = nodeIds.map((nodeId) => {
      if (preHook.get(nodeId) !== 'Success') return { nodeId, outcome: `PreHook ${preHook.get(nodeId)}` };
      if (postHook.get(nodeId) !== 'Success') return { nodeId, outcome: `PostHook ${postHook.get(nodeId)}` };
      if (verify.get(nodeId) !== 'Success') return { nodeId, outcome: `Verify ${verify.get(nodeId)}` };
      return { nodeId, outcome: compliant.has(nodeId) ? 'Success' : 'NonCompliant' };
    });
    await report(tools, { runId: String(event['runId']), topicArn, nodes });
    return { nodes: nodes.length };
  };
}
