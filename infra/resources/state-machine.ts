import { arnOf, type Resources, ref } from '../cloudformation.ts';
import { functionIdOf, type Naming, stateMachineNameOf } from '../names.ts';

/** A function that a definition calls, by the name that it gives to the function's ARN. */
interface Substitution {
  readonly name: string;
  readonly substitution: string;
}

/**
 * The state machine from its definition's own text. Errors are logged, payloads are not: they name servers. The log
 * group lies below /aws/vendedlogs, which spares the ten resource policies of CloudWatch Logs.
 */
export function stateMachineResources(
  naming: Naming,
  definition: {
    readonly text: string;
    readonly functions: readonly Substitution[];
    readonly logDays: number;
  },
): Resources {
  return {
    PatchFleetLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: `/aws/vendedlogs/states/${stateMachineNameOf(naming)}`,
        RetentionInDays: definition.logDays,
      },
    },
    PatchFleetStateMachine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: stateMachineNameOf(naming),
        StateMachineType: 'STANDARD',
        DefinitionString: definition.text,
        DefinitionSubstitutions: Object.fromEntries(
          definition.functions
            .filter(({ substitution }) => definition.text.includes(`\${${substitution}}`))
            .map(({ name, substitution }) => [substitution, arnOf(functionIdOf(name))]),
        ),
        RoleArn: arnOf('PatchFleetRole'),
        LoggingConfiguration: {
          Level: 'ERROR',
          IncludeExecutionData: false,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf('PatchFleetLogGroup') } }],
        },
        TracingConfiguration: { Enabled: true },
      },
    },
  };
}

export const stateMachineArn = ref('PatchFleetStateMachine');
