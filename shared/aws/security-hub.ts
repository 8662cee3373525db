import {
  type AwsSecurityFinding,
  BatchUpdateFindingsCommand,
  type BatchUpdateFindingsUnprocessedFinding,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { chunksOf } from '../domain/command.ts';
import type { FindingKey } from '../domain/findings/finding.ts';
import { SecurityHubUnavailableError } from '../errors.ts';
import { behindRetry, type CallCounter, counter, patient } from './client-config.ts';
import { makePace, type Pace } from './pace.ts';
import { makePageLimit } from './page-limit.ts';

/** A finding that nobody has resolved yet, and when it was true, epoch milliseconds. */
export interface OpenFinding {
  readonly key: FindingKey;
  readonly nodeId: string;
  readonly foundAt: number;
}

/** What Security Hub did not take. `isPassing`: another try may do. */
export interface RefusedUpdate {
  readonly key: FindingKey;
  readonly code: string;
  readonly message: string;
  readonly isPassing: boolean;
}

/** Security Hub CSPM in our own account and Region: there arrive the findings that we hear of, also of members. */
export interface SecurityHub {
  /** Patch Manager's findings about these nodes that are active, and neither resolved nor suppressed. */
  openPatchFindings(nodeIds: readonly string[]): Promise<OpenFinding[]>;
  /** Sets Workflow.Status with a note; what is unprocessed and may pass is tried again; answers with what stays so. */
  updateWorkflow(
    findings: readonly FindingKey[],
    to: { readonly status: 'NOTIFIED' | 'RESOLVED'; readonly note: string },
  ): Promise<RefusedUpdate[]>;
}

/** Source: API GetFindings, "StringFilter" and "MaxResults"; API BatchUpdateFindings. */
const nodesPerQuery = 20;
const findingsPerPage = 100;
const findingsPerUpdate = 100;
const noteLength = 512;

/** Calls a second: AWS allows 3 and 10, and others in the account call too. Source: user guide, "Security Hub quotas". */
const readsPerSecond = 2;
const updatesPerSecond = 8;

/** Tries of what Security Hub says it could not do just now. */
const attempts = 4;
const passingCodes: readonly string[] = ['ConcurrentUpdateError', 'InternalFailure'];

interface Hub {
  readonly client: SecurityHubClient;
  readonly paceReads: Pace;
  readonly paceUpdates: Pace;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: () => number;
}

export function makeSecurityHub(
  count: CallCounter,
  time: {
    readonly now: () => number;
    readonly sleep: (milliseconds: number) => Promise<void>;
    readonly random: () => number;
  },
): SecurityHub {
  const client = new SecurityHubClient(patient);
  client.middlewareStack.add(counter('securityhub', count), behindRetry);
  const hub: Hub = {
    client,
    paceReads: makePace(readsPerSecond, time),
    paceUpdates: makePace(updatesPerSecond, time),
    sleep: time.sleep,
    random: time.random,
  };
  return {
    openPatchFindings: (nodeIds) => named(() => openPatchFindings(hub, nodeIds)),
    updateWorkflow: (findings, to) => named(() => updateAll(hub, findings, to)),
  };
}

/** An account without Security Hub answers InvalidAccessException: people are to read what that means. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidAccessException') throw error;
    const what = 'Security Hub CSPM is not enabled in our account and Region, or our role may not use it';
    throw new SecurityHubUnavailableError(`${what}: ${error.message}`, { cause: error });
  }
}

/** By product name: its ARN holds a Region, which need not be that of the node. */
async function openPatchFindings(hub: Hub, nodeIds: readonly string[]): Promise<OpenFinding[]> {
  const found: OpenFinding[] = [];
  for (const chunk of chunksOf([...new Set(nodeIds)], nodesPerQuery)) {
    const countPage = makePageLimit('securityhub:GetFindings');
    let token: string | undefined;
    do {
      await hub.paceReads();
      const page = await hub.client.send(
        new GetFindingsCommand({
          Filters: {
            ProductName: [equals('Systems Manager Patch Manager')],
            ResourceId: chunk.map(equals),
            WorkflowStatus: [equals('NEW'), equals('NOTIFIED')],
            RecordState: [equals('ACTIVE')],
          },
          MaxResults: findingsPerPage,
          NextToken: token,
        }),
      );
      found.push(...(page.Findings ?? []).flatMap((finding) => openFindingOf(finding, chunk) ?? []));
      token = page.NextToken || undefined;
      countPage(token);
    } while (token);
  }
  return found;
}

function equals(Value: string) {
  return { Value, Comparison: 'EQUALS' } as const;
}

function openFindingOf(finding: AwsSecurityFinding, nodeIds: readonly string[]): OpenFinding | undefined {
  const nodeId = finding.Resources?.map((resource) => resource.Id).find((id) => id && nodeIds.includes(id));
  if (!nodeId || !finding.Id || !finding.ProductArn) return undefined;
  // The first is by the node's own clock, which may be ahead; a finding is never from after it was made.
  const times = [finding.PatchSummary?.OperationEndTime, finding.UpdatedAt, finding.CreatedAt];
  const moments = times.map((text) => Date.parse(text ?? '')).filter((moment) => !Number.isNaN(moment));
  return {
    key: { id: finding.Id, productArn: finding.ProductArn },
    nodeId,
    foundAt: moments.toSorted((a, b) => a - b)[0] ?? 0,
  };
}

type Target = Parameters<SecurityHub['updateWorkflow']>[1];

async function updateAll(hub: Hub, findings: readonly FindingKey[], to: Target): Promise<RefusedUpdate[]> {
  // A finding that is named twice in one call is refused as a duplicate.
  const distinct = [...new Map(findings.map((key) => [textOf(key), key])).values()];
  const refused: RefusedUpdate[] = [];
  for (const chunk of chunksOf(distinct, findingsPerUpdate))
    refused.push(...(await updateSome(hub, chunk, to)));
  return refused;
}

/** HTTP 200 says that the request was read: what was not done stands in UnprocessedFindings. */
async function updateSome(hub: Hub, findings: readonly FindingKey[], to: Target): Promise<RefusedUpdate[]> {
  const refused: RefusedUpdate[] = [];
  let left = findings;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    await hub.paceUpdates();
    const { UnprocessedFindings = [] } = await hub.client.send(
      new BatchUpdateFindingsCommand({
        FindingIdentifiers: left.map(({ id, productArn }) => ({ Id: id, ProductArn: productArn })),
        Workflow: { Status: to.status },
        Note: { Text: to.note.slice(0, noteLength), UpdatedBy: 'fleet-patcher' },
      }),
    );
    const answers = UnprocessedFindings.flatMap((each) => refusedOf(each) ?? []);
    const isLast = attempt === attempts;
    refused.push(...answers.filter((each) => isLast || !each.isPassing));
    left = isLast ? [] : answers.filter((each) => each.isPassing).map((each) => each.key);
    if (left.length > 0) await hub.sleep(hub.random() * 200 * 2 ** attempt);
  }
  return refused;
}

function refusedOf(row: BatchUpdateFindingsUnprocessedFinding): RefusedUpdate | undefined {
  const { Id, ProductArn } = row.FindingIdentifier ?? {};
  if (!Id || !ProductArn) return undefined;
  const code = row.ErrorCode ?? 'Unknown';
  const isPassing = passingCodes.includes(code);
  return { key: { id: Id, productArn: ProductArn }, code, message: row.ErrorMessage ?? '', isPassing };
}

function textOf({ id, productArn }: FindingKey): string {
  return `${productArn} ${id}`;
}
