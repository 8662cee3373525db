import { fleetOf, nodeOf } from '../../chaos/nodes.ts';
import { type Play, play } from '../../chaos/play.ts';
import { brokenPromises } from '../../chaos/promises/promises.ts';

/** Runs that broke a promise once, cut down to what they need. The seed decides which calls the faults strike. */
const found: readonly (Play & { readonly what: string })[] = [
  {
    what: '[F03] [F17] a stale page hid a command whose reply was lost: two patch operations met on a node',
    seed: 6,
    nodes: fleetOf(6),
    faults: { 'lost-reply': 0.2, 'stale-page': 1 },
    policy: { rollout: { maxConcurrency: '2' } },
  },
  {
    what: 'the last node of a batch ended PostHookFailed, and its urgent alert was dropped',
    nodes: fleetOf(3, ['postHookFails']),
    policy: { rollout: { waves: ['1', '100%'] } },
  },
  {
    what: 'the last node of a batch was lost after its reboot, and nobody was told at once',
    nodes: fleetOf(3, ['healthy', 'healthy', 'lostAfterReboot']),
    policy: { rollout: { maxErrors: '0' } },
  },
  {
    what: 'a pre-hook that was done and never reported looked as if it had never been delivered',
    seed: 585232,
    nodes: fleetOf(1),
    faults: { 'stuck-in-progress': 0.5 },
    tellsOfEnd: true,
  },
  {
    what: 'the post-hook of a node that was terminated in mid-run was refused',
    nodes: fleetOf(3),
    faults: { 'vanished-node': 1 },
    tellsOfEnd: true,
  },
  {
    what: 'neither notify nor close-run could close the run, and only its failed execution tells of it',
    nodes: fleetOf(1),
    storms: [{ fault: 'killed-handler', rate: 1, fromMinute: 0, minutes: 10_000 }],
    tellsOfEnd: true,
  },
  {
    what: 'the report of a run that went well could not be sent',
    nodes: fleetOf(1),
    faults: { 'sns-denied': 1 },
    tellsOfEnd: true,
  },
  {
    what: 'a function that had been given up planned the run again while its batches were at work',
    seed: 1,
    nodes: [nodeOf(0, 'healthy')],
    faults: { 'zombie-handler': 0.4 },
    policy: { patch: { connectionLostMinutes: 15, deliveryTimeoutMinutes: 5, timeoutMinutes: 60 } },
    tellsOfEnd: true,
    aftermathHours: 3,
  },
];

describe('what once went wrong', () => {
  test.each(found)('$what', async ({ what: _what, ...options }) => {
    const played = await play(options);

    expect(brokenPromises(played)).toEqual([]);
  });
});
