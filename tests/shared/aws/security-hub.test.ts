import { makeSecurityHub } from '../../../shared/aws/security-hub.ts';
import {
  aNode,
  findingIdOf,
  iso,
  patchFinding,
  productArn,
  scannedAt,
} from '../../support/finding-events.ts';
import { brokenLimits } from '../../support/service-limits.ts';
import { type Answer, closeEndpoints, startEndpoint } from './aws-endpoint.ts';

afterEach(closeEndpoints);

/** Security Hub that answers so; requests beyond its limits are refused. Time passes by sleeping alone. */
async function hubThat(answer: Answer) {
  const counted: string[] = [];
  const slept: number[] = [];
  let now = scannedAt;
  const endpoint = await startEndpoint((asked) => {
    const operation = asked.path === '/findings' ? 'GetFindings' : 'BatchUpdateFindings';
    const broken = brokenLimits(`securityhub:${operation}`, asked.input);
    return broken.length > 0
      ? { status: 400, error: 'InvalidInputException', body: { Message: broken.join() } }
      : answer(asked);
  });
  const hub = makeSecurityHub((operation) => void counted.push(operation), {
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    random: () => 0.5,
  });
  return { hub, ...endpoint, counted, slept };
}

const keyOf = (index: number) => ({ id: findingIdOf({ commandId: `command-${index}` }), productArn });
const keys = (count: number) => Array.from({ length: count }, (_, index) => keyOf(index));
const allDone: Answer = () => ({ body: { ProcessedFindings: [], UnprocessedFindings: [] } });
const refusal = (index: number, ErrorCode: string) => {
  const { id: Id, productArn: ProductArn } = keyOf(index);
  return { FindingIdentifier: { Id, ProductArn }, ErrorCode, ErrorMessage: 'no' };
};

describe('marking findings', () => {
  const told = { status: 'NOTIFIED', note: 'Told by fleet-patcher' } as const;

  test('[F36] sends a hundred a call, each once, with status and note, eight calls a second', async () => {
    const { hub, asked, counted, slept } = await hubThat(allDone);

    const refused = await hub.updateWorkflow([...keys(250), ...keys(50)], told);

    expect(refused).toEqual([]);
    expect(asked.map(({ input }) => Object(input['FindingIdentifiers']).length)).toEqual([100, 100, 50]);
    expect(asked[0]).toMatchObject({
      method: 'PATCH',
      path: '/findings/batchupdate',
      input: {
        Workflow: { Status: 'NOTIFIED' },
        Note: { Text: 'Told by fleet-patcher', UpdatedBy: 'fleet-patcher' },
      },
    });
    expect(counted).toEqual(Array.from({ length: 3 }, () => 'securityhub:BatchUpdateFindings'));
    expect(slept).toEqual([125, 125]);
  });

  test('[F36] tries again what is unprocessed and may pass, and nothing else of the call', async () => {
    const { hub, asked } = await hubThat(({ input }) => {
      const isFirst = Object(input['FindingIdentifiers']).length === 3;
      const UnprocessedFindings = isFirst
        ? [refusal(1, 'ConcurrentUpdateError'), refusal(2, 'InternalFailure')]
        : [];
      return { body: { ProcessedFindings: [], UnprocessedFindings } };
    });

    const refused = await hub.updateWorkflow(keys(3), told);

    expect(refused).toEqual([]);
    expect(asked.map(({ input }) => input['FindingIdentifiers'])).toMatchObject([
      [{}, {}, {}],
      [{ Id: keyOf(1).id }, { Id: keyOf(2).id }],
    ]);
  });

  test('[F36] gives up after four tries what keeps failing, and says that it may pass', async () => {
    const { hub, asked } = await hubThat(() => ({
      body: { UnprocessedFindings: [refusal(0, 'ConcurrentUpdateError')] },
    }));

    const refused = await hub.updateWorkflow(keys(1), told);

    expect(refused).toEqual([
      { key: keyOf(0), code: 'ConcurrentUpdateError', message: 'no', isPassing: true },
    ]);
    expect(asked).toHaveLength(4);
  });

  test.each(['FindingNotFound', 'InvalidInput', 'DuplicatedFindingIdentifier', 'FindingSizeExceeded'])(
    '[F36] does not try %s again',
    async (code) => {
      const { hub, asked } = await hubThat(() => ({ body: { UnprocessedFindings: [refusal(0, code)] } }));

      const refused = await hub.updateWorkflow(keys(2), told);

      expect(refused).toMatchObject([{ key: keyOf(0), code, isPassing: false }]);
      expect(asked).toHaveLength(1);
    },
  );

  test('makes no call for nothing', async () => {
    const { hub, asked } = await hubThat(allDone);

    await hub.updateWorkflow([], told);

    expect(asked).toEqual([]);
  });

  test.each(['updateWorkflow', 'openPatchFindings'] as const)(
    'says by its own error that Security Hub is not enabled: %s',
    async (operation) => {
      const { hub } = await hubThat(() => ({
        status: 401,
        error: 'InvalidAccessException',
        body: { Message: 'Account 111122223333 is not subscribed to AWS Security Hub' },
      }));

      const act =
        operation === 'updateWorkflow' ? hub.updateWorkflow(keys(1), told) : hub.openPatchFindings([aNode]);

      await expect(act).rejects.toMatchObject({
        name: 'SecurityHubUnavailableError',
        message: expect.stringContaining('not subscribed'),
      });
    },
  );
});

describe('open findings', () => {
  const nodeIdOf = (index: number): string => `i-0123456789abc${index.toString(16).padStart(4, '0')}`;

  test("are asked for 20 nodes a call, by Patch Manager's name, as long as they are nobody's", async () => {
    const { hub, asked, slept } = await hubThat(() => ({ body: { Findings: [] } }));

    await hub.openPatchFindings(Array.from({ length: 45 }, (_, index) => nodeIdOf(index % 41)));

    expect(asked.map(({ input }) => Object(input['Filters']).ResourceId.length)).toEqual([20, 20, 1]);
    expect(asked[0]?.input).toMatchObject({
      MaxResults: 100,
      Filters: {
        ProductName: [{ Value: 'Systems Manager Patch Manager', Comparison: 'EQUALS' }],
        WorkflowStatus: [{ Value: 'NEW' }, { Value: 'NOTIFIED' }],
        RecordState: [{ Value: 'ACTIVE' }],
      },
    });
    expect(slept).toEqual([500, 500]);
  });

  test('are read to the last page, an empty one in between', async () => {
    const pages = [[patchFinding({ commandId: 'a' })], [], [patchFinding({ commandId: 'b' })]];
    const { hub } = await hubThat(({ input }) => {
      const at = Number(input['NextToken'] ?? 0);
      return { body: { Findings: pages[at], ...(at < 2 ? { NextToken: String(at + 1) } : {}) } };
    });

    const found = await hub.openPatchFindings([aNode]);

    expect(found).toEqual(
      ['a', 'b'].map((commandId) => ({
        key: { id: findingIdOf({ commandId }), productArn },
        nodeId: aNode,
        foundAt: scannedAt,
      })),
    );
  });

  test('are from no later than they were made, whatever the clock of the node says', async () => {
    const ahead = { ...patchFinding({ foundAt: scannedAt + 86_400_000 }), UpdatedAt: iso(scannedAt) };
    const { hub } = await hubThat(() => ({ body: { Findings: [ahead] } }));

    expect(await hub.openPatchFindings([aNode])).toMatchObject([{ foundAt: scannedAt }]);
  });
});
