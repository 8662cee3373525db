import { AwsCallError } from '../../../bench/simulation/aws-request.ts';
import type { JsonObject } from '../../../bench/simulation/json.ts';
import type { Handler } from '../../../bench/simulation/lambda.ts';
import { playMachine } from './machine.ts';

/** A Distributed Map whose children wait a minute and then call `work` with their item. */
function mapMachine(tolerated: number, concurrency: number): JsonObject {
  const place = { Bucket: 'bucket', Key: 'items.json' };
  return {
    StartAt: 'All',
    States: {
      All: {
        Type: 'Map',
        ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: place },
        ItemSelector: { 'item.$': '$$.Map.Item.Value', 'run.$': '$.run' },
        MaxConcurrencyPath: '$.concurrency',
        ToleratedFailurePercentagePath: '$.tolerated',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Wait',
          States: {
            Wait: { Type: 'Wait', Seconds: 60, Next: 'Work' },
            Work: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Parameters: { FunctionName: 'work', 'Payload.$': '$' },
              End: true,
            },
          },
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: 'bucket', Prefix: 'results' },
        },
        ResultPath: null,
        End: true,
      },
    },
    Comment: `${tolerated} ${concurrency}`,
  };
}

describe('a Distributed Map', () => {
  test('runs a child an item under its concurrency, shows it what ItemSelector passes, and writes results', async () => {
    const seen: JsonObject[] = [];
    const work: Handler = async (event) => {
      seen.push(event);
    };

    const { outcome, usage, seconds, files } = await playMachine(mapMachine(0, 2), {
      input: { run: 'r', concurrency: 2, tolerated: 0 },
      items: ['a', 'b', 'c', 'd'],
      handlers: { work },
    });

    expect(outcome.status).toBe('SUCCEEDED');
    expect(seen).toEqual(['a', 'b', 'c', 'd'].map((item) => ({ item, run: 'r' })));
    expect(seconds).toBeGreaterThan(120);
    expect(seconds).toBeLessThan(125);
    expect(files()).toEqual(['items.json', 'results/SUCCEEDED_0.json', 'results/FAILED_0.json']);
    expect(usage).toMatchObject({ stateTransitions: 1 + 4 * 2, historyEventsMax: 9 });
  });

  test('[F30] fails beyond its tolerance, starts no child any more and stops those that run', async () => {
    const seen: unknown[] = [];
    const work: Handler = async ({ item }) => {
      seen.push(item);
      if (item === 'a') throw new AwsCallError('BadItem', 'bad item', 400);
    };
    const play = (tolerated: number) =>
      playMachine(mapMachine(tolerated, 2), {
        input: { run: 'r', concurrency: 2, tolerated },
        items: ['a', 'b', 'c', 'd'],
        handlers: { work },
      });

    const strict = await play(0);
    const seenByStrict = seen.splice(0);
    const lenient = await play(25);

    expect(strict.outcome).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
    expect(seenByStrict).toEqual(['a']);
    expect(lenient.outcome.status).toBe('SUCCEEDED');
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  test('lets a defect of the benchmark itself be seen', async () => {
    const work: Handler = async () => {
      throw new RangeError('a defect');
    };
    const options = { input: { run: 'r', concurrency: 1, tolerated: 0 }, items: ['a'], handlers: { work } };

    await expect(playMachine(mapMachine(0, 1), options)).rejects.toThrow('a defect');
  });
});
