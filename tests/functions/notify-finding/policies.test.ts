import { SSMClient } from '@aws-sdk/client-ssm';
import { run } from '../../../functions/notify-finding/handler.ts';
import type { Ssm } from '../../../shared/aws/ssm-clients.ts';
import type { Scope } from '../../../shared/domain/policy.ts';
import { aNode, importedEvent, patchFinding } from '../../support/finding-events.ts';
import { World } from './world.ts';

const home = { accountId: '111122223333', region: 'us-east-1' };
const spoke = { accountId: '444455556666', region: 'eu-west-1' };
const roleArn = 'arn:aws:iam::444455556666:role/fleet-patcher-spoke';

/** Systems Manager, where these nodes said which patch group they belong to. */
function ssmWith(groups: Readonly<Record<string, string>>, calls: unknown[]): Ssm {
  const client = new SSMClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async (args) => {
      calls.push(args.input);
      const asked: unknown = Reflect.get(args.input, 'InstanceIds');
      const InstancePatchStates = Object.entries(groups)
        .filter(([InstanceId]) => Array.isArray(asked) && asked.includes(InstanceId))
        .map(([InstanceId, PatchGroup]) => ({ InstanceId, PatchGroup }));
      return { output: Object({ InstancePatchStates }), response: {} };
    },
    { step: 'initialize' },
  );
  return { client, once: client, pace: async () => undefined };
}

/** To which policies the findings of nodes in these places were told, if Systems Manager knows these patch groups. */
async function toldTo(options: {
  readonly policies: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly nodes?: readonly { readonly nodeId: string; readonly place: typeof home }[];
  readonly groups?: Readonly<Record<string, string>>;
  readonly known?: string;
  readonly failure?: Error;
}) {
  const { nodes = [{ nodeId: aNode, place: home }], groups = { [aNode]: 'web' } } = options;
  const world = new World(options.policies);
  if (options.known) world.knows(options.known, [aNode]);
  const calls: unknown[] = [];
  const scopes: Scope[] = [];
  const ssmFor = (scope: Scope): Ssm => {
    if (options.failure) throw options.failure;
    scopes.push(scope);
    return ssmWith(groups, calls);
  };
  world.send(...nodes.map(({ nodeId, place }) => importedEvent(patchFinding({ nodeId, ...place }))));
  await run({ Records: world.queue }, { ...world.dependencies(), ssmFor });
  return { told: world.messages.map(({ attributes }) => attributes['policy']), scopes, calls, world };
}

describe('the policy of a node', () => {
  test('is what the clock knows, and then nobody is asked', async () => {
    const { told, calls } = await toldTo({
      policies: { 'prd-web': { patchGroup: 'web' } },
      known: 'prd-web',
    });

    expect([told, calls]).toEqual([['prd-web'], []]);
  });

  test('is looked up by the patch group, where the clock does not know the node yet', async () => {
    const { told, scopes } = await toldTo({ policies: { 'prd-web': { patchGroup: 'web' }, 'stg-web': {} } });

    expect([told, scopes]).toEqual([['prd-web'], [home]]);
  });

  test('is looked up, where the clock names one that is there no more', async () => {
    const { told } = await toldTo({ policies: { 'prd-web': { patchGroup: 'web' } }, known: 'renamed' });

    expect(told).toEqual(['prd-web']);
  });

  test("is looked up in the policy's scope, by its role", async () => {
    const scope = { ...spoke, roleArn };
    const { told, scopes } = await toldTo({
      policies: {
        'prd-web': { patchGroup: 'web', scopes: [home, scope] },
        'prd-db': { patchGroup: 'web', scopes: [{ ...home, region: 'us-west-2' }] },
      },
      nodes: [{ nodeId: aNode, place: spoke }],
    });

    expect([told, scopes]).toEqual([['prd-web'], [scope]]);
  });

  test('[F19] is asked for 50 nodes a call', async () => {
    const nodes = Array.from({ length: 120 }, (_, index) => ({
      nodeId: `i-0123456789${index.toString(16).padStart(7, '0')}`,
      place: home,
    }));
    const groups = Object.fromEntries(nodes.map(({ nodeId }) => [nodeId, 'web']));

    const { told, calls } = await toldTo({ policies: { 'prd-web': { patchGroup: 'web' } }, nodes, groups });

    expect([told, calls.length]).toEqual([['prd-web'], 3]);
  });

  test.each([
    ['no policy has its patch group', { policies: { 'prd-web': {} } }],
    ['it never reported', { policies: { 'prd-web': { patchGroup: 'web' } }, groups: {} }],
    ['its patch group is none', { policies: { 'prd-web': {} }, groups: { [aNode]: '' } }],
    [
      'two policies have its patch group',
      {
        policies: {
          'prd-web': { patchGroup: 'web', targetTags: { A: ['1'] } },
          'prd-db': { patchGroup: 'web', targetTags: { A: ['2'] } },
        },
      },
    ],
    [
      'no policy reaches its account',
      { policies: { 'prd-web': { patchGroup: 'web' } }, nodes: [{ nodeId: aNode, place: spoke }] },
    ],
  ])('is none if %s, and it is told all the same', async (_what, options) => {
    const { told, world } = await toldTo(options);

    expect(told).toEqual(['none']);
    expect(world.toldOf(aNode)).toBe(1);
    expect(world.toldOf('#findings-without-policy')).toBe(1);
  });

  test('is none if its account cannot be looked into: it is told, and logged', async () => {
    const { told, world } = await toldTo({
      policies: { 'prd-web': { patchGroup: 'web' } },
      failure: new Error('AccessDenied'),
    });

    expect(told).toEqual(['none']);
    expect(world.codes()).toContain('FP_POLICY_UNKNOWN');
  });

  test.each([
    [
      { 'prd-web': { alerts: { language: 'ja' } }, 'stg-web': { alerts: { language: 'ja', chat: true } } },
      true,
      2,
    ],
    [{ 'prd-web': { alerts: { language: 'ja' } }, 'stg-web': {} }, false, 1],
  ])('is none: the message is as all policies %j agree', async (policies, isJapanese, messages) => {
    const { world } = await toldTo({ policies, nodes: [{ nodeId: aNode, place: spoke }] });

    expect(/\p{Script=Hiragana}/u.test(world.messages[0]?.text ?? '')).toBe(isJapanese);
    expect(world.messages).toHaveLength(messages);
  });
});
