import * as z from 'zod';
import { scopeSchema } from '../../shared/domain/scope.ts';

const { accountId, region } = scopeSchema.shape;

/** EventBridge's scheduled event: it tells the account and the Region that it comes from. */
export const checkWindowsInput = z.looseObject({ account: accountId, region });
export type CheckWindowsInput = z.infer<typeof checkWindowsInput>;
