import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod';
import { checkWindowsInput } from '../../functions/check-windows/schema.ts';
import { updateLedgerInput } from '../../functions/update-ledger/schema.ts';
import { readParameters } from '../../infra/parameters.ts';
import { readFleet } from '../../local/fleet/read-fleet.ts';
import { keys } from '../../shared/domain/keys.ts';
import { problemsOf } from '../../shared/domain/problems.ts';
import { commentOf, runIdOf, runIdSchema, stepOfComment } from '../../shared/domain/run-id.ts';
import { noUsage } from '../../shared/domain/usage.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { makeUsageMeter } from '../../shared/lambda/usage-meter.ts';
import { config } from '../support/handler-dependencies.ts';
import { seeded } from '../support/seeded.ts';
import { hostileText, hostileValue, mutated } from './hostile.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

const instanceInformation = {
  InstanceInformationList: [
    { InstanceId: 'i-0123456789abcdef0', PingStatus: 'Online', PlatformType: 'Linux', LastPingDateTime: 1 },
    { InstanceId: 'mi-0123456789abcdef0', PingStatus: 'Inactive', PlatformType: 'Windows', IPAddress: 'x' },
  ],
};
const instances = {
  Reservations: [
    {
      Instances: [
        { InstanceId: 'i-0123456789abcdef0', State: { Name: 'running' }, Tags: [{ Key: 'a', Value: 'b' }] },
      ],
    },
  ],
};

describe('inventory files', () => {
  const managed = join(directory, 'managed.json');
  const listed = join(directory, 'instances.json');
  const text = (good: unknown) =>
    fc.oneof(
      { arbitrary: mutated(good).map((value) => JSON.stringify(value) ?? ''), weight: 5 },
      { arbitrary: hostileText, weight: 1 },
      { arbitrary: fc.nat(400).map((end) => JSON.stringify(good).slice(0, end)), weight: 1 },
    );

  test('are refused with the name of the file, or make a fleet', () => {
    fc.assert(
      fc.property(text(instanceInformation), text(instances), (one, other) => {
        writeFileSync(managed, one);
        writeFileSync(listed, other);
        try {
          readFleet([managed, listed], { seed: 1, target: { PatchGroup: 'x' } });
        } catch (error) {
          expect(String(error)).toMatch(/^Error: .*\/(?:managed|instances)\.json: /);
        }
      }),
      seeded(200),
    );
  });

  test.each([
    ['nesting without end', `{"InstanceInformationList":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    [
      'very many problems',
      JSON.stringify({ InstanceInformationList: Array.from({ length: 5_000 }, () => ({})) }),
    ],
  ])('are refused with a short text for %s', (_what, content) => {
    writeFileSync(managed, content);

    expect(() => readFleet([managed], { seed: 1, target: {} })).toThrow(
      /^\S*managed\.json: [\s\S]{1,20000}$/,
    );
  });

  test('of fifty thousand servers are read at once, and a server that stands twice is named', () => {
    const [row] = instanceInformation.InstanceInformationList;
    const rows = Array.from({ length: 50_000 }, (_, index) => ({
      ...row,
      InstanceId: `i-${(index % 49_999).toString(16).padStart(17, '0')}`,
    }));
    writeFileSync(managed, JSON.stringify({ InstanceInformationList: rows }));

    expect(() => readFleet([managed], { seed: 1, target: {} })).toThrow(
      'InstanceId more than once: i-00000000000000000; allowed: once',
    );
  });
});

const parameters = {
  policyFile: 'fleet.yml',
  alertMails: 'ops@example.com',
  reportMails: [],
  retentionDays: 400,
  logRetentionDays: '30',
  existingBucket: '',
  nodeRoles: 'a,b',
  subnetIds: [],
  securityGroupIds: [],
  reserveConcurrency: 'true',
  ssmCallsPerSecond: 8,
  runbookUrl: 'docs/operations.md',
};

test('parameters of a deployment are refused with their names, or can be deployed', () => {
  readParameters(parameters);
  const strange = fc.oneof(
    mutated(parameters),
    fc.constantFrom({ policyFile: 1n }, { policyFile: Symbol('x') }),
  );

  fc.assert(
    fc.property(strange, (given) => {
      try {
        const read = readParameters({ ...Object(given) });
        expect(read.runbookUrl).toMatch(/^[!-~]+$/);
        expect(Number.isSafeInteger(read.retentionDays + read.logRetentionDays)).toBe(true);
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError: the deployment's parameters are refused:\n {2}- /);
      }
    }),
    seeded(300),
  );
});

describe('events', () => {
  test.each(['x@evil.example/', 'us-east-1.evil.example', '', '../'])(
    'with the Region %j are refused',
    (region) => {
      expect(checkWindowsInput.safeParse({ account: '111122223333', region }).success).toBe(false);
    },
  );

  test('for the clock name a state machine, or are refused', () => {
    fc.assert(
      fc.property(hostileText, (Id) => {
        expect(updateLedgerInput.safeParse({ policy: 'x', scope: 0, stateMachine: { Id } }).success).toBe(
          false,
        );
      }),
      seeded(60),
    );
  });
});

describe('the name of an execution', () => {
  test('makes a run id that is safe in keys, comments and payloads, and two names make two', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const runId = runIdOf(one);
        const run = { runId, snapshotId: '2c30da02-1b26-5265-b090-03f0bb341028' };
        const all = [
          keys.plan(runId),
          keys.batch(runId, 'w10-b1000', 1),
          keys.errorsOf(run, 9, 'w10-b1000'),
          keys.record(runId),
          keys.told(runId),
          keys.logs(runId, 'postHook'),
        ];
        expect(runIdSchema.safeParse(runId).success).toBe(true);
        for (const key of all) {
          expect(key).toMatch(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[A-Za-z0-9_./-]{1,500}$/);
        }
        const comment = commentOf({ runId, batchId: 'w10-b1000', step: 'postHook', sequence: 9999 });
        expect(comment).toMatch(/^[!-~ ]{1,100}$/);
        expect(stepOfComment(comment, runId)).toBe('postHook');
        expect(runId === runIdOf(other)).toBe(one === other);
      }),
      seeded(300),
    );
  });
});

describe('what is refused', () => {
  const schema = z.strictObject({ a: z.string().max(3), b: z.record(z.string(), z.number()) });

  test('is told of in few words, whatever it is', () => {
    const circle: { a?: unknown } = {};
    circle.a = circle;
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    const strange = fc.oneof(
      hostileValue,
      fc.constantFrom<unknown>(circle, deep, { a: deep }, { b: { x: 1n } }),
    );

    fc.assert(
      fc.property(strange, hostileText, (value, name) => {
        for (const input of [
          value,
          { a: value },
          { b: Object.fromEntries([[name, value]]) },
          { [name]: value },
        ]) {
          const { error } = schema.safeParse(input);
          const problems = error ? problemsOf(error, input) : [];
          expect(problems.join('\n').length).toBeLessThan(16_000);
          expect(problems.filter((problem) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(problem))).toEqual([]);
        }
      }),
      seeded(80),
    );
  });

  test('is refused by name also if it is nested too deeply to be written', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

    expect(() => makeUsageMeter().start({ request: deep })).toThrow(
      expect.objectContaining({ name: 'InvalidPayloadError' }),
    );
    expect(() => makeUsageMeter().start(undefined)).not.toThrow();
  });

  test('stands in the log on one line of JSON, and not as a second entry', async () => {
    Object.assign(process.env, {
      BUCKET_NAME: config.bucket,
      ALERTS_TOPIC_ARN: config.alertsTopicArn,
      REPORTS_TOPIC_ARN: config.reportsTopicArn,
      CHAT_TOPIC_ARN: config.chatTopicArn,
      LEDGER_TABLE_NAME: config.ledgerTable,
      IDEMPOTENCY_TABLE_NAME: config.idempotencyTable,
      FINDINGS_DEAD_LETTER_QUEUE_URL: config.findingsDeadLetterQueueUrl,
      PATCH_FLEET_ARN: config.patchFleetArn,
      HOOK_DOCUMENT_NAME: config.hookDocumentName,
      AWS_REGION: 'us-east-1',
    });
    const lines: string[] = [];
    const keep = (chunk: string | Uint8Array): boolean => {
      lines.push(String(chunk));
      return true;
    };
    jest.spyOn(process.stdout, 'write').mockImplementation(keep);
    jest.spyOn(process.stderr, 'write').mockImplementation(keep);
    const handler = makeHandler({
      name: 'fuzzed',
      input: z.object({ details: z.record(z.string(), z.unknown()) }),
      run: async ({ details }, { log }) => {
        log('FP_NODE_REFUSED', details);
        throw new Error(JSON.stringify(details));
      },
      own: () => ({}),
    });
    const context = { functionName: 'fuzzed', awsRequestId: '1' };

    await fc.assert(
      fc.asyncProperty(hostileText, hostileValue, async (name, value) => {
        lines.splice(0);
        const details = Object.fromEntries([[name, value]]);
        const act = Reflect.apply(handler, undefined, [{ details, usage: noUsage }, context]);
        await expect(act).rejects.toThrow();
        const written = lines.join('');
        expect(written).toMatch(/\n$/);
        const entries = written
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('No application metrics to publish.'))
          .map((line) => JSON.parse(line));
        expect(entries.filter(({ code }) => code === 'FP_INVOCATION_FAILED')).toHaveLength(1);
        expect(entries.length).toBeLessThanOrEqual(3);
      }),
      seeded(80),
    );
  });
});
