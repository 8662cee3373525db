import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { uuid } from '../../local/aws/http/identifiers.ts';
import { AwsError } from '../../local/aws/service.ts';
import { type Random, random } from '../../local/random.ts';
import type { AwsClient } from './aws-client.ts';
import { AwsCallError } from './aws-request.ts';
import { type JsonObject, objectsOf, textOf } from './json.ts';
import { filled, type Runbook, type RunbookStep } from './runbook.ts';
import { Occasion, type Process, type Simulation } from './simulation.ts';

export type AutomationStatus = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

/** An automation on one target of a rate-controlled one. */
export interface ChildAutomation {
  readonly executionId: string;
  readonly target: string;
  status: AutomationStatus;
}

/** A rate-controlled automation. Percentages are of the targets, rounded down as Run Command's are here. */
export interface RateControl {
  readonly targets: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxConcurrency: number;
  readonly maxErrors: number;
}

export interface AutomationParts {
  readonly aws: Pick<EmbeddedAws, 'ssm'>;
  readonly simulation: Simulation;
  readonly seed: number;
  readonly accountId: string;
  readonly region: string;
  /** For the calls that a runbook names; what Automation calls by itself is nobody's. */
  readonly client: AwsClient;
}

/**
 * General Reference, "Systems Manager endpoints and quotas": 100 automations at once, with adaptive concurrency up to 500.
 * The quota is taken at its most; automations beyond it wait.
 */
export const concurrentAutomations = 500;

/** How often Automation looks after a command of its own; not published. */
const lookSeconds = 5;

/** How long a throttled step is tried again. */
const throttlingRetrySeconds = 3600;

/** Between two steps of an automation, drawn evenly; not published. */
const overheadSeconds = [0.5, 2] as const;

/** Systems Manager Automation with rate control, as far as a runbook of commands and assertions needs it. */
export class Automation {
  readonly children: ChildAutomation[] = [];
  /** Steps that were begun: what is billed. */
  steps = 0;
  private readonly parts: AutomationParts;
  private readonly stream: Random;

  constructor(parts: AutomationParts) {
    this.parts = parts;
    this.stream = random(parts.seed, 'automation', parts.accountId);
  }

  /** Plays it to its end. Beyond the errors nothing more is started, and what runs goes on. */
  *run(runbook: Runbook, control: RateControl): Process<void> {
    const children = control.targets.map(
      (target): ChildAutomation => ({ executionId: uuid(this.stream), target, status: 'Pending' }),
    );
    this.children.push(...children);
    const places = Math.min(control.maxConcurrency, concurrentAutomations, children.length);
    const waiting = [...children];
    const end = new Occasion();
    let working = places;
    const isSpent = (): boolean =>
      children.filter(({ status }) => status === 'Failed' || status === 'TimedOut').length >
      control.maxErrors;
    const one = (child: ChildAutomation): Process<void> => this.runOne(runbook, child, control.parameters);
    function* place(): Process<void> {
      for (let child = waiting.shift(); child; child = isSpent() ? undefined : waiting.shift())
        yield* one(child);
      working -= 1;
      if (working === 0) end.come();
    }
    for (let index = 0; index < places; index += 1) this.parts.simulation.start(place());
    if (places > 0) yield end;
    for (const child of waiting) child.status = 'Cancelled';
  }

  private *runOne(
    runbook: Runbook,
    child: ChildAutomation,
    parameters: RateControl['parameters'],
  ): Process<void> {
    child.status = 'InProgress';
    let status: AutomationStatus = 'Success';
    for (const step of runbook.steps) {
      const [from, to] = overheadSeconds;
      yield 1000 * (from + (to - from) * this.stream.next());
      this.steps += 1;
      const inputs = filled(step.inputs, { ...parameters, InstanceId: child.target });
      const ended = yield* this.runStep(step, inputs, child.target);
      if (ended === 'Success') continue;
      if (step.isCritical) status = ended;
      if (step.onFailure === 'Abort') break;
    }
    child.status = status;
  }

  private *runStep(step: RunbookStep, inputs: JsonObject, target: string): Process<AutomationStatus> {
    try {
      if (step.action === 'aws:runCommand') return yield* this.runCommand(step, inputs, target);
      return yield* this.retried(() => this.assertProperty(inputs));
    } catch (error) {
      if (error instanceof AwsError || error instanceof AwsCallError) return 'Failed';
      throw error;
    }
  }

  private *runCommand(step: RunbookStep, inputs: JsonObject, target: string): Process<AutomationStatus> {
    const { simulation } = this.parts;
    const startedAt = simulation.now();
    const { Parameters = {}, ...rest } = inputs;
    const lists = Object.entries(Parameters ?? {}).map(([name, value]) => [name, [String(value)]] as const);
    const answer = this.call('SendCommand', { ...rest, Parameters: Object.fromEntries(lists) });
    const [command] = objectsOf([answer['Command']], 'Command');
    const query = { CommandId: textOf(command?.['CommandId'], 'CommandId'), InstanceId: target };
    for (;;) {
      yield lookSeconds * 1000;
      const [row] = objectsOf(
        this.call('ListCommandInvocations', query)['CommandInvocations'],
        'CommandInvocations',
      );
      const status = row ? String(row['Status']) : 'Pending';
      if (status === 'Success') return 'Success';
      if (status === 'TimedOut') return 'TimedOut';
      if (status === 'Failed' || status === 'Cancelled') return 'Failed';
      if (simulation.now() - startedAt > step.timeoutSeconds * 1000) return 'TimedOut';
    }
  }

  /** User guide, "Configuring automatic retry for throttled operations": the preference, at its most. */
  private *retried(step: () => Process<AutomationStatus>): Process<AutomationStatus> {
    const until = this.parts.simulation.now() + throttlingRetrySeconds * 1000;
    for (;;) {
      try {
        return yield* step();
      } catch (error) {
        const isThrottled = error instanceof AwsCallError && error.code === 'ThrottlingException';
        if (!isThrottled || this.parts.simulation.now() > until) throw error;
        yield lookSeconds * 1000;
      }
    }
  }

  /** One call and one property: nothing but a listed value will do. */
  private *assertProperty(inputs: JsonObject): Process<AutomationStatus> {
    const { Service, Api, PropertySelector, DesiredValues, ...input } = inputs;
    if (Service !== 'ssm') throw new Error(`the service ${String(Service)} is not played here`);
    const operation = textOf(Api, 'Api');
    const answer = yield* this.parts.client.send({ service: 'ssm', operation, input });
    const [, list = '', member = ''] = /^\$\.(\w+)\[0\]\.(\w+)$/.exec(String(PropertySelector)) ?? [];
    const value = objectsOf(answer[list], list)[0]?.[member];
    return Array.isArray(DesiredValues) && DesiredValues.includes(String(value)) ? 'Success' : 'Failed';
  }

  /** Automation's own call to Systems Manager: by the service's rules, without its throttling and its network. */
  private call(operation: string, input: JsonObject): JsonObject {
    const { aws, accountId, region, simulation } = this.parts;
    const perform = aws.ssm.operations[operation];
    if (!perform) throw new Error(`there is no operation ${operation}`);
    return perform(input, { accountId, region, now: simulation.now() });
  }
}
