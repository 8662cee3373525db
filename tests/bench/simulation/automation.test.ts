import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../../../bench/designs/designs.ts';
import { setUp } from '../../../bench/designs/setup.ts';
import { Automation } from '../../../bench/simulation/automation.ts';
import { automationOperations } from '../../../bench/simulation/automation-operations.ts';
import { AwsClient, usualLatency } from '../../../bench/simulation/aws-client.ts';
import { readRunbook } from '../../../bench/simulation/runbook.ts';
import { Simulation } from '../../../bench/simulation/simulation.ts';
import { createEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { node, nodeId, startsAt } from '../../local/aws/ssm/account-under-test.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'bench', 'alternatives');
const runbook = readRunbook(
  JSON.parse(readFileSync(join(folder, 'automation', 'patch-node.runbook.json'), 'utf8')),
);
const content = JSON.parse(readFileSync(join(folder, 'hook-document.json'), 'utf8'));
const snapshot = '22222222-3333-4444-8555-666666666666';

async function patched(
  nodes: readonly FleetNode[],
  control: { readonly maxConcurrency: number; readonly maxErrors: number },
) {
  const simulation = new Simulation(startsAt);
  const options = { clock: simulation, seed: 1, nodes, buckets: [], topics: [] };
  const aws = createEmbeddedAws({ ...options, documents: [{ name: 'PatchHooks', content }] });
  const account = { accountId: '111122223333', region: 'us-east-1' };
  const client = new AwsClient({ aws, simulation, seed: 1, region: account.region, latency: usualLatency });
  const automation = new Automation({ aws, simulation, seed: 1, client, ...account });
  const targets = nodes.map((each) => each.nodeId);
  simulation.start(automation.run(runbook, { targets, parameters: { SnapshotId: snapshot }, ...control }));
  await simulation.run();
  return {
    automation,
    executions: aws.ssm.journal.executions,
    statuses: automation.children.map((each) => each.status),
  };
}

const failing = { fates: { preHook: { kind: 'fails', seconds: 5 } } } as const;

describe('an automation with rate control', () => {
  test('runs the steps of the runbook on each target, one target after another if so told', async () => {
    const { statuses, executions, automation } = await patched([node(0), node(1)], {
      maxConcurrency: 1,
      maxErrors: 0,
    });

    expect(statuses).toEqual(['Success', 'Success']);
    const steps = ['preHook', 'Install', 'postHook', 'Scan'];
    expect(executions.map(({ nodeId: id, step }) => `${id} ${step}`)).toEqual(
      [0, 1].flatMap((index) => steps.map((step) => `${nodeId(index)} ${step}`)),
    );
    expect(automation.steps).toBe(10);
  });

  test('ends a target at the first step that fails and aborts', async () => {
    const { statuses, executions } = await patched([node(0, failing)], { maxConcurrency: 1, maxErrors: 0 });

    expect(statuses).toEqual(['Failed']);
    expect(executions.map(({ step }) => step)).toEqual(['preHook']);
  });

  test('starts no further target once there are more errors than MaxErrors', async () => {
    const fleet = [node(0, failing), node(1, failing), node(2)];

    const spent = await patched(fleet, { maxConcurrency: 1, maxErrors: 1 });
    const unspent = await patched(fleet, { maxConcurrency: 1, maxErrors: 2 });

    expect(spent.statuses).toEqual(['Failed', 'Failed', 'Cancelled']);
    expect(unspent.statuses).toEqual(['Failed', 'Failed', 'Success']);
  });

  test('fails where a patch is still missing, and where the id is none of Systems Manager', async () => {
    const stubborn = node(0, { fates: { stubbornPatches: 1 } });

    const { statuses } = await patched([stubborn, node(1, { isManaged: false })], {
      maxConcurrency: 2,
      maxErrors: 2,
    });

    expect(statuses).toEqual(['Failed', 'Failed']);
  });

  test('waits for a node that never comes back until the step times out', async () => {
    const { statuses } = await patched([node(0, { fates: { returnsFromReboot: false } })], {
      maxConcurrency: 1,
      maxErrors: 0,
    });

    expect(statuses).toEqual(['TimedOut']);
  });
});

describe('the operations of Automation', () => {
  const operations = automationOperations({
    start: () => 'execution',
    children: () =>
      Array.from({ length: 60 }, (_, index) => ({
        executionId: String(index),
        target: nodeId(index),
        status: 'Success' as const,
      })),
  });
  const caller = { accountId: '111122223333', region: 'us-east-1', now: startsAt };

  test('list children in pages of at most 50', () => {
    const list = operations['DescribeAutomationExecutions'];

    const first = list?.({ MaxResults: 50 }, caller);
    const second = list?.({ MaxResults: 50, NextToken: first?.['NextToken'] }, caller);

    expect([
      first?.['AutomationExecutionMetadataList'],
      second?.['AutomationExecutionMetadataList'],
    ]).toMatchObject([{ length: 50 }, { length: 10 }]);
    expect(second).not.toHaveProperty('NextToken');
    expect(() => list?.({ MaxResults: 51 }, caller)).toThrow('MaxResults 51');
  });

  test('refuse a start without a target by tag and without its parameter', () => {
    const start = operations['StartAutomationExecution'];

    expect(() => start?.({ Targets: [{ Key: 'InstanceIds', Values: [nodeId(0)] }] }, caller)).toThrow(/tag/);
    expect(() => start?.({ Targets: [{ Key: 'tag:PatchGroup', Values: ['g'] }] }, caller)).toThrow(
      /TargetParameterName/,
    );
  });
});

describe('the automation as a design', () => {
  test('bills five steps for a node without trouble, and asks of no state machine', async () => {
    const setup = setUp({ seed: 3, nodes: 30, concurrencyPercent: 10, maxErrorsPercent: 100 });

    const { consumption } = await play('automation', setup);

    expect(consumption.stateTransitions).toBe(0);
    expect(consumption.automationSteps).toBeGreaterThan(4 * 30);
    expect(consumption.automationSteps).toBeLessThanOrEqual(5 * 30);
  });
});
