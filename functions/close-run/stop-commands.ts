import { listInvocations } from '../../shared/aws/invocations.ts';
import { cancelCommand, listCommands, type SentCommand } from '../../shared/aws/run-command.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Scope } from '../../shared/domain/policy.ts';
import { stepOfComment } from '../../shared/domain/run-id.ts';
import { stepStatusOf } from '../../shared/domain/step.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { newestBatches } from '../../shared/lambda/run-store.ts';

/** SSM's clock and ours may differ by so much, in ms. */
const clockTolerance = 120_000;

/** What a look at a run's commands found and did. */
export interface Stopped {
  /** Commands that were cancelled. */
  readonly stopped: number;
  /** The run's commands that SSM listed as executing, post-hooks too. */
  readonly executing: readonly { readonly scope: Scope; readonly command: SentCommand }[];
  /** Accounts and Regions, by the keys of their locks, where SSM could not be asked. */
  readonly unseen: ReadonlySet<string>;
}

/**
 * Cancels what a run still has at work on its nodes, found by the comments of its commands: a batch's state does not
 * know yet what was sent in its last turn. Post-hooks are left to finish: they put back what the pre-hooks took down.
 * What could not be listed or cancelled is logged, and stops nothing: closing the
 * account and telling people must not depend on it.
 */
export async function stopCommands(plan: Plan, dependencies: Dependencies): Promise<Stopped> {
  const { runId } = plan.settings;
  const unseen = new Set<string>();
  const stopped = await inParallel(await scopesOf(plan, dependencies), async (scope) => {
    try {
      const found = await commandsIn(scope, plan, dependencies);
      const cancelled = await stopInScope(scope, { runId, found }, dependencies);
      return { cancelled, executing: found.map((command) => ({ scope, command })) };
    } catch (error) {
      unseen.add(keys.locks(scope));
      dependencies.log('FP_CANCEL_FAILED', { runId, account: scope.accountId, error: String(error) });
      return { cancelled: 0, executing: [] };
    }
  });
  return {
    stopped: stopped.reduce((sum, { cancelled }) => sum + cancelled, 0),
    executing: stopped.flatMap(({ executing }) => executing),
    unseen,
  };
}

/** Those of the asked nodes that such commands have no answer of: a cancelled command may go on where it had begun. */
export async function nodesOf(
  { executing }: Pick<Stopped, 'executing'>,
  asked: ReadonlySet<string>,
  dependencies: Dependencies,
): Promise<Set<string>> {
  const ofAsked = executing.filter(({ command }) => command.nodeIds.some((nodeId) => asked.has(nodeId)));
  const atWork = await inParallel(ofAsked, async ({ scope, command }) => {
    const ended = await endedNodes(scope, command, dependencies);
    return command.nodeIds.filter((nodeId) => !ended.has(nodeId));
  });
  return new Set(atWork.flat());
}

/** Empty where SSM does not say: then all of them may be at work. */
async function endedNodes(
  scope: Scope,
  { commandId }: SentCommand,
  dependencies: Dependencies,
): Promise<ReadonlySet<string>> {
  try {
    const rows = await listInvocations(dependencies.ssmFor(scope), commandId);
    return new Set(
      rows
        .filter(({ statusDetails }) => stepStatusOf(statusDetails) !== undefined)
        .map(({ nodeId }) => nodeId),
    );
  } catch (error) {
    dependencies.log('FP_CANCEL_FAILED', { commandId, error: String(error) });
    return new Set();
  }
}

async function commandsIn(scope: Scope, plan: Plan, dependencies: Dependencies): Promise<SentCommand[]> {
  const { runId, startedAt } = plan.settings;
  const query = { invokedAfter: startedAt - clockTolerance, executing: true };
  const found: SentCommand[] = [];
  for await (const page of listCommands(dependencies.ssmFor(scope), query)) {
    found.push(...page.filter((command) => stepOfComment(command.comment, runId) !== undefined));
  }
  return found;
}

async function stopInScope(
  scope: Scope,
  run: { readonly runId: string; readonly found: readonly SentCommand[] },
  dependencies: Dependencies,
): Promise<number> {
  const { runId, found } = run;
  const ssm = dependencies.ssmFor(scope);
  let stopped = 0;
  for (const { commandId } of found.filter((command) => isToBeStopped(command, runId))) {
    try {
      await cancelCommand(ssm, { commandId, nodeIds: 'all' });
      stopped += 1;
    } catch (error) {
      dependencies.log('FP_CANCEL_FAILED', { runId, commandId, error: String(error) });
    }
  }
  return stopped;
}

function isToBeStopped(command: SentCommand, runId: string): boolean {
  const step = stepOfComment(command.comment, runId);
  return step !== undefined && step !== 'postHook';
}

async function scopesOf(plan: Plan, { store }: Dependencies): Promise<Scope[]> {
  const scopes = new Map<string, Scope>();
  for await (const { scope } of newestBatches(store, plan)) {
    scopes.set(`${scope.accountId} ${scope.region} ${scope.roleArn ?? ''}`, scope);
  }
  return [...scopes.values()];
}
