import * as z from 'zod';
import { momentSchema } from '../moment.ts';
import { severityLabels } from './digest.ts';
import type { PatchFinding } from './finding.ts';

const count = z.number().int().nonnegative();
const moment = momentSchema.nonnegative();
/** An attribute that is not there is none. */
const momentOrNone = moment.nullish().transform((given) => given ?? null);

/** What a finding says of how bad it is. */
const levelShape = {
  severity: z.enum(severityLabels),
  missing: count,
  failed: count,
  pendingReboot: count,
  foundAt: moment,
} as const;

/** What was told of a node in one message: kept by the claim on that message, so that a lost note can be made up for. */
export const tellingSchema = z.object({ ...levelShape, toldAt: moment });
export type Telling = z.infer<typeof tellingSchema>;

/** What is known of a node's findings: its newest one, and what people were told. */
export const troubleSchema = z.object({
  ...levelShape,
  nodeId: z.string(),
  policy: z.string().nullable(),
  /** How many messages told of this node's patches; the next one is claimed by its number. */
  tellings: count,
  toldAt: momentOrNone,
  /** `foundAt` of what was told last. */
  toldFoundAt: momentOrNone,
  /** The end of the newest scan that showed the node compliant. */
  compliantSince: momentOrNone,
  /** Up to then its findings are resolved in Security Hub. */
  resolvedThrough: momentOrNone,
});
export type Trouble = z.infer<typeof troubleSchema>;

export type Level = Pick<Trouble, keyof typeof levelShape>;

/**
 * `stale`: the node has been seen compliant since. `old`: something newer is known. `remember`: newer, and no news for
 * people; what is below the policy's minimum stays NEW in Security Hub, for whoever wants to look there.
 */
export type Verdict =
  | { readonly outcome: 'tell'; readonly change: 'new' | 'worse' }
  | { readonly outcome: 'remember'; readonly reason: 'told before' | 'below the minimum' }
  | { readonly outcome: 'old' }
  | { readonly outcome: 'stale' };

/**
 * What a finding means, given what is known of its node. Events come more than once and in any order: only what is at
 * least as new as anything known may be told, and only if nothing was told since the node was last compliant, or if it
 * is worse than what was last seen.
 */
export function judge(
  found: Level,
  known: Trouble | undefined,
  facts: { readonly compliantSince: number | null; readonly minimumSeverity: Trouble['severity'] },
): Verdict {
  const { compliantSince, minimumSeverity } = facts;
  if (compliantSince !== null && found.foundAt <= compliantSince) return { outcome: 'stale' };
  const isBelow = rankOf(found) > severityLabels.indexOf(minimumSeverity);
  if (known && known.foundAt > found.foundAt) return { outcome: 'old' };
  if (isBelow) return { outcome: 'remember', reason: 'below the minimum' };
  if (!known || !isTold(known, compliantSince)) return { outcome: 'tell', change: 'new' };
  return isWorse(found, known)
    ? { outcome: 'tell', change: 'worse' }
    : { outcome: 'remember', reason: 'told before' };
}

/** True if people know of the node's present trouble, and not only of one that it had before. */
export function isTold(known: Trouble, compliantSince: number | null): boolean {
  return known.toldFoundAt !== null && known.toldFoundAt > (compliantSince ?? -1);
}

/**
 * True if nothing has to be resolved for a scan of then: it was done, or the newest finding is from after that scan. A
 * scan that is newer than the one that was resolved for changes nothing, unless something was found in between.
 */
export function isResolved({ foundAt, resolvedThrough }: Trouble, compliantSince: number): boolean {
  return foundAt > compliantSince || (resolvedThrough !== null && resolvedThrough >= foundAt);
}

/** A patch that failed is no longer missing: only the sum says that there is more to do. */
function isWorse(found: Level, known: Level): boolean {
  return rankOf(found) < rankOf(known) || found.missing + found.failed > known.missing + known.failed;
}

function rankOf({ severity }: Level): number {
  return severityLabels.indexOf(severity);
}

/** The newest finding; of several that are equally new, the worst. */
export function newestOf(findings: readonly PatchFinding[]): PatchFinding | undefined {
  return findings.toSorted(
    (a, b) =>
      b.foundAt - a.foundAt ||
      rankOf(a) - rankOf(b) ||
      b.missing + b.failed - (a.missing + a.failed) ||
      b.pendingReboot - a.pendingReboot,
  )[0];
}

interface About {
  readonly nodeId: string;
  readonly policy: string | null;
}

/** What is known once the telling of this number is known: it never lowers what a newer finding said. */
export function withTelling(
  known: Trouble | undefined,
  about: About,
  { number, telling }: { readonly number: number; readonly telling: Telling },
): Trouble {
  const isNewest = !known || known.foundAt <= telling.foundAt;
  const seen = isNewest ? withSight(known, about, telling) : { ...known, ...about };
  return { ...seen, tellings: number, toldAt: telling.toldAt, toldFoundAt: telling.foundAt };
}

/** What is known once a finding is seen that people are not told of. */
export function withSight(known: Trouble | undefined, about: About, level: Level): Trouble {
  return { ...(known ?? untold), ...about, ...levelOf(level) };
}

const untold = {
  tellings: 0,
  toldAt: null,
  toldFoundAt: null,
  compliantSince: null,
  resolvedThrough: null,
} as const;

export function levelOf({ severity, missing, failed, pendingReboot, foundAt }: Level): Level {
  return { severity, missing, failed, pendingReboot, foundAt };
}

/** True if nothing has to be written. */
export function isSame(a: Trouble | undefined, b: Trouble | undefined): boolean {
  const members = new Map<string, unknown>(Object.entries(a ?? {}));
  return Object.entries(b ?? {}).every(([name, value]) => members.get(name) === value) && !a === !b;
}
