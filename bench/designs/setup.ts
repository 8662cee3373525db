import type { FleetNode } from '../../local/fleet/node.ts';
import { shareAtLeastOne } from '../../shared/domain/count-or-percent.ts';
import { dealPlaces } from '../../shared/domain/dealing.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { type FleetPlan, fleetFor, policiesFor, targetsOf } from '../fleet.ts';
import { isReady } from '../lower-bound.ts';

/** The evening of `npm start`, when the window of prd-web opens. */
export const startsAt = Date.parse('2026-01-10T13:00:00Z');

/** When the nodes of `goneNodeIds` go away: every design has found its nodes by then, and few have been started. */
export const goneAfterMilliseconds = 20_000;

/** What every design is given: the same fleet, policy and faults. */
export interface Setup {
  readonly plan: FleetPlan;
  readonly policies: PolicyFile;
  readonly fleet: readonly FleetNode[];
  readonly targets: readonly FleetNode[];
  /** Nodes that go away for good shortly after the start. */
  readonly goneNodeIds: readonly string[];
  readonly deadline: number | null;
}

export function setUp(
  plan: FleetPlan,
  special: {
    readonly change?: (node: FleetNode, index: number) => FleetNode;
    readonly gone?: (targets: readonly FleetNode[]) => readonly string[];
    readonly deadline?: number;
  } = {},
): Setup {
  const fleet = fleetFor(plan).map((node, index) => special.change?.(node, index) ?? node);
  const targets = targetsOf(fleet);
  return {
    plan,
    policies: policiesFor(plan),
    fleet,
    targets,
    goneNodeIds: special.gone?.(targets) ?? [],
    deadline: special.deadline ?? null,
  };
}

/** Nodes that may be in flight at once, in all accounts together: of those that a run can reach, as ours counts it. */
export function placesOf({ plan, targets }: Setup): number {
  return shareAtLeastOne(`${plan.concurrencyPercent}%`, targets.filter(isReady).length);
}

/** An account's share of the places: a design of one account is told a number, so that all designs have as many. */
export function placesIn(setup: Setup, accountId: string): number {
  const accounts = [...Map.groupBy(setup.targets.filter(isReady), (node) => node.accountId)];
  const places = dealPlaces(
    accounts.map(([, nodes]) => nodes.length),
    placesOf(setup),
  );
  return places[accounts.findIndex(([account]) => account === accountId)] ?? 1;
}
