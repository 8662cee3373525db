import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { definitions } from '../../infra/definitions.ts';
import { functions } from '../../infra/functions.ts';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import { checkout, readTemplate, serverless, type Template, updateTemplate } from './packaged.ts';
import { install, scan } from './policies.ts';
import { policyFileOf } from './stack.ts';

const zipBytesAtMost = 350_000;

/** Nobody waits for these to start; Security Hub's format of findings, and the SDKs of four services, take their room. */
const largerZips: Readonly<Record<string, number>> = {
  'notify-finding.zip': 420_000,
  'report-sla.zip': 420_000,
  'update-ledger.zip': 420_000,
};

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

function propertiesOf(template: Template, type: string) {
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === type)
    .map((resource) => resource.Properties);
}

const functionsOf = (template: Template) => propertiesOf(template, 'AWS::Lambda::Function');
const stateMachinesOf = (template: Template) => propertiesOf(template, 'AWS::StepFunctions::StateMachine');

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
    // The archives, both templates and the framework's own state.
    expect(Object.keys(again)).toHaveLength(functions.length + 3);
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
    expect(functionsOf(template)).toHaveLength(functions.length);
  });

  test('has archives below 350 kB, but for three in the background', () => {
    const sizes = archives(directory).map((file) => [file, statSync(join(directory, file)).size] as const);

    const tooLarge = sizes.filter(([file, size]) => size >= (largerZips[basename(file)] ?? zipBytesAtMost));
    expect(tooLarge).toEqual([]);
    expect(sizes).toHaveLength(functions.length);
  });

  test('carries the policies beside the functions that read them, and the bundle that local runs use', () => {
    const list = (name: string) =>
      execFileSync('python3', ['-m', 'zipfile', '-l', join(directory, 'dist', 'functions', `${name}.zip`)], {
        encoding: 'utf8',
      });

    for (const { name } of functions) {
      const handler = readFileSync(join(directory, 'functions', name, 'handler.ts'), 'utf8');

      const files = list(name);
      expect(files).toContain('index.js');
      expect([name, files.includes('fleet.json')]).toEqual([name, handler.includes('deployedPolicies')]);
    }
  });

  test('holds the definitions and the hook document as they are, shell variables and all', () => {
    expect(template.Resources['HookDocument']?.Properties['Content']).toEqual(
      JSON.parse(JSON.stringify(hookDocument())),
    );
    const deployed = stateMachinesOf(template).map((each) => each['DefinitionString']);
    expect(deployed.toSorted()).toEqual(definitions.map(({ text }) => text).toSorted());
    expect(deployed).toHaveLength(2);
  });

  test('substitutes every name in the definitions', () => {
    for (const { DefinitionString, DefinitionSubstitutions } of stateMachinesOf(template)) {
      const names = [...String(DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);

      expect(Object.keys(Object(DefinitionSubstitutions)).toSorted()).toEqual([...new Set(names)].toSorted());
    }
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
