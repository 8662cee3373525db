import * as z from 'zod';

/** An item of ListScopes, and the state machine's ARN, which tells our own account and Region. */
export const updateLedgerInput = z.object({
  policy: z.string(),
  scope: z.number().int().nonnegative(),
  stateMachine: z.object({ Id: z.string() }),
});
export type UpdateLedgerInput = z.infer<typeof updateLedgerInput>;
