import { z } from 'zod';

/** A finding's key: the same Id of two products is two findings. */
export const identifierSchema = z.object({ Id: z.string().min(1), ProductArn: z.string().min(1) });

export type FindingIdentifier = z.infer<typeof identifierSchema>;

export const severityLabels = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export const workflowStatuses = ['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'] as const;

const moment = z.iso.datetime({ offset: true });
const text = z.string().min(1);

/** What BatchImportFindings has to be given (Security Hub API Reference, AwsSecurityFinding); the rest is kept as it is. */
export const importedSchema = z.looseObject({
  SchemaVersion: z.literal('2018-10-08'),
  Id: text.max(512),
  ProductArn: z.string().regex(/^arn:aws:securityhub:[a-z0-9-]+:(?:\d{12})?:product\/[^/]+\/[^/]+$/),
  GeneratorId: text,
  AwsAccountId: z.string().regex(/^\d{12}$/),
  CreatedAt: moment,
  UpdatedAt: moment,
  Title: text.max(256),
  Description: text.max(1024),
  Types: z.array(z.string()).max(50).optional(),
  Severity: z
    .looseObject({
      Label: z.enum(severityLabels).optional(),
      Normalized: z.number().int().min(0).max(100).optional(),
    })
    .optional(),
  Resources: z
    .array(z.looseObject({ Type: text, Id: text }))
    .min(1)
    .max(32),
  ProductFields: z.record(z.string(), z.string()).optional(),
  Workflow: z.looseObject({ Status: z.enum(workflowStatuses) }).optional(),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']).optional(),
});

export type ImportedFinding = z.infer<typeof importedSchema>;

/** A finding in the hub: what was imported, and what Security Hub and people put to it. */
export interface Finding extends ImportedFinding {
  readonly Workflow: { readonly Status: (typeof workflowStatuses)[number] };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
}

/** A finding's ARN as events name it. */
export function findingArn({ Id, ProductArn }: FindingIdentifier): string {
  return `${ProductArn}/${Id}`;
}

const productNames: Readonly<Record<string, readonly [name: string, company: string]>> = {
  'aws/ssm-patch-manager': ['Systems Manager Patch Manager', 'AWS'],
  'aws/inspector': ['Inspector', 'Amazon'],
};

/** Normalized values by label (Security Hub user guide, ASFF, "Severity"). */
const normalized = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 } as const;

/** What Security Hub adds to a finding that it has not had: product and company, its Region, severity, workflow, state. */
export function completed(finding: ImportedFinding): Finding {
  const product = /product\/(.+)$/.exec(finding.ProductArn)?.[1] ?? '';
  const [name, company] = productNames[product] ?? ['Default', 'Personal'];
  return {
    ...finding,
    ProductName: name,
    CompanyName: company,
    Region: finding['Region'] ?? finding.ProductArn.split(':')[3],
    Severity: completedSeverity(finding.Severity),
    ProductFields: {
      ...finding.ProductFields,
      'aws/securityhub/FindingId': findingArn(finding),
      'aws/securityhub/ProductName': name,
      'aws/securityhub/CompanyName': company,
    },
    Workflow: { Status: finding.Workflow?.Status ?? 'NEW' },
    WorkflowState: 'NEW',
    RecordState: finding.RecordState ?? 'ACTIVE',
  };
}

function completedSeverity(severity: ImportedFinding['Severity']) {
  const label = severity?.Label ?? labelOf(severity?.Normalized ?? 0);
  return { ...severity, Label: label, Normalized: severity?.Normalized ?? normalized[label] };
}

function labelOf(value: number): (typeof severityLabels)[number] {
  return severityLabels.findLast((label) => value >= normalized[label]) ?? 'INFORMATIONAL';
}
