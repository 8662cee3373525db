import type { SecurityHub } from '../../aws/security-hub.ts';
import type { Troubles } from '../../aws/troubles.ts';
import type { FindingKey } from '../../domain/findings/finding.ts';
import type { Dependencies } from '../dependencies.ts';
import { inParallel } from '../in-parallel.ts';
import { type Marking, markFindings } from './mark-findings.ts';
import type { NodeWork } from './node-work.ts';
import type { ToldWork } from './tell-people.ts';

type SettlingDependencies = Dependencies & {
  readonly troubles: Pick<Troubles, 'remember'>;
  readonly securityHub: Pick<SecurityHub, 'updateWorkflow'>;
};

/**
 * After people were told: notes what is known of the nodes now, and marks their findings. Answers with the messages
 * that have to come again. What is not noted is not marked either: a finding that is no longer NEW does not come again.
 * News that is held is neither noted as told nor marked.
 */
export async function settleWork(
  works: readonly NodeWork[],
  { told, held }: { readonly told: readonly ToldWork[]; readonly held: readonly NodeWork[] },
  dependencies: SettlingDependencies,
): Promise<string[]> {
  const waiting = new Set(held);
  const dealtWith = new Set([...told.flatMap((each) => each.works), ...held]);
  const failed = new Set(works.filter((work) => work.isBusy || (work.told !== null && !dealtWith.has(work))));
  const others = works.filter((work) => !failed.has(work));
  const forgotten = new Set(await rememberAll(others, waiting, dependencies));
  const settled = new Set(others.filter((work) => !forgotten.has(work)));
  const again = [...failed, ...forgotten].flatMap((work) => work.node.messageIds);
  for (const marking of markingsOf(settled, told, dependencies.now())) {
    again.push(...(await markFindings(marking, dependencies)));
  }
  return again;
}

/** Answers with the nodes of which it could not be noted. */
async function rememberAll(
  works: readonly NodeWork[],
  waiting: ReadonlySet<NodeWork>,
  { troubles, log }: SettlingDependencies,
): Promise<NodeWork[]> {
  const results = await inParallel(works, async (work) => {
    const { node } = work;
    const after = waiting.has(work) ? work.afterWaiting : work.after;
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
      const own = works.filter((work) => settled.has(work));
      const findings = findingsOf(own, (work) => work.news.map(({ key }) => key));
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
