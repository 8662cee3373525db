import * as z from 'zod';
import { momentSchema } from '../../shared/domain/moment.ts';

/**
 * `detail` of EventBridge's "Step Functions Execution Status Change": times in epoch milliseconds. Error and cause are
 * null, or missing, where an execution was stopped without a word.
 */
export const closeRunInput = z.looseObject({
  executionArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:execution:.+$/, 'allowed: the ARN of an execution'),
  name: z.string().min(1).max(80),
  status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
  startDate: momentSchema.positive(),
  /** The request as text; missing where the event would be too large. */
  input: z.string().nullish(),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
export type CloseRunInput = z.infer<typeof closeRunInput>;
