import { join } from 'node:path';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import { build } from 'esbuild';
import * as z from 'zod';
import { bundleOptions } from '../../infra/bundle.ts';
import { functions } from '../../infra/functions.ts';
import { namingFor, roleIdOf } from '../../infra/names.ts';
import { loadPolicies } from '../../infra/policies.ts';
import { composeSpoke } from '../../infra/spoke.ts';
import { stackOf } from './stack.ts';

const { Resources } = stackOf({
  // A policy in another account, so that roles are assumed.
  web: {
    scopes: [
      { accountId: '444455556666', region: 'us-east-1', roleArn: 'arn:aws:iam::444455556666:role/spoke' },
    ],
  },
}).resources;

const roleSchema = z.object({
  Policies: z.array(
    z.object({
      PolicyDocument: z.object({ Statement: z.array(z.object({ Action: z.array(z.string()) })) }),
    }),
  ),
});

/** What the function's role allows, `ssm:ListCommands` for one. */
function grantedTo(name: string): string[] {
  const { Policies } = roleSchema.parse(Resources[roleIdOf(name)]?.Properties);
  const actions = Policies.flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }) => Action),
  );
  return [...new Set(actions)].toSorted();
}

/** The SDK's commands that esbuild leaves in the function's bundle, without their ending: `ListCommands`. */
async function commandsOf(name: string): Promise<Set<string>> {
  const { outputFiles } = await build({
    ...bundleOptions,
    sourcemap: false,
    write: false,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: 'index.js',
  });
  const text = outputFiles[0]?.text ?? '';
  const found = [...text.matchAll(/\b(\w+)Command=class extends command\d*\(/g)];
  return new Set(found.map(([, command]) => command ?? ''));
}

/** What Lambda and S3 do in the function's name, and the grants that calls of another name need. */
const notOwnCalls = [
  /^logs:/,
  /^xray:/,
  /^kms:/,
  /^s3:ListBucket$/,
  /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes|SendMessage)$/,
];

describe.each(functions.map(({ name }) => name))('the role of %s', (name) => {
  let commands: ReadonlySet<string> = new Set();
  beforeAll(async () => {
    commands = await commandsOf(name);
  });

  test('allows nothing that the function does not call', () => {
    const idle = grantedTo(name)
      .filter((action) => !notOwnCalls.some((each) => each.test(action)))
      .filter((action) => !commands.has(action.split(':')[1] ?? ''));

    expect(commands.size).toBeGreaterThan(0);
    expect(idle).toEqual([]);
  });

  // Of the other services a bundle has all calls that their adapter knows, needed or not.
  test.each([
    ['ssm', ssm],
    ['sns', sns],
  ])('allows all calls to %s that the function makes', (prefix, client) => {
    const made = [...commands].filter((command) => `${command}Command` in client);
    const granted = grantedTo(name);

    expect(made.filter((command) => !granted.includes(`${prefix}:${command}`))).toEqual([]);
  });
});

test('the role of a spoke may do what the functions do there, and nothing else', () => {
  const { policies } = loadPolicies(join(import.meta.dirname, '..', '..', 'fleet.yml'));
  const { SpokeRole } = composeSpoke(namingFor('fleet-patcher', 'prd'), Object.values(policies)).Resources;
  const granted = JSON.stringify(SpokeRole?.Properties['Policies']);
  const named = new Set([...granted.matchAll(/"((?:ssm|ec2):\w+)"/g)].map(([, action]) => action));

  const called = functions
    .map(({ name }) => grantedTo(name))
    .filter((actions) => actions.includes('sts:AssumeRole'))
    .flat()
    .filter((action) => /^(ssm|ec2):/.test(action))
    // Windows and their executions are the stack's own.
    .filter((action) => !action.includes('MaintenanceWindow'));
  expect([...named].toSorted()).toEqual([...new Set(called)].toSorted());
});
