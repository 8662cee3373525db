import { requestSchema } from '../../shared/domain/request.ts';
import { install, scan } from './policies.ts';
import { propertiesOf, stackOf } from './stack.ts';

const windows = 'AWS::SSM::MaintenanceWindow';
const tasks = 'AWS::SSM::MaintenanceWindowTask';
const targets = 'AWS::SSM::MaintenanceWindowTarget';
const baselines = 'AWS::SSM::PatchBaseline';

describe("a policy's install window", () => {
  const stack = stackOf({ 'prd-web': { install: install('SAT#2', { offsetDays: 3, cutoffHours: 2 }) } });
  const task = propertiesOf(stack, tasks)['InstallTaskprdDashweb'];

  test('has the times of the policy', () => {
    expect(Object.values(propertiesOf(stack, windows))).toEqual([
      expect.objectContaining({
        Schedule: 'cron(0 22 ? * SAT#2 *)',
        ScheduleTimezone: 'Asia/Tokyo',
        ScheduleOffset: 3,
        Duration: 4,
        Cutoff: 2,
        AllowUnassociatedTargets: false,
      }),
    ]);
  });

  test('[F24] starts one execution: a task without targets, MaxConcurrency and MaxErrors', () => {
    expect(task).toMatchObject({ TaskType: 'STEP_FUNCTIONS', TaskArn: { Ref: 'PatchFleetStateMachine' } });
    expect(Object.keys(task ?? {})).not.toEqual(expect.arrayContaining(['Targets']));
    expect(Object.keys(task ?? {})).not.toEqual(expect.arrayContaining(['MaxConcurrency']));
    expect(Object.keys(task ?? {})).not.toEqual(expect.arrayContaining(['MaxErrors']));
  });

  test('[F25] [F27] passes its ids in an input that the product accepts, and Systems Manager too', () => {
    const { Input } = stepFunctions(task);
    const filledIn = Input.replace('{{WINDOW_ID}}', 'mw-0123456789abcdef0').replace(
      '{{WINDOW_EXECUTION_ID}}',
      '0f0e0d0c-0b0a-4908-8706-050403020100',
    );

    expect(requestSchema.parse(JSON.parse(filledIn))).toMatchObject({
      policy: 'prd-web',
      operation: 'Install',
      window: {
        windowId: 'mw-0123456789abcdef0',
        windowExecutionId: '0f0e0d0c-0b0a-4908-8706-050403020100',
      },
    });
    expect(Input.length).toBeLessThanOrEqual(4096);
  });

  test("[F28] uses CloudFormation's own key, and a name that a repeated start shares and no other task has", () => {
    expect(stepFunctions(task).Name).toBe('{{TASK_EXECUTION_ID}}');
  });

  test('is one window with two tasks for two policies with the same times', () => {
    const shared = stackOf({ one: { install: install() }, two: { install: install() } });

    expect(Object.keys(propertiesOf(shared, windows))).toHaveLength(1);
    expect(Object.keys(propertiesOf(shared, tasks))).toEqual(['InstallTaskone', 'InstallTasktwo']);
  });
});

function stepFunctions(task: Readonly<Record<string, unknown>> | undefined) {
  const { TaskInvocationParameters: parameters } = JSON.parse(JSON.stringify(task));
  return parameters.MaintenanceWindowStepFunctionsParameters;
}

describe("a policy's scan window", () => {
  const stack = stackOf({
    'prd-web': { patchGroup: 'Web servers', targetTags: { Site: ['tokyo', 'osaka'] }, scan },
  });

  test('[F21] has a target for each spelling of the tag: keys of one target are ANDed', () => {
    const found = Object.values(propertiesOf(stack, targets)).map((target) => target['Targets']);

    expect(found).toEqual([
      [
        { Key: 'tag:PatchGroup', Values: ['Web servers'] },
        { Key: 'tag:Site', Values: ['tokyo', 'osaka'] },
      ],
      [
        { Key: 'tag:Patch Group', Values: ['Web servers'] },
        { Key: 'tag:Site', Values: ['tokyo', 'osaka'] },
      ],
    ]);
  });

  test('[F13] scans with AWS-RunPatchBaseline, and leaves the whole output in the bucket', () => {
    expect(Object.values(propertiesOf(stack, tasks))).toEqual([
      expect.objectContaining({
        TaskType: 'RUN_COMMAND',
        TaskArn: 'AWS-RunPatchBaseline',
        MaxErrors: '100%',
        TaskInvocationParameters: {
          MaintenanceWindowRunCommandParameters: expect.objectContaining({
            Parameters: { Operation: ['Scan'], RebootOption: ['NoReboot'] },
            OutputS3BucketName: { Ref: 'RunBucket' },
            OutputS3KeyPrefix: 'logs/scans/prd-web',
          }),
        },
      }),
    ]);
  });

  test('refuses more tags than a target takes, with the arithmetic', () => {
    const targetTags = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((key) => [key, ['x']]));

    expect(() => stackOf({ 'prd-web': { targetTags, scan } })).toThrow('1 patch group + 5 tags = 6');
    expect(() => stackOf({ 'prd-web': { targetTags } })).not.toThrow();
  });
});

describe("a policy's baselines", () => {
  const rule = { classification: ['Security'], severity: ['Critical', 'Important'], approveAfterDays: 31 };

  test('are one for each operating system, with its rules and the patch group', () => {
    const stack = stackOf({
      'prd-web': {
        patchGroup: 'web',
        baselines: [
          { operatingSystem: 'AMAZON_LINUX_2023', rules: [rule], rejectedPatches: ['kernel*'] },
          { operatingSystem: 'WINDOWS', rules: [{ ...rule, product: ['WindowsServer2022'] }] },
        ],
      },
    });

    expect(propertiesOf(stack, baselines)).toEqual({
      BaselineprdDashwebAMAZONLINUX2023: expect.objectContaining({
        Name: 'fleet-patcher-prd-prd-web-AMAZON_LINUX_2023',
        OperatingSystem: 'AMAZON_LINUX_2023',
        PatchGroups: ['web'],
        RejectedPatches: ['kernel*'],
        ApprovalRules: {
          PatchRules: [
            {
              PatchFilterGroup: {
                PatchFilters: [
                  { Key: 'PRODUCT', Values: ['*'] },
                  { Key: 'CLASSIFICATION', Values: ['Security'] },
                  { Key: 'SEVERITY', Values: ['Critical', 'Important'] },
                ],
              },
              ApproveAfterDays: 31,
              EnableNonSecurity: false,
            },
          ],
        },
      }),
      BaselineprdDashwebWINDOWS: expect.objectContaining({
        ApprovalRules: {
          PatchRules: [
            {
              PatchFilterGroup: {
                PatchFilters: [
                  { Key: 'PRODUCT', Values: ['WindowsServer2022'] },
                  { Key: 'CLASSIFICATION', Values: ['Security'] },
                  { Key: 'MSRC_SEVERITY', Values: ['Critical', 'Important'] },
                ],
              },
              ApproveAfterDays: 31,
            },
          ],
        },
      }),
    });
  });

  test('differ between STG and PRD by their approval days alone, if the policies do', () => {
    const stack = stackOf({
      stg: { baselines: [{ operatingSystem: 'UBUNTU', rules: [{ approveAfterDays: 1 }] }] },
      prd: { baselines: [{ operatingSystem: 'UBUNTU', rules: [{ approveAfterDays: 31 }] }] },
    });

    const [stg, prd] = Object.values(propertiesOf(stack, baselines)).map((each) => each['ApprovalRules']);

    expect(JSON.stringify(prd)).toBe(
      JSON.stringify(stg).replace('"ApproveAfterDays":1', '"ApproveAfterDays":31'),
    );
  });

  test("use Debian's words for it: a severity is a priority, and a classification is refused", () => {
    const ubuntu = (rules: unknown) => ({
      web: { baselines: [{ operatingSystem: 'UBUNTU', rules: [rules] }] },
    });

    const stack = stackOf(ubuntu({ severity: ['Required'], approveAfterDays: 1 }));

    expect(JSON.stringify(propertiesOf(stack, baselines))).toContain(
      '{"Key":"PRIORITY","Values":["Required"]}',
    );
    expect(() => stackOf(ubuntu(rule))).toThrow(
      'policies.web.baselines: classification is refused for UBUNTU',
    );
  });

  test('are shared by policies of one patch group, and refused if these disagree', () => {
    const of = (site: string, approveAfterDays: number) => ({
      patchGroup: 'web',
      targetTags: { Site: [site] },
      baselines: [{ operatingSystem: 'UBUNTU', rules: [{ approveAfterDays }] }],
    });

    expect(Object.keys(propertiesOf(stackOf({ one: of('a', 7), two: of('b', 7) }), baselines))).toHaveLength(
      1,
    );
    expect(() => stackOf({ one: of('a', 7), two: of('b', 8) })).toThrow(
      'patch group "web" has another baseline for UBUNTU in policies.one',
    );
  });
});
