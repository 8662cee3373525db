import { cancelCommand } from './cancel-command.ts';
import type { SsmOperation } from './context.ts';
import { describeInstanceInformation } from './describe-instance-information.ts';
import { describeInstancePatchStates } from './describe-instance-patch-states.ts';
import { describeInstancePatches } from './describe-instance-patches.ts';
import { describeDocument, getDocument } from './document-operations.ts';
import { getCommandInvocation } from './get-command-invocation.ts';
import { getPatchBaselineForPatchGroup } from './get-patch-baseline-for-patch-group.ts';
import { listCommandInvocations } from './list-command-invocations.ts';
import { listCommands } from './list-commands.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import {
  describeMaintenanceWindowExecutions,
  describeMaintenanceWindows,
  getMaintenanceWindow,
  getMaintenanceWindowExecution,
} from './maintenance-window-operations.ts';
import { sendCommand } from './send-command.ts';

/** The embedded operations by their API name. */
export const ssmOperations: Readonly<Record<string, SsmOperation>> = {
  CancelCommand: cancelCommand,
  DescribeDocument: describeDocument,
  DescribeInstanceInformation: describeInstanceInformation,
  DescribeInstancePatchStates: describeInstancePatchStates,
  DescribeInstancePatches: describeInstancePatches,
  DescribeMaintenanceWindowExecutions: describeMaintenanceWindowExecutions,
  DescribeMaintenanceWindows: describeMaintenanceWindows,
  GetCommandInvocation: getCommandInvocation,
  GetDocument: getDocument,
  GetMaintenanceWindow: getMaintenanceWindow,
  GetMaintenanceWindowExecution: getMaintenanceWindowExecution,
  GetPatchBaselineForPatchGroup: getPatchBaselineForPatchGroup,
  ListCommandInvocations: listCommandInvocations,
  ListCommands: listCommands,
  ListTagsForResource: listTagsForResource,
  SendCommand: sendCommand,
};
