import * as z from 'zod';

/** Our own account and Region stand in the ARN of the state machine that asks. */
export const reportSlaInput = z.object({
  stateMachine: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:.+$/,
      'allowed: the ARN of a state machine',
    ),
});
export type ReportSlaInput = z.infer<typeof reportSlaInput>;
