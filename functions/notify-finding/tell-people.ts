import type { TroubledNode } from '../../shared/domain/findings/digest.ts';
import { alertsOfNobody, digestIdOf, digestOfNodes } from '../../shared/domain/findings/make-digest.ts';
import { findingsMessage } from '../../shared/domain/findings/message.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { Claims } from '../../shared/lambda/idempotency.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { type TellingDependencies, tell } from '../../shared/lambda/tell.ts';
import type { HeldClaim, NodeWork } from './node-work.ts';

type Telling = TellingDependencies & { readonly claims: Claims };

/** Nodes that were told of in one message. */
export interface ToldWork {
  readonly id: string;
  readonly works: readonly NodeWork[];
}

/** One message a policy; those whose message could not be published are left out. */
export async function tellPeople(
  works: readonly NodeWork[],
  policies: PolicyFile['policies'],
  dependencies: Telling,
): Promise<ToldWork[]> {
  const byPolicy = Map.groupBy(
    works.filter((work) => work.told !== null),
    (work) => work.node.policy,
  );
  const told: ToldWork[] = [];
  for (const [name, some] of byPolicy) {
    const id = await tellPolicy(name, { works: some, policies }, dependencies);
    if (id !== null) told.push({ id, works: some });
  }
  return told;
}

/** The digest's id, or null: then others may tell of these nodes, and their events come again. */
async function tellPolicy(
  name: string | null,
  about: { readonly works: readonly NodeWork[]; readonly policies: PolicyFile['policies'] },
  dependencies: Telling,
): Promise<string | null> {
  const { works, policies } = about;
  const now = dependencies.now();
  const policy = name === null ? undefined : policies[name];
  const { language, chat } = policy?.alerts ?? alertsOfNobody(policies);
  const nodes = works.flatMap(({ told }): TroubledNode[] => (told ? [told] : []));
  const findings = new Set(works.flatMap(({ toldNow }) => toldNow.map(({ id }) => id))).size;
  const digest = digestOfNodes(nodes, { name, policy, findings, now });
  const id = digestIdOf(digest, now);
  const message = findingsMessage(digest, language, {
    now,
    patchFleetArn: dependencies.config.patchFleetArn,
  });
  const held = works.flatMap((work) => work.held);
  const entry = name === null ? 'findings-without-policy' : 'findings';
  try {
    await tell(message, { policy: name ?? 'none', id, entry, chat }, dependencies);
  } catch (error) {
    dependencies.log('FP_FINDINGS_NOT_TOLD', { policy: name, nodes: nodes.length, error: String(error) });
    await release(held, dependencies);
    return null;
  }
  await finish(held, dependencies);
  return id;
}

/** A claim that cannot be released is given up by itself, before the events come again. */
async function release(held: readonly HeldClaim[], { claims }: Telling): Promise<void> {
  await inParallel(held, ({ key }) => claims.release(key).catch(() => undefined));
}

/** A claim that cannot be finished is made up for by what is remembered of the node: only if both fail is it told twice. */
async function finish(held: readonly HeldClaim[], { claims, log }: Telling): Promise<void> {
  await inParallel(held, ({ key, result }) =>
    claims.finish(key, result).catch((error) => log('FP_FINDINGS_BUSY', { key, error: String(error) })),
  );
}
