import { cancelCommand, listCommands, type SentCommand } from '../../shared/aws/run-command.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Scope } from '../../shared/domain/policy.ts';
import { stepOfComment } from '../../shared/domain/run-id.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { newestBatches } from '../../shared/lambda/run-store.ts';

/** SSM's clock and ours may differ by so much, in ms. */
const clockTolerance = 120_000;

/**
 * Cancels what a run still has at work on its nodes, found by the comments of its commands: a batch's state does not
 * know yet what was sent in its last turn. Post-hooks are left to finish: they put back what the pre-hooks took down.
 * Answers how many were cancelled. What could not be listed or cancelled is logged, and stops nothing: closing the
 * account and telling people must not depend on it.
 */
export async function stopCommands(plan: Plan, dependencies: Dependencies): Promise<number> {
  const { runId } = plan.settings;
  const stopped = await inParallel(await scopesOf(plan, dependencies), async (scope) => {
    try {
      return await stopInScope(scope, plan, dependencies);
    } catch (error) {
      dependencies.log('FP_CANCEL_FAILED', { runId, account: scope.accountId, error: String(error) });
      return 0;
    }
  });
  return stopped.reduce((sum, each) => sum + each, 0);
}

async function stopInScope(scope: Scope, plan: Plan, dependencies: Dependencies): Promise<number> {
  const { runId, startedAt } = plan.settings;
  const ssm = dependencies.ssmFor(scope);
  const query = { invokedAfter: startedAt - clockTolerance, executing: true };
  const found: SentCommand[] = [];
  for await (const page of listCommands(ssm, query)) {
    found.push(...page.filter((command) => isToBeStopped(command, runId)));
  }
  let stopped = 0;
  for (const { commandId } of found) {
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
