import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from '../../shared/errors.ts';
import {
  findingsLimits,
  ledgerLimits,
  operationLimits,
  windowCheckLimits,
} from '../support/service-limits.ts';

const root = join(import.meta.dirname, '..', '..');

/** Everything that is deployed, by its path. */
function deployedSources(): Map<string, string> {
  const files = ['functions', 'shared'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

const sources = deployedSources();
const code = [...sources.values()].join('\n');

/** Operations that the sources call, by the SDK's own command and paginator names. */
function calledOperations(): string[] {
  const clients = [...code.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-(\w+)'/g)];
  return clients.flatMap(([, names = '', service]) =>
    [...names.matchAll(/(?<![\w ])\s*(?:paginate(\w+)|(\w+)Command)(?=[,\s])/g)].map(
      ([, paginated, single]) => `${service}:${paginated ?? single}`,
    ),
  );
}

describe('what is deployed', () => {
  test('calls the operations of the limits table, and no others', () => {
    const tables = [operationLimits, windowCheckLimits, ledgerLimits, findingsLimits];
    const known = tables.flatMap((table) => Object.keys(table));

    expect([...new Set(calledOperations())].toSorted()).toEqual(known.toSorted());
  });

  test.each([
    ['[F06]', 'GetCommandInvocation'],
    ['[F36]', 'PutEvents'],
  ])('%s never calls %s', (_id, operation) => {
    expect(calledOperations().map((called) => called.split(':')[1])).not.toContain(operation);
  });

  test('[F19] sees that an SDK client is imported under shared/aws alone', () => {
    const importers = [...sources]
      .filter(([, text]) => text.includes("from '@aws-sdk/"))
      .map(([file]) => file);

    expect(importers.filter((file) => !file.startsWith('shared/aws/'))).toEqual([]);
  });

  test('[F13] reads the output of a node in two places: where SSM gives it, and where people are told', () => {
    const readers = [...sources]
      .filter(([, text]) => /(?:row|telling\??|invocation)\.[oO]utput\b/.test(text))
      .map(([file]) => file);

    expect(readers.toSorted()).toEqual(['shared/aws/invocations.ts', 'shared/domain/poll.ts']);
  });
});

describe('the errors', () => {
  test.each(Object.keys(errors))('[F39] %s has its name as a literal, whatever a minifier does', (name) => {
    const text = sources.get('shared/errors.ts') ?? '';
    const [, body = ''] = text.split(`class ${name} `);

    expect(body.slice(0, 120)).toContain(`override readonly name = '${name}'`);
  });
});
