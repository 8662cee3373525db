import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import { checkout, readTemplate, serverless, type Template, updateTemplate } from './packaged.ts';
import { install, scan } from './policies.ts';
import { policyFileOf } from './stack.ts';

const zipBytesAtMost = 350_000;

/** Six policies, two operating systems, windows of Tokyo: what a new user may come with. */
const unseen = policyFileOf(
  Object.fromEntries(
    ['stg-app', 'stg-db', 'stg-batch', 'prd-app', 'prd-db', 'prd-batch'].map((name) => [
      name,
      {
        scan,
        install: install(name.startsWith('stg') ? 'WED' : 'SAT#3'),
        baselines: ['AMAZON_LINUX_2023', 'WINDOWS'].map((operatingSystem) => ({
          operatingSystem,
          rules: [{ classification: ['Security'], approveAfterDays: name.startsWith('stg') ? 1 : 31 }],
        })),
      },
    ]),
  ),
);

function packaged(...parameters: readonly string[]): string {
  const directory = checkout();
  serverless(directory, ['package', '--stage', 'prd', ...parameters]);
  return directory;
}

/** The digest of every file that a deployment uploads. */
function digests(directory: string): Record<string, string> {
  const files = [
    ...readdirSync(join(directory, '.serverless')).map((file) => join('.serverless', file)),
    ...archives(directory),
  ];
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(directory, file)))
        .digest('hex'),
    ]),
  );
}

function archives(directory: string): string[] {
  const folder = join('dist', 'functions');
  return readdirSync(join(directory, folder))
    .filter((file) => file.endsWith('.zip'))
    .map((file) => join(folder, file));
}

function functionsOf(template: Template) {
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === 'AWS::Lambda::Function')
    .map((resource) => resource.Properties);
}

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;

describe('a package made offline and without credentials', () => {
  let directory = '';
  let template: Template = { Resources: {} };
  beforeAll(() => {
    directory = packaged();
    template = readTemplate(directory);
  });

  test('is the same, byte for byte, when somebody else makes it later', () => {
    const again = digests(packaged());

    expect(again).toEqual(digests(directory));
    expect(Object.keys(again)).toHaveLength(10);
  });

  test('has another place for another content, so that CloudFormation sees new code', () => {
    const changed = readTemplate(packaged(`--param=policyFile=${unseen}`));

    const places = [template, changed].map((each) =>
      JSON.stringify(functionsOf(each).map((one) => one['Code'])),
    );
    expect(places[0]).not.toBe(places[1]);
  });

  test('[F40] runs on the Node.js that the tests run on, on arm64, with handlers without callbacks', () => {
    const major = process.versions.node.split('.')[0];

    for (const properties of functionsOf(template)) {
      expect(properties).toMatchObject({
        Runtime: `nodejs${major}.x`,
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        MemorySize: expect.any(Number),
        Timeout: expect.any(Number),
        ReservedConcurrentExecutions: expect.any(Number),
      });
    }
    expect(functionsOf(template)).toHaveLength(7);
  });

  test('has archives below 350 kB', () => {
    const sizes = archives(directory).map((file) => [file, statSync(join(directory, file)).size] as const);

    expect(sizes.filter(([, size]) => size >= zipBytesAtMost)).toEqual([]);
    expect(sizes).toHaveLength(7);
  });

  test('carries the policies beside the function that reads them, and the bundle that local runs use', () => {
    const list = (name: string) =>
      execFileSync('python3', ['-m', 'zipfile', '-l', join(directory, 'dist', 'functions', `${name}.zip`)], {
        encoding: 'utf8',
      });

    expect(list('resolve-targets')).toMatch(/fleet\.json[\s\S]*index\.js/);
    expect(list('notify')).not.toContain('fleet.json');
  });

  test('holds the definition and the hook document as they are, shell variables and all', () => {
    const definition = readFileSync(join(directory, 'state-machines', 'patch-fleet.asl.json'), 'utf8');

    expect(template.Resources['HookDocument']?.Properties['Content']).toEqual(
      JSON.parse(JSON.stringify(hookDocument())),
    );
    expect(template.Resources['PatchFleetStateMachine']?.Properties['DefinitionString']).toBe(definition);
  });

  test('substitutes every name in the definition', () => {
    const { DefinitionString, DefinitionSubstitutions } =
      template.Resources['PatchFleetStateMachine']?.Properties ?? {};

    const names = [...String(DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(Object(DefinitionSubstitutions)).toSorted()).toEqual([...new Set(names)].toSorted());
  });

  (hasCfnLint ? test : test.skip)('is clean by cfn-lint, warnings on, also with unseen policies', () => {
    const other = packaged(
      `--param=policyFile=${unseen}`,
      '--param=alertMails=ops@example.com,night@example.com',
      '--param=subnetIds=subnet-0123456789abcdef0',
      '--param=securityGroupIds=sg-0123456789abcdef0',
      '--param=existingBucket=a-bucket-of-ours',
      '--param=nodeRoles=WebServerRole',
    );

    const findings = [directory, other].map(
      (each) =>
        spawnSync('cfn-lint', ['-t', join(each, '.serverless', updateTemplate)], { encoding: 'utf8' }).stdout,
    );

    expect(findings).toEqual(['', '']);
  });
});

describe('a package that is refused', () => {
  const act =
    (...parameters: readonly string[]) =>
    () =>
      packaged(...parameters);

  test('names every parameter that is wrong, its value and what is allowed', () => {
    const wrong = act('--param=alertMails=nobody', '--param=logRetentionDays=8', '--param=subnetIds=x');

    expect(wrong).toThrow(
      /alertMails\[0\]: "nobody" is refused; allowed: mail.*logRetentionDays: "8" is refused; allowed: 1, 3, 5.*subnetIds\[0\]: "x" is refused; allowed: ids of subnets/s,
    );
  });

  test('names the policy that is wrong', () => {
    const policyFile = policyFileOf({ web: { slaDays: 0 } });

    expect(act(`--param=policyFile=${policyFile}`)).toThrow(
      'policies.web.slaDays: 0 is refused; allowed: at least 1',
    );
  });
});
