import { runMachine, type StateMachineResult } from '../../../bench/asl/state-machine.ts';
import { AwsClient, usualLatency } from '../../../bench/simulation/aws-client.ts';
import type { JsonObject } from '../../../bench/simulation/json.ts';
import { type Handler, LambdaFunctions } from '../../../bench/simulation/lambda.ts';
import { Simulation } from '../../../bench/simulation/simulation.ts';
import { createEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import type { FaultRates } from '../../../local/faults.ts';
import { node, startsAt } from '../../local/aws/ssm/account-under-test.ts';

/** Plays a definition over one node's account, with functions of the test's own. */
export async function playMachine(
  definition: JsonObject,
  options: {
    readonly input?: JsonObject;
    readonly handlers?: Readonly<Record<string, Handler>>;
    readonly faults?: FaultRates;
    readonly items?: readonly unknown[];
  } = {},
): Promise<StateMachineResult & { readonly seconds: number; readonly files: () => readonly string[] }> {
  const simulation = new Simulation(startsAt);
  const aws = createEmbeddedAws({
    clock: simulation,
    seed: 1,
    nodes: [node(0)],
    documents: [],
    buckets: ['bucket'],
    topics: [],
    faults: options.faults ?? {},
  });
  const parts = { aws, simulation, seed: 1, region: 'us-east-1', latency: usualLatency };
  const client = new AwsClient(parts);
  const internal = new AwsClient(parts);
  const functions = new LambdaFunctions({ simulation, client, handlers: options.handlers ?? {} });
  const ended: { result?: StateMachineResult; at: number } = { at: startsAt };
  const place = { Bucket: 'bucket', Key: 'items.json', Body: JSON.stringify(options.items) };
  function* play() {
    if (options.items) yield* internal.send({ service: 's3', operation: 'PutObject', input: place });
    const input = options.input ?? {};
    return yield* runMachine({
      definition,
      name: 'run',
      input,
      seed: 1,
      simulation,
      client,
      internal,
      functions,
    });
  }
  simulation.start(play(), (result) => {
    ended.result = result;
    ended.at = simulation.now();
  });
  await simulation.run();
  if (!ended.result) throw new Error('the machine never ended');
  return { ...ended.result, seconds: (ended.at - startsAt) / 1000, files: () => aws.s3.keys('bucket') };
}

/** A machine of one Task that invokes the function `work`, and what else the state has. */
export function taskMachine(state: JsonObject): JsonObject {
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: 'work', 'Payload.$': '$' },
    ...state,
  };
  return {
    StartAt: 'Work',
    States: {
      Work: state['Catch'] === undefined ? { ...task, End: true } : { ...task, Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  };
}
