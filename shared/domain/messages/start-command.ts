/** The command line that starts a policy's run by hand. `patchFleetArn`: the state machine. */
export function startCommand(policy: string, patchFleetArn: string): string {
  const [, , , region = ''] = patchFleetArn.split(':');
  return [
    'aws stepfunctions start-execution',
    `--region ${region}`,
    `--state-machine-arn ${patchFleetArn}`,
    `--input '${JSON.stringify({ policy })}'`,
  ].join(' ');
}
