import { z } from 'zod';
import type { Random } from '../../random.ts';
import { hubError } from './errors.ts';
import {
  type Finding,
  type FindingIdentifier,
  identifierSchema,
  severityLabels,
  workflowStatuses,
} from './finding.ts';

const inputSchema = z.strictObject({
  FindingIdentifiers: z.array(identifierSchema).min(1).max(100),
  Note: z
    .strictObject({ Text: z.string().min(1).max(512), UpdatedBy: z.string().min(1).max(512) })
    .optional(),
  Workflow: z.strictObject({ Status: z.enum(workflowStatuses) }).optional(),
  Severity: z
    .strictObject({
      Label: z.enum(severityLabels).optional(),
      Normalized: z.number().int().min(0).max(100).optional(),
    })
    .optional(),
  UserDefinedFields: z.record(z.string(), z.string()).optional(),
  VerificationState: z.enum(['UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE']).optional(),
});

interface Unprocessed {
  readonly FindingIdentifier: FindingIdentifier;
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** The hub as BatchUpdateFindings sees it. */
export interface UpdatableFindings {
  find(identifier: FindingIdentifier): Finding | undefined;
  put(finding: Finding): void;
  /** For the fault: which of the findings Security Hub cannot update just now. */
  readonly failures: Random;
  readonly failureRate: number;
}

/**
 * BatchUpdateFindings: HTTP 200 whatever became of the findings. `UpdatedAt` stays, for it is the provider's; the note
 * has a time of its own. Throws InvalidInputException.
 */
export function batchUpdateFindings(hub: UpdatableFindings, input: unknown, now: number) {
  const { data, error } = inputSchema.safeParse(input);
  if (!data) throw hubError.invalid(`Invalid parameter: ${z.prettifyError(error)}`);
  const { FindingIdentifiers, Note, Workflow, ...others } = data;
  const ProcessedFindings: FindingIdentifier[] = [];
  const UnprocessedFindings: Unprocessed[] = [];
  const seen = new Set<string>();
  for (const FindingIdentifier of FindingIdentifiers) {
    const key = JSON.stringify([FindingIdentifier.ProductArn, FindingIdentifier.Id]);
    const finding = hub.find(FindingIdentifier);
    const refusal = refusalOf({ finding, isRepeated: seen.has(key), hub });
    seen.add(key);
    if (refusal || !finding) {
      const [ErrorCode, ErrorMessage] = refusal ?? notFound;
      UnprocessedFindings.push({ FindingIdentifier, ErrorCode, ErrorMessage });
      continue;
    }
    hub.put({
      ...finding,
      ...others,
      Workflow: Workflow ?? finding.Workflow,
      ...(Note ? { Note: { ...Note, UpdatedAt: new Date(now).toISOString() } } : {}),
    });
    ProcessedFindings.push(FindingIdentifier);
  }
  return { ProcessedFindings, UnprocessedFindings };
}

const notFound = ['FindingNotFound', 'Finding Not Found'] as const;

interface Asked {
  readonly finding: Finding | undefined;
  readonly isRepeated: boolean;
  readonly hub: UpdatableFindings;
}

function refusalOf({ finding, isRepeated, hub }: Asked): readonly [string, string] | undefined {
  // Drawn for every finding: one that is not there must not move the fate of the others.
  const isFailing = hub.failures.chance(hub.failureRate);
  const isConcurrent = hub.failures.chance(0.5);
  if (isRepeated) return ['DuplicatedFindingIdentifier', 'Finding identifier is duplicated in the request'];
  if (!finding) return notFound;
  if (!isFailing) return undefined;
  return isConcurrent
    ? ['ConcurrentUpdateError', 'Finding is being updated by another request']
    : ['InternalFailure', 'Internal failure'];
}
