import { objectAt, stringAt } from './json.ts';
import type { RunContext } from './run-context.ts';
import { fatalError, stateError } from './state-error.ts';

/**
 * `arn:aws:states:::lambda:invoke`: the function's answer in AWS's wrapping, its failure as the task's failure.
 * Source: Step Functions developer guide, "Invoke an AWS Lambda function with Step Functions".
 */
export async function invokeTask(run: RunContext, input: unknown): Promise<unknown> {
  const { FunctionName, Payload } = objectAt(input, 'Parameters');
  const functionName = stringAt(FunctionName, 'Parameters.FunctionName');
  const payload: unknown = JSON.parse(JSON.stringify(Payload) ?? '{}');
  try {
    const answer = (await run.invoke(functionName, payload)) ?? null;
    const length = Buffer.byteLength(JSON.stringify(answer));
    return { ExecutedVersion: '$LATEST', Payload: answer, ...httpMetadata(length), StatusCode: 200 };
  } catch (error) {
    throw taskError(error);
  }
}

function taskError(error: unknown): Error {
  if (typeof error !== 'object' || error === null || !('name' in error) || !('message' in error)) {
    return fatalError(
      'States.Runtime',
      `the Lambda function was rejected with ${String(error)}, not with an Error`,
    );
  }
  return stateError(String(error.name), String(error.message));
}

/** AWS adds what the HTTP answer said, and it counts to the payload unless a ResultSelector drops it. */
function httpMetadata(contentLength: number): object {
  const headers = {
    Connection: 'keep-alive',
    'Content-Length': String(contentLength),
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': '00000000-0000-4000-8000-000000000000',
  };
  const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    SdkHttpMetadata: { AllHttpHeaders: all, HttpHeaders: headers, HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: headers['x-amzn-RequestId'] },
  };
}
