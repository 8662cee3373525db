import type { Handler } from '../../simulation/lambda.ts';
import { compliantAmong, report, statusesOf } from '../report.ts';

/** State Report: how each node has ended, from the one command and from the patch state that its Install reported. */
export function makeReportCommand(topicArn: string): Handler {
  return async (event, tools) => {
    const statuses = await statusesOf(tools, event['patch']);
    const compliant = await compliantAmong(tools, [...statuses.keys()]);
    const nodes = [...statuses].map(([nodeId, status]) => ({
      nodeId,
      outcome: status !== 'Success' ? status : compliant.has(nodeId) ? 'Success' : 'NonCompliant',
    }));
    await report(tools, { runId: String(event['runId']), topicArn, nodes });
    return { nodes: nodes.length };
  };
}
