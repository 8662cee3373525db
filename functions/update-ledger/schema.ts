import * as z from 'zod';

/** An item of ListScopes, and the state machine's ARN, which tells our own account and Region. */
export const updateLedgerInput = z.object({
  policy: z.string(),
  scope: z.number().int().nonnegative(),
  stateMachine: z.object({
    Id: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:.+$/,
        'allowed: the ARN of a state machine',
      ),
  }),
});
export type UpdateLedgerInput = z.infer<typeof updateLedgerInput>;
