import { AwsError } from '../service.ts';
import { uuidPattern } from './rules.ts';

/** Epoch milliseconds as AWS's JSON protocols carry a timestamp: epoch seconds with a fraction. */
export function wireTime(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

/** `InvalidCommandId` for text of the right length that is not a UUID. */
export function assertCommandId(commandId: string | undefined): void {
  if (commandId === undefined || new RegExp(`^${uuidPattern}$`).test(commandId)) return;
  throw new AwsError('InvalidCommandId', `The specified command ID is not valid: ${commandId}.`);
}
