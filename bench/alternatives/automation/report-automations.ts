import type { Handler } from '../../simulation/lambda.ts';
import { allPages, report } from '../report.ts';

/** Called by EventBridge when the rate-controlled automation has ended: how each node's own automation has ended. */
export function makeReportAutomations(topicArn: string): Handler {
  return async (event, tools) => {
    const input = {
      Filters: [{ Key: 'ParentExecutionId', Values: [event['executionId']] }],
      MaxResults: 50,
    };
    const rows = await allPages(tools, {
      operation: 'DescribeAutomationExecutions',
      input,
      rows: 'AutomationExecutionMetadataList',
    });
    const nodes = rows.map((row) => ({
      nodeId: String(row['Target']),
      outcome: String(row['AutomationExecutionStatus']),
    }));
    await report(tools, { runId: String(event['runId']), topicArn, nodes });
    return { nodes: nodes.length };
  };
}
