import * as z from 'zod';
import { problemsOf } from '../problems.ts';
import type { Finding } from './finding.ts';
import {
  findingHeadSchema,
  patchFindingSchema,
  regionSchema,
  vulnerabilityFindingSchema,
} from './finding-schema.ts';

/** Findings that are in order, and not for us: another's product, or already in somebody's hands. */
export type IgnoredReason = 'other product' | 'no managed node' | 'not new' | 'not active';

/** One event, read. Nothing of it is dropped: each finding is here, or ignored, or malformed. */
export interface FindingsEvent {
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredReason[];
  /** What is wrong with those that cannot be understood, one sentence each. */
  readonly malformed: readonly string[];
}

type Parsed =
  | { readonly outcome: 'finding'; readonly finding: Finding }
  | { readonly outcome: 'ignored'; readonly reason: IgnoredReason }
  | { readonly outcome: 'malformed'; readonly reason: string };

const envelopeSchema = z.object({
  source: z.literal('aws.securityhub'),
  'detail-type': z.literal('Security Hub Findings - Imported'),
  region: regionSchema,
  detail: z.object({ findings: z.array(z.unknown()).min(1) }),
});

const aboutSchema = z.object({
  Resources: z.array(z.object({ Id: z.string() })),
  Vulnerabilities: z.array(z.unknown()).min(1),
});

const patchManager = ':product/aws/ssm-patch-manager';
const inspector = ':product/aws/inspector';

/** Bare, or at the end of an ARN. The samples of AWS have capitals in their ids. */
const nodeIdPattern = /(?:^|[/:])(m?i-[0-9a-zA-Z]{8,17})$/;

/** Reads one event as EventBridge delivered it. `now` in ms: a node whose clock is ahead has found nothing tomorrow. */
export function parseEvent(body: string, now: number): FindingsEvent {
  const content = jsonOf(body);
  if (content === undefined) return notAnEvent(['the body is not JSON']);
  const parsed = envelopeSchema.safeParse(content);
  if (!parsed.success) return notAnEvent(problemsOf(parsed.error, content));
  const { region, detail } = parsed.data;
  const results = detail.findings.map((finding, index) =>
    parseFinding(finding, { path: `detail.findings[${index}]`, region, now }),
  );
  return {
    findings: results.flatMap((each) => (each.outcome === 'finding' ? [each.finding] : [])),
    ignored: results.flatMap((each) => (each.outcome === 'ignored' ? [each.reason] : [])),
    malformed: results.flatMap((each) => (each.outcome === 'malformed' ? [each.reason] : [])),
  };
}

function notAnEvent(problems: readonly string[]): FindingsEvent {
  return { findings: [], ignored: [], malformed: problems };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Where {
  readonly path: string;
  readonly region: string;
  readonly now: number;
}

function parseFinding(content: unknown, where: Where): Parsed {
  const head = findingHeadSchema.safeParse(content);
  if (!head.success) return malformed(problemsOf(head.error, content), where);
  const { ProductArn: productArn, Workflow, RecordState } = head.data;
  const isPatch = productArn.endsWith(patchManager);
  if (!isPatch && !productArn.endsWith(inspector)) return { outcome: 'ignored', reason: 'other product' };
  // What we do to a finding comes back as an event of its own: only what nobody has touched is news.
  if (Workflow.Status !== 'NEW') return { outcome: 'ignored', reason: 'not new' };
  if (RecordState !== 'ACTIVE') return { outcome: 'ignored', reason: 'not active' };
  return isPatch ? parsePatch(content, productArn, where) : parseVulnerability(content, productArn, where);
}

function parsePatch(content: unknown, productArn: string, where: Where): Parsed {
  const parsed = patchFindingSchema.safeParse(content);
  if (!parsed.success) return malformed(problemsOf(parsed.error, content), where);
  const { data } = parsed;
  const { MissingCount, FailedCount, InstalledPendingReboot, OperationEndTime } = data.PatchSummary;
  const node = nodeOf(data.Resources);
  if (!node)
    return malformed(
      ['Resources: no Id of a managed node; allowed: i-... or mi-..., or an ARN of one'],
      where,
    );
  const foundAt = OperationEndTime ?? data.UpdatedAt ?? data.CreatedAt;
  if (foundAt === null) return malformed(['UpdatedAt: no time at all; allowed: an ISO 8601 time'], where);
  return {
    outcome: 'finding',
    finding: {
      kind: 'patch',
      key: { id: data.Id, productArn },
      nodeId: node.nodeId,
      accountId: data.AwsAccountId,
      region: node.region ?? data.Region ?? where.region,
      severity: data.Severity,
      missing: MissingCount,
      failed: FailedCount,
      pendingReboot: InstalledPendingReboot,
      foundAt: Math.min(foundAt, where.now),
    },
  };
}

/** Inspector also looks at images and functions, and at open ports: those are not ours, and nothing is wrong with them. */
function parseVulnerability(content: unknown, productArn: string, where: Where): Parsed {
  const about = aboutSchema.safeParse(content);
  const node = about.success ? nodeOf(about.data.Resources) : undefined;
  if (!node) return { outcome: 'ignored', reason: 'no managed node' };
  const parsed = vulnerabilityFindingSchema.safeParse(content);
  if (!parsed.success) return malformed(problemsOf(parsed.error, content), where);
  const { data } = parsed;
  const updatedAt = Date.parse(data.UpdatedAt);
  return {
    outcome: 'finding',
    finding: {
      kind: 'vulnerability',
      key: { id: data.Id, productArn },
      nodeId: node.nodeId,
      accountId: data.AwsAccountId,
      region: node.region ?? data.Region ?? where.region,
      severity: data.Severity,
      foundAt: Number.isNaN(updatedAt) ? where.now : Math.min(updatedAt, where.now),
      updatedAt: data.UpdatedAt,
      vulnerabilities: data.Vulnerabilities.map((each) => each.Id),
    },
  };
}

function nodeOf(
  resources: readonly { readonly Id: string; readonly Region?: string | undefined }[],
): { readonly nodeId: string; readonly region: string | undefined } | undefined {
  for (const { Id, Region } of resources) {
    const nodeId = nodeIdPattern.exec(Id)?.[1];
    if (nodeId) return { nodeId, region: Region };
  }
  return undefined;
}

function malformed(problems: readonly string[], where: Where): Parsed {
  return { outcome: 'malformed', reason: problems.map((each) => `${where.path}.${each}`).join('; ') };
}
