import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { closeServices, startServices } from './services-under-test.ts';

afterEach(closeServices);

const ProductArn = 'arn:aws:securityhub:us-east-1::product/aws/ssm-patch-manager';
const imported = 'Security Hub Findings - Imported';
const whenNew = {
  source: ['aws.securityhub'],
  'detail-type': [imported],
  detail: { findings: { Workflow: { Status: ['NEW'] } } },
};

function finding(n: number, more: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: `finding-${n}`,
    ProductArn,
    GeneratorId: 'command',
    AwsAccountId: '111122223333',
    CreatedAt: '2026-11-22T03:10:30.000Z',
    UpdatedAt: '2026-11-22T03:10:30.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'Systems Manager Patch Summary - Managed Instance Non-Compliant',
    Description: 'A summary.',
    Resources: [{ Type: 'AwsEc2Instance', Id: `i-${n}` }],
    ...more,
  };
}

function identifiers(...numbers: readonly number[]) {
  return numbers.map((n) => ({ Id: `finding-${n}`, ProductArn }));
}

async function start(options: Parameters<typeof startServices>[0] = {}) {
  const started = await startServices({
    queues: [{ name: 'findings' }],
    rules: [{ name: 'findings', pattern: whenNew, queue: 'findings' }],
    securityHub: { isEnabled: true },
    settings: { callRates: { 'securityhub:GetFindings': { refillPerSecond: 100, burst: 100 } } },
    ...options,
  });
  const hub = new SecurityHubClient(started.client);
  const importThem = (...Findings: AwsSecurityFinding[]) =>
    hub.send(new BatchImportFindingsCommand({ Findings }));
  const bodies = () =>
    started.aws
      .queue('findings')
      .messages()
      .map(({ body }) => JSON.parse(body));
  return { ...started, hub, importThem, bodies };
}

describe('the embedded Security Hub', () => {
  test('adds what the hub adds, and sends an event of one finding', async () => {
    const { aws, clock, importThem, bodies } = await start();

    const answer = await importThem(finding(1), finding(2, { Severity: { Normalized: 95 } }));
    await clock.sleep(5_000);

    expect(answer).toMatchObject({ SuccessCount: 2, FailedCount: 0 });
    expect(aws.securityHub.findings).toMatchObject([
      {
        ProductName: 'Systems Manager Patch Manager',
        CompanyName: 'AWS',
        Region: 'us-east-1',
        Severity: { Label: 'HIGH', Normalized: 70 },
        Workflow: { Status: 'NEW' },
        RecordState: 'ACTIVE',
      },
      { Severity: { Label: 'CRITICAL', Normalized: 95 } },
    ]);
    expect(
      bodies()
        .map(({ resources }) => resources)
        .sort(),
    ).toEqual([[`${ProductArn}/finding-1`], [`${ProductArn}/finding-2`]]);
    expect(bodies()[0]).toMatchObject({
      version: '0',
      'detail-type': imported,
      source: 'aws.securityhub',
      account: '111122223333',
      region: 'us-east-1',
      time: expect.stringMatching(/^2026-11-22T02:00:0\dZ$/),
      detail: { findings: [{ SchemaVersion: '2018-10-08' }] },
    });
  });

  test('[F34] sends an event again when a finding is updated, which a rule for NEW does not take', async () => {
    const { aws, clock, hub, importThem, bodies } = await start();
    await importThem(finding(1));

    const Workflow = { Status: 'NOTIFIED' } as const;
    const Note = { Text: 'told', UpdatedBy: 'fleet-patcher' };
    const update = { FindingIdentifiers: identifiers(1), Workflow, Note };
    const answer = await hub.send(new BatchUpdateFindingsCommand(update));
    await clock.sleep(5_000);

    expect(answer).toMatchObject({ ProcessedFindings: identifiers(1), UnprocessedFindings: [] });
    expect(aws.events.map((event) => event['detail-type'])).toEqual([imported, imported]);
    expect(aws.events[1]).toMatchObject({ detail: { findings: [{ Workflow }] } });
    expect(bodies()).toHaveLength(1);
    expect(aws.securityHub.findings[0]).toMatchObject({
      UpdatedAt: '2026-11-22T03:10:30.000Z',
      Note: { ...Note, UpdatedAt: expect.stringMatching(/^2026-11-22T02:00:00/) },
    });
  });

  test('[F36] answers 200 with what it did not process, a hundred at most a call', async () => {
    const { aws, hub, importThem } = await start();
    await importThem(finding(1));

    const Workflow = { Status: 'RESOLVED' } as const;
    const update = { FindingIdentifiers: identifiers(1, 2, 1), Workflow };
    const answer = await hub.send(new BatchUpdateFindingsCommand(update));
    const FindingIdentifiers = Array.from({ length: 101 }, (_, n) => identifiers(n)).flat();
    const tooMany = hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers, Workflow }));

    expect(
      answer.UnprocessedFindings?.map(({ FindingIdentifier, ErrorCode }) => [
        FindingIdentifier?.Id,
        ErrorCode,
      ]),
    ).toEqual([
      ['finding-2', 'FindingNotFound'],
      ['finding-1', 'DuplicatedFindingIdentifier'],
    ]);
    await expect(tooMany).rejects.toMatchObject({ name: 'InvalidInputException' });
    expect(aws.securityHub.findings[0]?.Workflow.Status).toBe('RESOLVED');
  });

  test('[F36] by fault leaves findings unprocessed for causes that pass', async () => {
    const { aws, hub, importThem } = await start({ faults: { 'unprocessed-items': 0.5 } });
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    await importThem(...numbers.map((n) => finding(n)));

    const update = { FindingIdentifiers: identifiers(...numbers), Workflow: { Status: 'NOTIFIED' } } as const;
    const { UnprocessedFindings = [] } = await hub.send(new BatchUpdateFindingsCommand(update));

    const isNew = aws.securityHub.findings.filter(({ Workflow }) => Workflow.Status === 'NEW');
    expect(new Set(UnprocessedFindings.map(({ ErrorCode }) => ErrorCode))).toEqual(
      new Set(['ConcurrentUpdateError', 'InternalFailure']),
    );
    expect(UnprocessedFindings.map(({ FindingIdentifier }) => FindingIdentifier?.Id)).toEqual(
      isNew.map(({ Id }) => Id),
    );
  });

  test.each([
    ['a note without its author', { Note: { Text: 'x', UpdatedBy: undefined } }, 'Note.UpdatedBy'],
    ['a note above 512 characters', { Note: { Text: 'x'.repeat(513), UpdatedBy: 'me' } }, 'Note.Text'],
    ['an empty list', { FindingIdentifiers: [] }, 'FindingIdentifiers'],
  ])('refuses %s', async (_what, more, where) => {
    const { hub, importThem } = await start();
    await importThem(finding(1));

    const act = hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers: identifiers(1), ...more }));

    await expect(act).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining(where),
    });
  });

  test('keeps what people set when the provider sends a finding again, and opens one from the archive', async () => {
    const { aws, hub, importThem } = await start();
    await importThem(finding(1), finding(2));
    const FindingIdentifiers = identifiers(1, 2);
    await hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers, Workflow: { Status: 'RESOLVED' } }));

    await importThem(finding(1, { Title: 'again' }), finding(2, { RecordState: 'ARCHIVED' }));
    await importThem(finding(2));

    expect(aws.securityHub.findings).toMatchObject([
      { Title: 'again', Workflow: { Status: 'RESOLVED' } },
      { RecordState: 'ACTIVE', Workflow: { Status: 'NEW' } },
    ]);
  });

  test('tells which findings of an import it does not take', async () => {
    const { importThem } = await start();

    const answer = await importThem(
      finding(1),
      finding(2, { Resources: [] }),
      finding(3, { ProductFields: { x: 'x'.repeat(250_000) } }),
    );

    expect(answer.SuccessCount).toBe(1);
    expect(answer.FailedFindings).toMatchObject([
      { Id: 'finding-2', ErrorCode: 'InvalidInput' },
      { Id: 'finding-3', ErrorCode: 'FindingSizeExceeded' },
    ]);
  });

  test('refuses everybody while it is not enabled', async () => {
    const { hub } = await start({ securityHub: { isEnabled: false } });

    const act = hub.send(new GetFindingsCommand({}));

    await expect(act).rejects.toMatchObject({
      name: 'InvalidAccessException',
      $metadata: { httpStatusCode: 401 },
    });
  });

  test('allows three reads a second, six at once', async () => {
    const { hub } = await start({ settings: {} });
    const read = () =>
      hub.send(new GetFindingsCommand({})).then(
        () => 'done',
        (error: Error) => error.name,
      );

    const answers = await Promise.all(Array.from({ length: 10 }, read));

    expect(answers.filter((answer) => answer === 'done').length).toBe(6);
    expect(answers.filter((answer) => answer === 'TooManyRequestsException').length).toBe(4);
  });
});

describe('GetFindings', () => {
  const equals = (...values: readonly string[]) =>
    values.map((Value) => ({ Value, Comparison: 'EQUALS' as const }));

  test('filters by attributes together, and by the values of one apart', async () => {
    const { hub, importThem } = await start();
    await importThem(finding(1), finding(2), finding(3, { Severity: { Label: 'LOW' } }));
    const idsOf = async (Filters: object) =>
      (await hub.send(new GetFindingsCommand({ Filters }))).Findings?.map(({ Id }) => Id);

    const both = await idsOf({ ResourceId: equals('i-2', 'i-3'), SeverityLabel: equals('HIGH') });
    const starting = await idsOf({ ResourceId: [{ Value: 'i-', Comparison: 'PREFIX' }] });
    const others = await idsOf({
      ResourceId: [
        { Value: 'i-1', Comparison: 'NOT_EQUALS' },
        { Value: 'i-2', Comparison: 'NOT_EQUALS' },
      ],
    });
    const recent = await idsOf({
      CreatedAt: [{ Start: '2026-11-23T00:00:00Z', End: '2026-11-24T00:00:00Z' }],
    });

    expect(both).toEqual(['finding-2']);
    expect(starting).toEqual(['finding-1', 'finding-2', 'finding-3']);
    expect(others).toEqual(['finding-3']);
    expect(recent).toEqual([]);
  });

  test('pages by its token, though what was read is changed meanwhile', async () => {
    const { hub, importThem } = await start();
    await importThem(...Array.from({ length: 25 }, (_, n) => finding(n)));
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;

    do {
      const request = { Filters: { WorkflowStatus: equals('NEW') }, MaxResults: 10, NextToken };
      const page = await hub.send(new GetFindingsCommand(request));
      const FindingIdentifiers = (page.Findings ?? []).map(({ Id }) => ({ Id, ProductArn }));
      await hub.send(
        new BatchUpdateFindingsCommand({ FindingIdentifiers, Workflow: { Status: 'RESOLVED' } }),
      );
      seen.push(...FindingIdentifiers.map(({ Id }) => Id));
      NextToken = page.NextToken;
    } while (NextToken);

    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `finding-${n}`));
  });

  test.each([
    [
      'more than ten attributes',
      Object.fromEntries(
        [
          'AwsAccountId',
          'CompanyName',
          'GeneratorId',
          'Id',
          'ProductArn',
          'ProductName',
          'RecordState',
          'Region',
          'ResourceId',
          'Title',
          'Type',
        ].map((name) => [name, equals('x')]),
      ),
    ],
    ['more than twenty values', { ResourceId: equals(...Array.from({ length: 21 }, (_, n) => `i-${n}`)) }],
    ['values for and against', { Id: [...equals('a'), { Value: 'b', Comparison: 'NOT_EQUALS' as const }] }],
  ])('refuses %s', async (_what, Filters) => {
    const { hub } = await start();

    const act = hub.send(new GetFindingsCommand({ Filters }));

    await expect(act).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  test('takes pages of 1 to 100', async () => {
    const { hub } = await start();
    const nameOf = (MaxResults: number) =>
      hub.send(new GetFindingsCommand({ MaxResults })).then(
        () => 'done',
        (error: Error) => error.name,
      );

    const names = [await nameOf(0), await nameOf(1), await nameOf(100), await nameOf(101)];

    expect(names).toEqual(['InvalidInputException', 'done', 'done', 'InvalidInputException']);
  });
});
