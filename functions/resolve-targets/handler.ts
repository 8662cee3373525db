/**
 * State: ResolveTargets, the first of a run. Invoked by: patch-fleet, and by nobody else.
 * Side effects: locks the nodes in S3; writes the plan and the untouched batches of the run there; touches no node.
 * dryRun: nothing is locked, and the batches are written as done, each node with the outcome WouldPatch.
 * Safe to run twice: the same execution makes the same run id and SnapshotId, and keeps its locks; the first plan that is
 * whole counts, and a later attempt answers with it.
 */
import { type Ec2For, makeEc2Clients } from '../../shared/aws/instances.ts';
import { windowEnd } from '../../shared/aws/maintenance-window.ts';
import { makePlan, type Plan } from '../../shared/domain/plan.ts';
import type { Scope } from '../../shared/domain/policy.ts';
import { acceptRequest } from '../../shared/domain/request.ts';
import { type RunTurn, waveToRun } from '../../shared/domain/run-turn.ts';
import { noUsage, passCost } from '../../shared/domain/usage.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { findCandidates } from '../../shared/lambda/find-candidates.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { deployedPolicies } from '../../shared/lambda/policies.ts';
import { assertReachable } from '../../shared/lambda/reachable-scopes.ts';
import { lockCandidates } from '../../shared/lambda/run-locks.ts';
import { writeRun } from '../../shared/lambda/write-run.ts';
import { settingsOf } from './run-settings.ts';
import { type ResolveTargetsInput, resolveTargetsInput } from './schema.ts';

/** Each has a pace, clients and connections of its own, and a function has a thousand file descriptors. */
const scopesAtOnce = 100;

export async function run(
  input: ResolveTargetsInput,
  dependencies: Dependencies & { readonly ec2For: Ec2For },
): Promise<RunTurn> {
  const { config, log } = dependencies;
  const policies = await deployedPolicies(config);
  const accepted = acceptRequest(input.request, policies);
  const [, , , region = '', accountId = ''] = input.execution.id.split(':');
  const home = { accountId, region };
  const { window, dryRun } = accepted.request;
  const end = window ? await windowEnd(dependencies.ssmFor(home), window) : null;
  const settings = settingsOf(accepted, input.execution, end);
  const scopes = accepted.policy.scopes ?? [home];
  assertReachable(scopes, home);
  const find = (scope: Scope) =>
    findCandidates(accepted.policy, scope, {
      ssm: dependencies.ssmFor(scope),
      ec2: dependencies.ec2For(scope),
    });
  const found = await inParallel(scopes, find, { atOnce: scopesAtOnce });
  const candidates = await lockCandidates(found.flat(), { settings, dryRun }, dependencies);
  const made = makePlan(candidates, { policy: accepted.policy, settings, dryRun });
  const plan = await writeRun(made, dependencies);
  log('FP_TARGETS_RESOLVED', { runId: settings.runId, nodes: found.flat().length, waves: plan.waves.length });
  return firstTurn(plan);
}

function firstTurn(plan: Plan): RunTurn {
  const isWork = plan.waves.length > 0 && !plan.dryRun;
  return {
    kind: 'wave',
    runId: plan.settings.runId,
    next: isWork ? 'patch' : 'finish',
    isHalted: false,
    reason: plan.dryRun ? 'dry run: no node was touched' : null,
    bakeSeconds: plan.bakeSeconds,
    wave: waveToRun(plan, 0),
    // BeginRun, this state, and the Choice after it.
    usage: { ...noUsage, stateTransitions: 1 + passCost.evaluate.transitions },
  };
}

export const handler = makeHandler({
  name: 'resolve-targets',
  input: resolveTargetsInput,
  run,
  own: (count) => ({ ec2For: makeEc2Clients(count) }),
});
