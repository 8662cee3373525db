import { keys } from '../../../shared/domain/keys.ts';
import { lockNoteOf } from '../../../shared/domain/run-lock.ts';
import { releaseLocks } from '../../../shared/lambda/release-locks.ts';
import { startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { handMadeDependencies, MemoryStore, recordingLog } from '../../support/handler-dependencies.ts';

const first = { accountId: '111122223333', region: 'us-east-1' };
const places = [first, { ...first, accountId: '444455556666' }, { ...first, region: 'eu-west-1' }];

/** A run that holds a node in each place; S3 refuses to write what lies under the given keys. */
async function heldIn(refused: readonly string[]) {
  const store = new MemoryStore();
  const { codes, log } = recordingLog();
  const holding = { runId: 'run-1', policy: 'web', expiresAt: startsAt + 1, nodeIds: ['i-1'] };
  await store.put(keys.lockNote('run-1'), lockNoteOf({ startedAt: startsAt }, places, false));
  for (const place of places) await store.put(keys.locks(place), { version: 1, runs: [holding] });
  const putIf = store.putIf.bind(store);
  store.putIf = (key, value, etag) =>
    refused.includes(key) ? Promise.reject(new Error('AccessDenied')) : putIf(key, value, etag);
  return { store, codes, dependencies: { ...handMadeDependencies(startsAt, store), log } };
}

const ended = { runId: 'run-1', startedAt: startsAt, atWork: [] };

describe('the release of a run in several accounts', () => {
  test('goes on where one of them refuses, and says of that one that its nodes stay locked', async () => {
    const { store, codes, dependencies } = await heldIn([keys.locks(first)]);

    await releaseLocks(ended, dependencies);

    const left = await Promise.all(places.map((place) => store.get(keys.locks(place))));
    expect(left.map((registry) => Object(registry).runs.length)).toEqual([1, 0, 0]);
    expect(codes).toEqual(['FP_LOCKS_NOT_RELEASED']);
  });

  test('is told of once, where all of them take it', async () => {
    const { codes, dependencies } = await heldIn([]);

    await releaseLocks(ended, dependencies);

    expect(codes).toEqual(['FP_LOCKS_RELEASED']);
  });
});
