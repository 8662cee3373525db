import type { SecurityHub } from '../../shared/aws/security-hub.ts';
import type { Troubles } from '../../shared/aws/troubles.ts';
import type { FindingKey } from '../../shared/domain/findings/finding.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { type Marking, markFindings } from './mark-findings.ts';
import type { NodeWork } from './node-work.ts';
import type { ToldWork } from './tell-people.ts';

type SettlingDependencies = Dependencies & { readonly troubles: Troubles; readonly securityHub: SecurityHub };

/**
 * After people were told: notes what is known of the nodes now, and marks their findings. Answers with the messages
 * that have to come again. What is not noted is not marked either: a finding that is no longer NEW does not come again.
 */
export async function settleWork(
  works: readonly NodeWork[],
  told: readonly ToldWork[],
  dependencies: SettlingDependencies,
): Promise<string[]> {
  const published = new Set(told.flatMap((each) => each.works));
  const failed = works.filter((work) => work.isBusy || (work.told !== null && !published.has(work)));
  const untold = works.filter((work) => !failed.includes(work));
  const forgotten = await rememberAll(untold, dependencies);
  const settled = new Set(untold.filter((work) => !forgotten.includes(work)));
  const again = [...failed, ...forgotten].flatMap((work) => work.node.messageIds);
  for (const marking of markingsOf(settled, told, dependencies.now())) {
    again.push(...(await markFindings(marking, dependencies)));
  }
  return again;
}

/** Answers with the nodes of which it could not be noted. */
async function rememberAll(
  works: readonly NodeWork[],
  { troubles, log }: SettlingDependencies,
): Promise<NodeWork[]> {
  const results = await inParallel(works, async (work) => {
    const { node, after } = work;
    try {
      if (after) await troubles.remember(node.place, after);
      return [];
    } catch (error) {
      log('FP_FINDINGS_BUSY', { nodeId: node.nodeId, error: String(error) });
      return [work];
    }
  });
  return results.flat();
}

/** Notes in ASCII, and few different ones: one call marks a hundred findings with one note. */
function markingsOf(settled: ReadonlySet<NodeWork>, told: readonly ToldWork[], now: number): Marking[] {
  const at = new Date(now).toISOString();
  const all = [...settled];
  return [
    ...told.map(({ id, works }): Marking => {
      const findings = findingsOf(
        works.filter((work) => settled.has(work)),
        (work) => work.toldNow,
      );
      return { status: 'NOTIFIED', note: `Told by fleet-patcher on ${at} in message ${id}.`, findings };
    }),
    {
      status: 'NOTIFIED',
      note: `Seen by fleet-patcher on ${at}: people have been told of this trouble of the node before.`,
      findings: findingsOf(all, (work) => work.toldBefore),
    },
    {
      status: 'RESOLVED',
      note: `Resolved by fleet-patcher on ${at}: a later scan showed the node compliant.`,
      findings: findingsOf(all, (work) => work.stale),
    },
  ];
}

function findingsOf(
  works: readonly NodeWork[],
  pick: (work: NodeWork) => readonly FindingKey[],
): Marking['findings'] {
  return works.flatMap((work) => pick(work).map((key) => ({ key, messageIds: work.node.messageIds })));
}
