import type { TellingTurns } from '../../aws/telling-turns.ts';
import type { TroubledNode } from '../../domain/findings/digest.ts';
import { alertsOfNobody, digestIdOf, digestOfNodes } from '../../domain/findings/make-digest.ts';
import { findingsMessage } from '../../domain/findings/message.ts';
import type { PolicyFile } from '../../domain/policy.ts';
import type { Claims } from '../idempotency.ts';
import { inParallel } from '../in-parallel.ts';
import { type TellingDependencies, tell } from '../tell.ts';
import type { NodeWork } from './node-work.ts';

export type PeopleDependencies = TellingDependencies & {
  readonly claims: Claims;
  readonly turns: TellingTurns;
};

/** When people are told, and what becomes of news that has to wait. */
export interface Manner {
  /** How long a policy's people have to have been left in peace. */
  readonly quietMilliseconds: number;
  /** Puts news aside for the next report; null: whoever brought it keeps it. */
  readonly hold: ((works: readonly NodeWork[]) => Promise<void>) | null;
}

/** Nodes that were told of in one message. */
export interface ToldWork {
  readonly id: string;
  readonly works: readonly NodeWork[];
}

/** What became of the nodes of which there is news; those of which nothing could be done are in neither. */
interface TellingResult {
  readonly told: readonly ToldWork[];
  readonly held: readonly NodeWork[];
}

const nothing: TellingResult = { told: [], held: [] };

/** One message a policy at most. */
export async function tellPeople(
  works: readonly NodeWork[],
  { policies, manner }: { readonly policies: PolicyFile['policies']; readonly manner: Manner },
  dependencies: PeopleDependencies,
): Promise<TellingResult> {
  const byPolicy = Map.groupBy(
    works.filter((work) => work.told !== null),
    (work) => work.node.policy,
  );
  const results: TellingResult[] = [];
  for (const [name, some] of byPolicy) {
    results.push(await tellOrHold(name, { works: some, policies, manner }, dependencies));
  }
  return {
    told: results.flatMap((each) => each.told),
    held: results.flatMap((each) => each.held),
  };
}

interface News {
  readonly works: readonly NodeWork[];
  readonly policies: PolicyFile['policies'];
}

/** What is neither told nor held others may tell of, and its events come again. */
async function tellOrHold(
  name: string | null,
  { manner, ...news }: News & { readonly manner: Manner },
  dependencies: PeopleDependencies,
): Promise<TellingResult> {
  const { turns, log, now } = dependencies;
  const { works } = news;
  const at = now();
  let isOurs = false;
  try {
    isOurs = await turns.take(name, at, manner.quietMilliseconds);
    const id = isOurs ? await tellPolicy(name, news, dependencies) : null;
    if (id !== null) {
      await finish(works, dependencies);
      return { told: [{ id, works }], held: [] };
    }
  } catch (error) {
    log('FP_FINDINGS_NOT_TOLD', { policy: name, nodes: works.length, error: String(error) });
    await release(works, dependencies);
    // A turn that cannot be given back comes round by itself.
    if (isOurs) await turns.giveBack(name, at).catch(() => undefined);
    return nothing;
  }
  // Before they are held: whoever takes up what is held is to find no claim of ours on it.
  await release(works, dependencies);
  return manner.hold ? hold(works, manner.hold, dependencies) : nothing;
}

async function hold(
  works: readonly NodeWork[],
  holdAll: NonNullable<Manner['hold']>,
  { log }: PeopleDependencies,
): Promise<TellingResult> {
  try {
    await holdAll(works);
    return { told: [], held: works };
  } catch (error) {
    log('FP_FINDINGS_BUSY', { nodes: works.length, error: String(error) });
    return nothing;
  }
}

/** Answers with the digest's id. */
async function tellPolicy(
  name: string | null,
  { works, policies }: News,
  dependencies: PeopleDependencies,
): Promise<string> {
  const now = dependencies.now();
  const policy = name === null ? undefined : policies[name];
  const { language, chat } = policy?.alerts ?? alertsOfNobody(policies);
  const nodes = works.flatMap(({ told }): TroubledNode[] => (told ? [told] : []));
  const findings = new Set(works.flatMap(({ news }) => news.map(({ key }) => key.id))).size;
  const digest = digestOfNodes(nodes, { name, policy, findings, now });
  const id = digestIdOf(digest, now);
  const { patchFleetArn } = dependencies.config;
  const message = findingsMessage(digest, language, { now, patchFleetArn });
  const entry = name === null ? 'findings-without-policy' : 'findings';
  await tell(message, { policy: name ?? 'none', id, entry, chat }, dependencies);
  return id;
}

/** A claim that cannot be released is given up by itself, before the events come again. */
async function release(works: readonly NodeWork[], { claims }: PeopleDependencies): Promise<void> {
  const claimed = works.flatMap((work) => work.claimed);
  await inParallel(claimed, ({ key }) => claims.release(key).catch(() => undefined));
}

/** A claim that cannot be finished is made up for by what is remembered of the node: only if both fail is it told twice. */
async function finish(works: readonly NodeWork[], { claims, log }: PeopleDependencies): Promise<void> {
  const claimed = works.flatMap((work) => work.claimed);
  await inParallel(claimed, ({ key, result }) =>
    claims.finish(key, result).catch((error) => log('FP_FINDINGS_BUSY', { key, error: String(error) })),
  );
}
