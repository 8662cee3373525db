import { fleetOf } from '../../chaos/nodes.ts';
import { type Play, type Played, play } from '../../chaos/play.ts';
import { bucketName } from '../../local/names.ts';
import { runRecordSchema } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Usage } from '../../shared/domain/usage.ts';

/** What the handlers had counted when they wrote the record; `play` answers with what was measured. */
function ownUsage({ aws, record }: Played): Usage {
  const key = keys.record(record?.runId ?? '');
  return runRecordSchema.parse(JSON.parse(aws.s3.object(bucketName, key).toString('utf8'))).usage;
}

async function usageOf(options: Play): Promise<{ readonly own: Usage; readonly measured: Usage }> {
  const played = await play(options);
  if (!played.record) throw new Error('the run left no record');
  return { own: ownUsage(played), measured: played.record.usage };
}

/** NotifyRunEnded, HowDidTheRunEnd? and RunSucceeded come after the record, which cannot count them. */
const statesAfterTheRecord = 3;

describe('what a run says that it has cost', () => {
  test('[F29] is what it did cost, where nothing went wrong', async () => {
    const { own, measured } = await usageOf({
      nodes: fleetOf(8),
      policy: { rollout: { maxConcurrency: '3' } },
    });

    expect(own.stateTransitions + statesAfterTheRecord).toBe(measured.stateTransitions);
    expect(own.historyEventsMax).toBe(measured.historyEventsMax);
    expect(own.lambdaInvocations + 1).toBe(measured.lambdaInvocations);
  });

  test('[F29] counts waves, bakes and alerts as well', async () => {
    const { own, measured } = await usageOf({
      nodes: fleetOf(6, ['healthy', 'postHookFails', 'lostAfterReboot']),
      policy: { rollout: { waves: ['1', '50%', '100%'], bakeMinutes: 5 } },
    });

    expect(own.stateTransitions + statesAfterTheRecord).toBe(measured.stateTransitions);
    expect(own.historyEventsMax).toBe(measured.historyEventsMax);
    expect(own.lambdaInvocations + 1).toBe(measured.lambdaInvocations);
  });

  test('has every call to AWS in it but the last ones of notify', async () => {
    const { own, measured } = await usageOf({ nodes: fleetOf(4) });

    const {
      's3:GetObject': _get,
      's3:PutObject': _put,
      'sns:Publish': _publish,
      ...read
    } = measured.apiCalls;
    expect(own.apiCalls).toMatchObject(read);
    expect(own.payloadBytesMax).toBeLessThanOrEqual(measured.payloadBytesMax);
  });
});
