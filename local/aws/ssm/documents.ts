import { AwsError } from '../service.ts';
import { awsDocuments } from './aws-documents.ts';
import type { CommandDocument } from './document.ts';

/** Documents by name, AWS's own among them. */
export type Documents = ReadonlyMap<string, CommandDocument>;

/** AWS's own documents and the account's; the same set is known in every account and region. */
export function documentsByName(documents: readonly CommandDocument[]): Documents {
  return new Map([...awsDocuments, ...documents].map((document) => [document.name, document]));
}

/** The document that a name or an ARN stands for; `InvalidDocument` or `InvalidDocumentVersion` when there is none. */
export function findDocument(
  documents: Documents,
  { name, version }: { readonly name: string; readonly version: string | undefined },
): CommandDocument {
  const document = documents.get(name.replace(/^arn:[^/]*:document\//, ''));
  if (!document) throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
  if (version !== undefined && !['$DEFAULT', '$LATEST', '1'].includes(version)) {
    throw new AwsError(
      'InvalidDocumentVersion',
      `Document version ${version} of ${name} does not exist: only 1 does.`,
    );
  }
  return document;
}
