import { arnOf, type Resources, ref, type Value } from '../cloudformation.ts';
import { definitions, type StateMachineDefinition } from '../definitions.ts';
import {
  functionIdOf,
  type Naming,
  pascalCase,
  roleIdOf,
  stateMachineIdOf,
  stateMachineNameOf,
} from '../names.ts';

/** Every state machine, with its log group. */
export function stateMachineResources(naming: Naming, logDays: number): Resources {
  return Object.fromEntries(
    definitions.flatMap((definition) => Object.entries(stateMachine(definition, { naming, logDays }))),
  );
}

/**
 * From the definition's own text. Errors are logged, payloads are not: they name servers. The log group lies below
 * /aws/vendedlogs, which spares the ten resource policies of CloudWatch Logs.
 */
function stateMachine(
  { name, text, called }: StateMachineDefinition,
  { naming, logDays }: { readonly naming: Naming; readonly logDays: number },
): Resources {
  const logGroupId = `${pascalCase(name)}LogGroup`;
  return {
    [logGroupId]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: `/aws/vendedlogs/states/${stateMachineNameOf(naming, name)}`,
        RetentionInDays: logDays,
      },
    },
    [stateMachineIdOf(name)]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: stateMachineNameOf(naming, name),
        StateMachineType: 'STANDARD',
        DefinitionString: text,
        DefinitionSubstitutions: Object.fromEntries(
          called.map((each) => [each.substitution, arnOf(functionIdOf(each.name))]),
        ),
        RoleArn: arnOf(roleIdOf(name)),
        LoggingConfiguration: {
          Level: 'ERROR',
          IncludeExecutionData: false,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf(logGroupId) } }],
        },
        TracingConfiguration: { Enabled: true },
      },
    },
  };
}

/** `patch-fleet` or `watch-sla`. Ref of a state machine is its ARN. */
export const stateMachineArn = (name: string): Value => ref(stateMachineIdOf(name));
