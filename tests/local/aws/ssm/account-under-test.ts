import { AwsError } from '../../../../local/aws/service.ts';
import type { CommandDocument } from '../../../../local/aws/ssm/document.ts';
import { createSsm, type EmbeddedSsm, type SsmOptions } from '../../../../local/aws/ssm/ssm.ts';
import { VirtualClock } from '../../../../local/clock.ts';
import type { Fate, FleetNode } from '../../../../local/fleet/node.ts';

/** Start of every test: an hour that is easy to read in failures. */
export const startsAt = Date.parse('2026-11-22T00:00:00Z');

const calm: Fate = {
  scanSeconds: 30,
  installSeconds: 300,
  install: 'succeeds',
  stubbornPatches: 0,
  missingPatches: 5,
  installedPatches: 40,
  rebootSeconds: 120,
  returnsFromReboot: true,
  preHook: { kind: 'succeeds', seconds: 10 },
  postHook: { kind: 'succeeds', seconds: 10 },
  agent: 'online',
};

/** The id of the n-th node of a test. */
export function nodeId(index: number, prefix = 'i'): string {
  return `${prefix}-${index.toString(16).padStart(17, '0')}`;
}

/** A well-behaved Linux node of EC2; say only what is different. */
export function node(
  index: number,
  different: Partial<FleetNode> & { readonly fates?: Partial<Fate> } = {},
): FleetNode {
  const { fates, ...members } = different;
  return {
    nodeId: nodeId(index),
    accountId: '111122223333',
    region: 'us-east-1',
    resourceType: 'EC2Instance',
    platformType: 'Linux',
    platformName: 'Amazon Linux',
    platformVersion: '2023',
    agentVersion: '3.3.1957.0',
    computerName: `ip-10-0-0-${index}.ec2.internal`,
    ipAddress: `10.0.0.${index}`,
    tags: { PatchGroup: 'prd-web' },
    instanceState: 'running',
    isManaged: true,
    ...members,
    fate: { ...calm, ...fates },
  };
}

/** As many well-behaved nodes. */
export function nodes(count: number): readonly FleetNode[] {
  return Array.from({ length: count }, (_, index) => node(index));
}

/** A hook document as the project has one. */
export const hooks: CommandDocument = {
  name: 'fleet-patcher-hooks',
  content: {
    schemaVersion: '2.2',
    parameters: {
      RunId: { type: 'String', allowedPattern: '^[A-Za-z0-9_.-]{1,80}$' },
      Step: { type: 'String', allowedValues: ['preHook', 'postHook'] },
      LinuxDirectory: { type: 'String', default: '/etc/patch-hooks' },
      Required: { type: 'String', default: 'false', allowedValues: ['true', 'false'] },
      TimeoutSeconds: { type: 'String', default: '600', allowedPattern: '^[0-9]{2,5}$' },
    },
    mainSteps: [
      {
        name: 'RunHooksLinux',
        action: 'aws:runShellScript',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: '{{ TimeoutSeconds }}' },
      },
      {
        name: 'RunHooksWindows',
        action: 'aws:runPowerShellScript',
        precondition: { StringEquals: ['platformType', 'Windows'] },
        inputs: { timeoutSeconds: '{{ TimeoutSeconds }}' },
      },
    ],
  },
};

type Json = Readonly<Record<string, unknown>>;

/** One account's Systems Manager with a clock that a test moves. */
export class AccountUnderTest {
  readonly ssm: EmbeddedSsm;
  readonly clock = new VirtualClock(startsAt);

  constructor(fleet: readonly FleetNode[], options: Partial<SsmOptions> = {}) {
    this.ssm = createSsm({ clock: this.clock, seed: 1, nodes: fleet, documents: [hooks], ...options });
  }

  call(operation: string, input: Json, scope: { readonly accountId?: string } = {}): Json {
    const run = this.ssm.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    return run(input, { accountId: '111122223333', region: 'us-east-1', now: this.clock.now(), ...scope });
  }

  /** Code and message of the AwsError that the call throws. */
  refusal(operation: string, input: Json): string {
    try {
      this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'accepted';
  }

  send(input: Json): string {
    return String(part(this.call('SendCommand', input), 'Command')['CommandId']);
  }

  scan(instanceIds: readonly string[], different: Json = {}): string {
    return this.send({
      DocumentName: 'AWS-RunPatchBaseline',
      InstanceIds: instanceIds,
      Parameters: { Operation: ['Scan'] },
      ...different,
    });
  }

  install(instanceIds: readonly string[], parameters: Json = {}, different: Json = {}): string {
    const Parameters = { Operation: ['Install'], ...parameters };
    return this.send({
      DocumentName: 'AWS-RunPatchBaseline',
      InstanceIds: instanceIds,
      Parameters,
      ...different,
    });
  }

  hook(instanceIds: readonly string[], parameters: Json = {}, different: Json = {}): string {
    const Parameters = { RunId: ['run-1'], Step: ['preHook'], ...parameters };
    return this.send({
      DocumentName: hooks.name,
      InstanceIds: instanceIds,
      Parameters,
      MaxErrors: '100%',
      ...different,
    });
  }

  wait(seconds: number): Promise<void> {
    return this.clock.sleep(seconds * 1000);
  }

  command(commandId: string): Json {
    return rows(this.call('ListCommands', { CommandId: commandId }), 'Commands')[0] ?? {};
  }

  invocations(commandId: string): readonly Json[] {
    return rows(this.call('ListCommandInvocations', { CommandId: commandId }), 'CommandInvocations');
  }

  /** StatusDetails of every invocation, in the order of the nodes. */
  details(commandId: string): readonly unknown[] {
    return this.invocations(commandId).map((row) => row['StatusDetails']);
  }

  patchState(id: string): Json {
    return (
      rows(this.call('DescribeInstancePatchStates', { InstanceIds: [id] }), 'InstancePatchStates')[0] ?? {}
    );
  }
}

/** A member of an answer that is a structure. */
export function part(answer: Json, name: string): Json {
  const value = answer[name];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** A member of an answer that is a list of structures. */
export function rows(answer: Json, name: string): readonly Json[] {
  const value = answer[name];
  return Array.isArray(value) ? value : [];
}
