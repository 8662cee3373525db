/** Writes the JSON Schemas of what people write and of what a run leaves behind: `npm run schema`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { runRecordSchema } from '../shared/domain/account.ts';
import { policyFileSchema } from '../shared/domain/policy.ts';
import { slaReportSchema } from '../shared/domain/sla/report.ts';

const root = join(import.meta.dirname, '..');

/** The published schemas by their path from the root of the repository, as the text that the file has to have. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    [
      'fleet.schema.json',
      textOf({
        name: 'fleet',
        title: 'fleet-patcher: policies',
        description: 'fleet.yml: which servers, which patches, when, how carefully.',
        // What is written, before defaults are filled in.
        schema: z.toJSONSchema(policyFileSchema, { io: 'input', override: simplify }),
      }),
    ],
    [
      'schemas/run.schema.json',
      textOf({
        name: 'run',
        title: 'fleet-patcher: record of a run',
        description: 'run.json: one outcome for every node in scope, and what the run has cost.',
        schema: z.toJSONSchema(runRecordSchema, { io: 'output', override: simplify }),
      }),
    ],
    [
      'schemas/sla.schema.json',
      textOf({
        name: 'sla',
        title: 'fleet-patcher: report of the clock',
        description: 'sla/report.json: missing patches by policy, severity and age, and which will breach.',
        schema: z.toJSONSchema(slaReportSchema, { io: 'output', override: simplify }),
      }),
    ],
  ]);
}

/** Takes out what zod adds and no reader needs: the bounds of safe integers, and the pattern behind a format. */
function simplify({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

/** A URN, because these files have no address of their own: editors find them by their path. */
function textOf(file: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}): string {
  const { $schema, ...rest } = file.schema;
  const head = { $schema, $id: `urn:fleet-patcher:schema:${file.name}:1` };
  return `${format({ ...head, title: file.title, description: file.description, ...rest }, '')}\n`;
}

const lineWidth = 110;

/** JSON as the project's formatter writes it: a list stands on one line if it fits and nothing in it is nested. */
function format(value: unknown, indent: string, before = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => format(item, inner));
    const line = `[${items.join(', ')}]`;
    const isNested = items.some((item) => item.includes('\n'));
    if (!isNested && indent.length + before.length + line.length < lineWidth) return line;
    return `[\n${items.map((item) => inner + item).join(',\n')}\n${indent}]`;
  }
  const lines = Object.entries(value).map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return inner + name + format(item, inner, name);
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of schemaFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
