import { z } from 'zod';
import { hubError } from './errors.ts';
import {
  completed,
  type Finding,
  type FindingIdentifier,
  type ImportedFinding,
  importedSchema,
} from './finding.ts';

const inputSchema = z.strictObject({ Findings: z.array(z.record(z.string(), z.unknown())).min(1).max(100) });

/** A finding's limit (Security Hub user guide, "Security Hub quotas"). Bytes. */
const maximumBytes = 240 * 1024;

/** The hub as BatchImportFindings sees it. */
export interface ImportingFindings {
  find(identifier: FindingIdentifier): Finding | undefined;
  put(finding: Finding): void;
}

/** BatchImportFindings: HTTP 200 whatever became of the findings. Throws InvalidInputException. */
export function batchImportFindings(hub: ImportingFindings, input: unknown) {
  const { data, error } = inputSchema.safeParse(input);
  if (!data) throw hubError.invalid(`Invalid parameter: ${z.prettifyError(error)}`);
  const FailedFindings: { Id: string; ErrorCode: string; ErrorMessage: string }[] = [];
  for (const given of data.Findings) {
    const parsed = importedSchema.safeParse(given);
    const bytes = Buffer.byteLength(JSON.stringify(given));
    const Id = String(given['Id']);
    if (!parsed.success) {
      FailedFindings.push({ Id, ErrorCode: 'InvalidInput', ErrorMessage: z.prettifyError(parsed.error) });
    } else if (bytes > maximumBytes) {
      const ErrorMessage = `Finding of ${bytes} bytes; allowed: ${maximumBytes}`;
      FailedFindings.push({ Id, ErrorCode: 'FindingSizeExceeded', ErrorMessage });
    } else {
      importFinding(hub, parsed.data);
    }
  }
  const FailedCount = FailedFindings.length;
  return { FailedCount, SuccessCount: data.Findings.length - FailedCount, FailedFindings };
}

/**
 * What people set stays when a provider sends its finding again; only a finding that comes back from the archive is
 * NEW again (Security Hub user guide, "Setting the workflow status of findings").
 */
export function importFinding(hub: ImportingFindings, given: ImportedFinding): void {
  const finding = completed(given);
  const known = hub.find(finding);
  if (!known) {
    hub.put(finding);
    return;
  }
  const isBack = known.RecordState === 'ARCHIVED' && finding.RecordState === 'ACTIVE';
  const isSuppressed = known.Workflow.Status === 'SUPPRESSED';
  const kept = ['Note', 'UserDefinedFields', 'VerificationState'].flatMap((name) =>
    known[name] === undefined ? [] : [[name, known[name]] as const],
  );
  hub.put({
    ...finding,
    ...Object.fromEntries(kept),
    Workflow: isBack && !isSuppressed ? { Status: 'NEW' } : known.Workflow,
  });
}
