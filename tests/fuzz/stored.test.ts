import fc from 'fast-check';
import { run as closeRun } from '../../functions/close-run/handler.ts';
import { closeRunInput } from '../../functions/close-run/schema.ts';
import { run as evaluate } from '../../functions/evaluate-result/handler.ts';
import { run as notify } from '../../functions/notify/handler.ts';
import { batchItemSchema, turnSchema } from '../../shared/domain/turn.ts';
import { InvalidPayloadError } from '../../shared/errors.ts';
import { execution, plannedRun, runId, writeRun } from '../functions/turns.ts';
import { nodes, startsAt } from '../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../support/embedded-account.ts';
import { handMadeDependencies, MemoryStore, recordingPublish } from '../support/handler-dependencies.ts';
import { seeded } from '../support/seeded.ts';
import { hostileText, mutated, outcomeOf } from './hostile.ts';

afterEach(closeAccounts);

const made = plannedRun(nodes(3).map((node) => node.nodeId));
const batchKey = `runs/${runId}/batches/w1-b1/even.json`;

/** The store of a run that was planned, with one object in it that says something else. */
async function storeWith(objects: Readonly<Record<string, unknown>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  await writeRun(store, made);
  for (const [key, value] of Object.entries(objects)) await store.put(key, value ?? null);
  return store;
}

const runEnded = {
  kind: 'run-ended',
  execution,
  state: { isHalted: false, reason: 'done', wave: { waveIndex: 0 } },
} as const;

const aborted = closeRunInput.parse({
  executionArn: execution.id,
  name: runId,
  status: 'ABORTED',
  startDate: startsAt,
  input: '{"policy":"prd-web"}',
});

describe('an object of another version', () => {
  test('as a batch is refused by name, or leaves a turn and a state that can be read again', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(made.batches[0]), async (batch) => {
        const store = await storeWith({ [batchKey]: batch });
        const dependencies = handMadeDependencies(startsAt, store);
        const item = { kind: 'start', runId, batchId: 'w1-b1', turn: 0 } as const;
        const { result } = await outcomeOf(() => evaluate(item, dependencies));
        if (!result) return;
        const next = turnSchema.parse(JSON.parse(JSON.stringify(result)));
        await outcomeOf(() => evaluate({ ...next, hasMoreToStart: false }, dependencies));
      }),
      seeded(200),
    );
  });

  test('as a plan or a batch closes the run by name, or as one that can be told of', async () => {
    const objects = fc.oneof(
      mutated(made.plan).map((plan) => ({ [`runs/${runId}/plan.json`]: plan })),
      mutated(made.batches[0]).map((batch) => ({ [batchKey]: batch })),
    );

    await fc.assert(
      fc.asyncProperty(objects, async (changed) => {
        const { messages, publish } = recordingPublish();
        const dependencies = { ...handMadeDependencies(startsAt, await storeWith(changed)), publish };
        await outcomeOf(() => notify(runEnded, dependencies));
        for (const { subject } of messages) expect(subject).toMatch(/^[ -~]{1,99}$/);
      }),
      seeded(200),
    );
  });

  test('as a summary is made anew, and people are told', async () => {
    const first = await storeWith({});
    const { publish: silent } = recordingPublish();
    await notify(runEnded, { ...handMadeDependencies(startsAt, first), publish: silent });
    const summary = await first.get(`runs/${runId}/summary.json`);

    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(summary), hostileText), async (changed) => {
        const store = await storeWith({ [`runs/${runId}/summary.json`]: changed });
        const { messages, publish } = recordingPublish();
        const ssmFor = (): never => {
          throw new Error('Systems Manager is away');
        };
        await closeRun(aborted, { ...handMadeDependencies(startsAt, store), ssmFor, publish });
        expect(messages).toHaveLength(1);
      }),
      seeded(150),
    );
  });
});

test.each([9e15, -9e15, 1.5])('a plan that began at %d is refused by name', async (startedAt) => {
  const plan = { ...made.plan, settings: { ...made.plan.settings, startedAt } };
  const { publish } = recordingPublish();
  const store = await storeWith({ [`runs/${runId}/plan.json`]: plan });

  await expect(notify(runEnded, { ...handMadeDependencies(startsAt, store), publish })).rejects.toMatchObject(
    { name: 'InvalidPayloadError' },
  );
});

test('a torn object is refused by its key', async () => {
  const account = await startAccount({ nodes: [] });
  const { store } = account.dependencies;
  await store.putText('runs/run-1/plan.json', '{"settings":{"runId":"ru', 'application/json');

  await expect(store.get('runs/run-1/plan.json')).rejects.toThrow(InvalidPayloadError);
  await expect(store.get('runs/run-1/plan.json')).rejects.toThrow('runs/run-1/plan.json is not JSON');
});

describe('a payload', () => {
  test.each(['../../sla', 'a/b', '', 'x'.repeat(61), 'a\nb'])('with the run id %j is refused', (id) => {
    expect(batchItemSchema.safeParse({ kind: 'start', runId: id, batchId: 'w1-b1', turn: 0 }).success).toBe(
      false,
    );
  });

  test.each(['..', 'w1-b1/../../x', 'even'])('with the batch id %j is refused', (id) => {
    expect(batchItemSchema.safeParse({ kind: 'start', runId, batchId: id, turn: 0 }).success).toBe(false);
  });

  test.each([
    '{"errorMessage":"half a tex',
    '{"errorMessage":"a bad \\x escape"}',
    '{"errorMessage":"a raw\nline break"}',
    'no JSON at all',
  ])('with the cause %j of a fault is told of', async (Cause) => {
    const { messages, publish } = recordingPublish();
    const end = { ...runEnded, state: { request: {}, error: { Error: 'States.TaskFailed', Cause } } };

    await notify(end, { ...handMadeDependencies(startsAt, new MemoryStore()), publish });

    expect(messages).toHaveLength(1);
  });
});
