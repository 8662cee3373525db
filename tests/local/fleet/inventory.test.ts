import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInventory } from '../../../local/fleet/inventory.ts';

const directory = mkdtempSync(join(tmpdir(), 'inventory-'));
const target = { PatchGroup: 'prd-web' };

afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function row(overrides: object = {}) {
  const known = {
    PingStatus: 'Online',
    PlatformType: 'Linux',
    AgentVersion: '3.3.2299.0',
    IsLatestVersion: false,
  };
  return {
    InstanceId: 'i-0123456789abcdef0',
    LastPingDateTime: '2026-11-22T02:00:00+09:00',
    ...known,
    ...overrides,
  };
}

function managed(...rows: readonly object[]): string {
  return file('managed.json', { InstanceInformationList: rows });
}

function instances(...rows: readonly object[]): string {
  return file('instances.json', { Reservations: [{ OwnerId: '111122223333', Instances: rows }] });
}

describe('an inventory', () => {
  test('without tags makes every node a target, away from the network where it was', () => {
    const rows = [
      row(),
      row({
        InstanceId: 'mi-0123456789abcdef0',
        LastPingDateTime: 1795312800.5,
        PingStatus: 'ConnectionLost',
      }),
    ];

    const { nodes, warnings } = readInventory({ instanceInformation: managed(...rows), seed: 1, target });

    expect(
      nodes.map(({ nodeId, resourceType, tags, isManaged }) => ({ nodeId, resourceType, tags, isManaged })),
    ).toEqual([
      { nodeId: 'i-0123456789abcdef0', resourceType: 'EC2Instance', tags: target, isManaged: true },
      { nodeId: 'mi-0123456789abcdef0', resourceType: 'ManagedInstance', tags: target, isManaged: true },
    ]);
    expect(nodes[1]?.fate.agent).toBe('offline');
    expect(warnings).toEqual([]);
  });

  test('takes tags and states of instances from the second file, with those that Systems Manager does not list', () => {
    const tags = [{ Key: 'PatchGroup', Value: 'stg-web' }];
    const second = instances(
      { InstanceId: 'i-0123456789abcdef0', State: { Code: 16, Name: 'running' }, Tags: tags },
      { InstanceId: 'i-0123456789abcdef1', State: { Code: 16, Name: 'running' }, Platform: 'windows' },
      { InstanceId: 'i-0123456789abcdef2', State: { Code: 80, Name: 'stopped' } },
    );
    const rows = [row(), row({ InstanceId: 'mi-0123456789abcdef0' })];

    const { nodes, warnings } = readInventory({
      instanceInformation: managed(...rows),
      instances: second,
      seed: 1,
      target,
    });

    expect(
      nodes.map(({ nodeId, tags, isManaged, instanceState, platformType }) => [
        nodeId.slice(-3),
        tags,
        isManaged,
        instanceState,
        platformType,
      ]),
    ).toEqual([
      ['ef0', { PatchGroup: 'stg-web' }, true, 'running', 'Linux'],
      ['ef0', target, true, 'running', 'Linux'],
      ['ef1', {}, false, 'running', 'Windows'],
      ['ef2', {}, true, 'stopped', 'Linux'],
    ]);
    expect(warnings).toEqual(['1 hybrid nodes count as targeted: their tags are in neither file']);
  });

  test('gives a node a fate by seed and id, and lives in the scope that is asked for', () => {
    const options = {
      instanceInformation: managed(row()),
      target,
      scope: { accountId: '444455556666', region: 'eu-west-1' },
    };

    const [first, same, other] = [1, 1, 2].map((seed) => readInventory({ ...options, seed }).nodes[0]);

    expect(same).toEqual(first);
    expect(other?.fate).not.toEqual(first?.fate);
    expect(first).toMatchObject({ accountId: '444455556666', region: 'eu-west-1' });
  });

  test('[F14] larger than the quota is accepted, and warned of', () => {
    const rows = Array.from({ length: 2401 }, (_, n) =>
      row({ InstanceId: `i-${n.toString(16).padStart(17, '0')}` }),
    );

    const { nodes, warnings } = readInventory({ instanceInformation: managed(...rows), seed: 1, target });

    expect(nodes).toHaveLength(2401);
    expect(warnings).toEqual([expect.stringContaining('2401 managed nodes; AWS allows 2400')]);
  });

  test('tells all problems at once: file, path, value and what is allowed', () => {
    const path = managed(
      row(),
      row({ InstanceId: 'web-1' }),
      row({ PingStatus: 'online' }),
      row({ PlatformType: undefined }),
      row({ LastPingDateTime: 'soon' }),
    );

    const act = () => readInventory({ instanceInformation: path, seed: 1, target });

    expect(act).toThrow(
      [
        `${path}: not what \`aws ssm describe-instance-information\` prints:`,
        '  InstanceInformationList[1].InstanceId is "web-1"; allowed: i-… or mi-… with 17 hex digits',
        '  InstanceInformationList[2].PingStatus is "online"; allowed: Online, ConnectionLost, Inactive',
        '  InstanceInformationList[3].PlatformType is missing; allowed: Windows, Linux, MacOS',
        '  InstanceInformationList[4].LastPingDateTime is "soon"; allowed: an ISO 8601 time or epoch seconds',
      ].join('\n'),
    );
  });

  test('refuses an id that comes twice', () => {
    const act = () => readInventory({ instanceInformation: managed(row(), row()), seed: 1, target });

    expect(act).toThrow('managed.json: InstanceId more than once: i-0123456789abcdef0; allowed: once');
  });

  test.each([
    [
      'the other file',
      { Reservations: [] },
      'this is what `aws ec2 describe-instances` prints; wanted here: what `aws ssm',
    ],
    [
      'YAML',
      'InstanceInformationList:\n- InstanceId: i-0123456789abcdef0\n',
      'this is YAML output, not JSON',
    ],
    ['text', 'INSTANCEINFORMATIONLIST\t3.3.2299.0\n', 'this is text output, not JSON'],
    ['a table', '-----------------\n|  Describe  |\n', 'this is table output, not JSON'],
    ['nothing', '', 'the file is empty'],
    [
      'two documents',
      '{"InstanceInformationList":[]}\n{"InstanceInformationList":[]}',
      'this is not JSON (one document',
    ],
    ['a list', [], 'the document is []; allowed: a value of type object'],
  ])('refuses %s and says what it is', (_what, content, message) => {
    const act = () => readInventory({ instanceInformation: file('wrong.json', content), seed: 1, target });

    expect(act).toThrow(message);
  });

  test('recognises the first file in the place of the second', () => {
    const path = managed(row());

    const act = () => readInventory({ instanceInformation: path, instances: path, seed: 1, target });

    expect(act).toThrow(
      'this is what `aws ssm describe-instance-information` prints; wanted here: what `aws ec2',
    );
  });
});
