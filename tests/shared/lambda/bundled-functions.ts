import { join } from 'node:path';
import { bundleDirectory, functions } from '../../../infra/functions.ts';
import type { Clock } from '../../../local/clock.ts';
import { createEmbeddedLambda, type EmbeddedLambda } from '../../../local/lambda/embedded-lambda.ts';

const open: EmbeddedLambda[] = [];

/** For afterEach. */
export function closeBundledFunctions(): void {
  for (const lambda of open.splice(0)) lambda.close();
}

export const functionNames = functions.map((each) => each.name);

/** The functions as they are deployed, out of dist/, with this environment. */
export function bundledFunctions(
  clock: Clock,
  environment: Readonly<Record<string, string>>,
  onLog: (functionName: string, line: string) => void = () => undefined,
): EmbeddedLambda {
  const lambda = createEmbeddedLambda({
    clock,
    seed: 1,
    onLog,
    functions: Object.fromEntries(
      functions.map(({ name, timeoutSeconds, memoryMegabytes }) => [
        name,
        {
          file: join(bundleDirectory, name, 'index.js'),
          timeoutSeconds,
          memoryMegabytes,
          environment: { POWERTOOLS_TRACE_ENABLED: 'false', ...environment },
        },
      ]),
    ),
  });
  open.push(lambda);
  return lambda;
}

/** A whole configuration, for an endpoint. */
export function environmentFor(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    BUCKET_NAME: 'fleet-patcher-local',
    ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-alerts',
    REPORTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-reports',
    CHAT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-chat',
    LEDGER_TABLE_NAME: 'fleet-patcher-ledger',
    IDEMPOTENCY_TABLE_NAME: 'fleet-patcher-idempotency',
    FINDINGS_DEAD_LETTER_QUEUE_URL:
      'https://sqs.us-east-1.amazonaws.com/111122223333/fleet-patcher-findings-dead',
    PATCH_FLEET_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:fleet-patcher-patch-fleet',
    HOOK_DOCUMENT_NAME: 'fleet-patcher-hooks',
  };
}
