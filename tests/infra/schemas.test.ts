import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { schemaFiles } from '../../infra/write-schemas.ts';
import { nodeAccountSchema, runRecordSchema } from '../../shared/domain/account.ts';
import { outcomes } from '../../shared/domain/outcome.ts';
import { policyFileSchema } from '../../shared/domain/policy.ts';

const root = join(import.meta.dirname, '../..');

/** What this test looks at in a JSON Schema. */
interface Node {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly additionalProperties?: Node | boolean | undefined;
  readonly items?: Node | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
}

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional().catch(undefined),
    description: z.string().optional(),
    properties: z.record(z.string(), nodeSchema).optional(),
    additionalProperties: z.union([z.boolean(), nodeSchema]).optional(),
    items: nodeSchema.optional(),
    required: z.array(z.string()).optional(),
    enum: z.array(z.unknown()).optional(),
  }),
);

function schemaAt(path: string): Node {
  return nodeSchema.parse(JSON.parse(schemaFiles().get(path) ?? 'null'));
}

/** Paths of all properties of a schema that a person may write. */
function describedPaths(schema: Node, path = ''): { readonly path: string; readonly isDescribed: boolean }[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
    { path: `${path}.${key}`, isDescribed: property.description !== undefined },
    ...describedPaths(property, `${path}.${key}`),
  ]);
  const rest = [schema.items, schema.additionalProperties].flatMap((inner) =>
    typeof inner === 'object' ? describedPaths(inner, `${path}[]`) : [],
  );
  return [...own, ...rest];
}

describe('the committed schemas', () => {
  test.each([...schemaFiles()])(
    '%s is what the source generates; if not, run "npm run schema"',
    (path, text) => {
      expect(readFileSync(join(root, path), 'utf8')).toBe(text);
    },
  );

  test.each([...schemaFiles().keys()])('%s says what it is and which version it has', (path) => {
    expect(JSON.parse(schemaFiles().get(path) ?? '')).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: expect.stringMatching(/^urn:fleet-patcher:schema:(fleet|run|sla):1$/),
      title: expect.stringContaining('fleet-patcher'),
      description: expect.stringMatching(/\.$/),
    });
  });

  test('fleet.yml names its schema in its first line, where editors look', () => {
    const [firstLine] = readFileSync(join(root, 'fleet.yml'), 'utf8').split('\n');

    expect(firstLine).toBe('# yaml-language-server: $schema=./fleet.schema.json');
    expect(schemaFiles().has('fleet.schema.json')).toBe(true);
  });
});

describe('the schema of fleet.yml', () => {
  const policies = schemaAt('fleet.schema.json').properties?.['policies']?.additionalProperties;
  const policy = typeof policies === 'object' ? policies : {};

  test('asks for what has no default, and for nothing else', () => {
    expect(policy.required).toEqual(['patchGroup', 'baselines']);
    expect(policy.properties?.['rollout']?.required).toBeUndefined();
    expect(policy.properties?.['install']?.required).toEqual([
      'schedule',
      'timeZone',
      'durationHours',
      'cutoffHours',
    ]);
  });

  test('shows the defaults', () => {
    expect(policy.properties?.['rollout']?.properties?.['maxConcurrency']?.default).toBe('10%');
    expect(policy.properties?.['slaDays']?.default).toBe(7);
  });

  test('describes everything that can be written', () => {
    const described = describedPaths(schemaAt('fleet.schema.json'));

    expect(described.filter((property) => !property.isDescribed)).toEqual([]);
    expect(described.length).toBeGreaterThan(40);
  });

  test('has patterns that an editor can compile: it uses the "u" flag', () => {
    const patterns = [...(schemaFiles().get('fleet.schema.json') ?? '').matchAll(/"pattern": (".*")/g)];

    const compiled = patterns.map((match) => new RegExp(z.string().parse(JSON.parse(match[1] ?? '')), 'u'));

    expect(compiled.length).toBeGreaterThan(8);
  });

  test('refuses unknown keys at every level, as the program does', () => {
    const text = schemaFiles().get('fleet.schema.json') ?? '';

    expect(text.match(/"properties": \{/g)?.length).toBe(
      text.match(/"additionalProperties": false/g)?.length,
    );
  });

  test('admits the fleet.yml of this repository by the source that it is generated from', () => {
    const content: unknown = parse(readFileSync(join(root, 'fleet.yml'), 'utf8'));

    expect(policyFileSchema.safeParse(content).error).toBeUndefined();
  });
});

describe('the schema of run.json', () => {
  test('requires every field, so that a reader need not ask whether it is there', () => {
    const schema = schemaAt('schemas/run.schema.json');

    expect(schema.required).toEqual(Object.keys(runRecordSchema.shape));
    expect(schema.properties?.['nodes']?.items?.required).toEqual(Object.keys(nodeAccountSchema.shape));
  });

  test('names the outcomes', () => {
    const node = schemaAt('schemas/run.schema.json').properties?.['nodes']?.items;

    expect(node?.properties?.['outcome']?.enum).toEqual([...outcomes]);
  });
});
