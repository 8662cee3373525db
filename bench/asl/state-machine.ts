import { random } from '../../local/random.ts';
import { awsLimits, type Usage } from '../../local/stepfunctions/execution-account.ts';
import type { AwsClient } from '../simulation/aws-client.ts';
import { AwsCallError } from '../simulation/aws-request.ts';
import { type JsonObject, objectOf, textOf } from '../simulation/json.ts';
import type { LambdaFunctions } from '../simulation/lambda.ts';
import type { Process, Simulation } from '../simulation/simulation.ts';
import { assertPlayable } from './definition.ts';
import { execute, type Outcome, type Surroundings } from './execution.ts';
import { type ChildResult, type MapRunParts, runMap } from './map-run.ts';
import { StateFailure } from './state-failure.ts';

export interface StateMachineOptions {
  readonly definition: JsonObject;
  readonly name: string;
  readonly input: JsonObject;
  readonly seed: number;
  readonly simulation: Simulation;
  /** Of the machine's own tasks; `internal` is Step Functions itself, whose calls are nobody's. */
  readonly client: AwsClient;
  readonly internal: AwsClient;
  readonly functions: LambdaFunctions;
}

export interface StateMachineResult {
  readonly outcome: Outcome;
  readonly usage: Readonly<Usage>;
}

/** Starts a Standard workflow and plays it to its end: the states that the alternatives' definitions have. */
export function* runMachine(options: StateMachineOptions): Process<StateMachineResult> {
  const { definition, name, input, seed, simulation } = options;
  assertPlayable(definition);
  const usage: Usage = { stateTransitions: 0, historyEventsMax: 0, payloadBytesMax: 0 };
  const surroundings: Surroundings = {
    simulation,
    random: random(seed, 'bench states', name),
    limits: awsLimits,
    usage,
    task: (resource, parameters) => taskOf(options, { resource, parameters }),
    map: (state, scope) => runMap(mapParts(options, surroundings), { state, scope }),
  };
  const outcome = yield* execute({ surroundings, definition, name, input, isAborted: () => false });
  return { outcome, usage };
}

function mapParts({ simulation, internal }: StateMachineOptions, surroundings: Surroundings): MapRunParts {
  return {
    simulation,
    limits: surroundings.limits,
    *readItems(place) {
      const { Body } = yield* internal.send({ service: 's3', operation: 'GetObject', input: place });
      return JSON.parse(textOf(Body, 'Body'));
    },
    *writeResults({ Bucket, Prefix }, results) {
      for (const status of ['SUCCEEDED', 'FAILED'] as const) {
        const rows = results.filter(
          ({ outcome }) => (outcome.status === 'SUCCEEDED') === (status === 'SUCCEEDED'),
        );
        const input = { Bucket, Key: `${Prefix}/${status}_0.json`, Body: JSON.stringify(rows.map(rowOf)) };
        yield* internal.send({ service: 's3', operation: 'PutObject', input });
      }
    },
    child: (request) => execute({ surroundings, ...request }),
  };
}

/** As in ResultWriter's files: input and output are JSON in a text. */
function rowOf({ input, outcome }: ChildResult): JsonObject {
  const row = { Input: JSON.stringify(input), Status: outcome.status };
  return outcome.status === 'SUCCEEDED'
    ? { ...row, Output: JSON.stringify(outcome.output) }
    : { ...row, Error: outcome.error, Cause: outcome.cause };
}

function* taskOf(
  { client, functions }: StateMachineOptions,
  task: { readonly resource: string; readonly parameters: unknown },
): Process<unknown> {
  const parameters = objectOf(task.parameters, 'Parameters');
  if (task.resource === 'arn:aws:states:::lambda:invoke') {
    const name = textOf(parameters['FunctionName'], 'FunctionName');
    try {
      return { Payload: yield* functions.invoke(name, objectOf(parameters['Payload'], 'Payload')) };
    } catch (error) {
      // What a handler throws of AWS's errors is its own error by the name that AWS gave it.
      throw error instanceof AwsCallError ? new StateFailure(error.code, error.message) : error;
    }
  }
  const [, operation] = /^arn:aws:states:::aws-sdk:ssm:(\w+)$/.exec(task.resource) ?? [];
  if (operation === undefined)
    throw new StateFailure('States.Runtime', `${task.resource} is not played here`);
  const name = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  try {
    return yield* client.send({ service: 'ssm', operation: name, input: parameters });
  } catch (error) {
    if (error instanceof AwsCallError) throw integrationFailure(error);
    throw error;
  }
}

/** What the model of Systems Manager lists of the operations used here; any other error is the service's general one. */
const modelledErrors = new Set([
  'DuplicateInstanceId',
  'InternalServerError',
  'InvalidCommandId',
  'InvalidDocument',
  'InvalidDocumentVersion',
  'InvalidFilterKey',
  'InvalidInstanceId',
  'InvalidNextToken',
  'InvalidParameters',
  'InvalidPluginName',
  'InvocationDoesNotExist',
  'UnsupportedPlatformType',
]);

/** Names as SDK integrations give them: developer guide, "Learning to use AWS service SDK integrations". */
function integrationFailure({ code, message }: AwsCallError): StateFailure {
  if (code === 'ECONNRESET') return new StateFailure('Ssm.SdkClientException', message);
  const name = modelledErrors.has(code) ? `Ssm.${code}Exception` : 'Ssm.SsmException';
  return new StateFailure(name, message);
}
