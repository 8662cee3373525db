/** A managed node's id: AWS API reference, Systems Manager, SendCommand `InstanceIds`. */
export const instanceIdRule = { pattern: '(^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)' } as const;

/** How many ids one call carries: SendCommand, CancelCommand and DescribeInstancePatchStates alike. */
export const instanceIdsRule = { min: 0, max: 50, member: instanceIdRule } as const;

/** A document's name or ARN: AWS API reference, Systems Manager, SendCommand `DocumentName`. */
export const documentNameRule = { pattern: '^[a-zA-Z0-9_\\-.:/]{3,128}$' } as const;

/** A document's version: `$LATEST`, `$DEFAULT` or a number. */
export const documentVersionRule = { pattern: '([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)' } as const;

/** A command id is a UUID; the model bounds its length only, so other text is an `InvalidCommandId`. */
export const commandIdRule = { min: 36, max: 36 } as const;

/** Page size of ListCommands and ListCommandInvocations; absent means the most. */
export const commandPageRange = { min: 1, max: 50 } as const;

/** Page size of the patch state operations and of DescribeMaintenanceWindowExecutions. */
export const patchPageRange = { min: 10, max: 100 } as const;

/** A UUID, whatever its version. */
export const uuidPattern = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
