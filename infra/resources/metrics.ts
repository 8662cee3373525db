import { ref, type Value } from '../cloudformation.ts';
import { functionIdOf, stateMachineIdOf } from '../names.ts';

/** What a metric is found by. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: Value };
}

/** Where CloudWatch counts lines of ours, with the stage behind it. */
export const ownNamespace = 'FleetPatcher';

/** Lines of the functions' logs that alarms ask for: the metric's name, the line's code, and in whose logs it stands. */
export const countedLines = [
  { metric: 'WindowsWithoutRun', code: 'FP_WINDOW_WITHOUT_RUN', functionNames: ['check-windows'] },
  { metric: 'StaleLooks', code: 'FP_SCOPE_NOT_SEEN', functionNames: ['report-sla'] },
  {
    metric: 'ChatsNotTold',
    code: 'FP_CHAT_NOT_TOLD',
    functionNames: ['notify', 'close-run', 'notify-finding', 'report-sla'],
  },
  {
    metric: 'LocksNotReleased',
    code: 'FP_LOCKS_NOT_RELEASED',
    functionNames: ['notify', 'close-run', 'resolve-targets'],
  },
] as const;

export function ofLines(name: (typeof countedLines)[number]['metric']): Metric {
  return { namespace: ownNamespace, name, dimensions: {} };
}

export function ofStateMachine(stateMachine: string, name: string): Metric {
  return {
    namespace: 'AWS/States',
    name,
    dimensions: { StateMachineArn: ref(stateMachineIdOf(stateMachine)) },
  };
}

export function ofFunction(functionName: string, name: string): Metric {
  return { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: ref(functionIdOf(functionName)) } };
}

export function ofQueue(queueId: string, name: string): Metric {
  return {
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: { 'Fn::GetAtt': [queueId, 'QueueName'] } },
  };
}
