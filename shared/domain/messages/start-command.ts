/** The variable that the runbook sets to the state machine's ARN. */
const anyMachine = '"$STATE_MACHINE_ARN"';

/** The command line that starts a policy's run by hand. `patchFleetArn`: the state machine, if it is known. */
export function startCommand(policy: string, patchFleetArn?: string): string {
  const region = patchFleetArn?.split(':')[3];
  return [
    'aws stepfunctions start-execution',
    ...(region ? [`--region ${region}`] : []),
    `--state-machine-arn ${patchFleetArn ?? anyMachine}`,
    `--input '${JSON.stringify({ policy })}'`,
  ].join(' ');
}
