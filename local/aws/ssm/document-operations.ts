import { createHash } from 'node:crypto';
import type { SsmOperation } from './context.ts';
import { type CommandDocument, supports } from './document.ts';
import { type Documents, findDocument } from './documents.ts';
import { Members } from './members.ts';
import { documentNameRule, documentVersionRule } from './rules.ts';

const versionNameRule = { pattern: '^[a-zA-Z0-9_\\-.]{1,128}$' } as const;

/** GetDocument: the content, as JSON whatever format is asked for. */
export const getDocument: SsmOperation = (input, { context }) => {
  const members = new Members(input);
  members.string('DocumentFormat', { values: ['YAML', 'JSON', 'TEXT'] });
  const document = readDocument(members, context.documents);
  return {
    Name: document.name,
    DocumentVersion: '1',
    Status: 'Active',
    Content: JSON.stringify(document.content),
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
  };
};

/** DescribeDocument: what it declares, and its hash. */
export const describeDocument: SsmOperation = (input, { context, caller }) => {
  const document = readDocument(new Members(input), context.documents);
  const { content, name } = document;
  const platforms = (['Windows', 'Linux', 'MacOS'] as const).filter((platform) =>
    supports(document, platform),
  );
  return {
    Document: {
      Hash: createHash('sha256').update(JSON.stringify(content)).digest('hex'),
      HashType: 'Sha256',
      Name: name,
      Owner: name.startsWith('AWS-') ? 'Amazon' : caller.accountId,
      Status: 'Active',
      DocumentVersion: '1',
      LatestVersion: '1',
      DefaultVersion: '1',
      ...(content.description === undefined ? {} : { Description: content.description }),
      Parameters: Object.entries(content.parameters ?? {}).map(([key, parameter]) => ({
        Name: key,
        Type: parameter.type,
        ...(parameter.description === undefined ? {} : { Description: parameter.description }),
        ...(parameter.default === undefined ? {} : { DefaultValue: String(parameter.default) }),
      })),
      PlatformTypes: platforms,
      DocumentType: 'Command',
      SchemaVersion: content.schemaVersion,
      DocumentFormat: 'JSON',
      Tags: [],
    },
  };
};

function readDocument(members: Members, documents: Documents): CommandDocument {
  const name = members.requiredString('Name', documentNameRule);
  const version = members.string('DocumentVersion', documentVersionRule);
  members.string('VersionName', versionNameRule);
  members.finish();
  return findDocument(documents, { name, version });
}
