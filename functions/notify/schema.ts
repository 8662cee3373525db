import * as z from 'zod';
import { executionSchema } from '../../shared/domain/run-turn.ts';
import { turnSchema } from '../../shared/domain/turn.ts';
import { usageSchema } from '../../shared/domain/usage.ts';

/** What a Catch puts beside the payload. */
const caughtSchema = z.object({ Error: z.string(), Cause: z.string().optional() });

/**
 * The end of a run, well or not: after a fault the payload is whatever the failed state had, so that only what is
 * needed of it is looked at.
 */
const runEndSchema = z.object({
  kind: z.literal('run-ended'),
  execution: executionSchema,
  state: z.looseObject({
    reason: z.string().nullish(),
    isHalted: z.boolean().optional(),
    /** What the run was asked for, as it came: it may be anything. */
    request: z.unknown().optional(),
    wave: z.looseObject({ waveIndex: z.number().int().nonnegative() }).optional(),
    usage: usageSchema.optional(),
    error: caughtSchema.optional(),
  }),
});
export type RunEnd = z.infer<typeof runEndSchema>;

/** The end of a run, or what cannot wait for it. */
export const notifyInput = z.discriminatedUnion('kind', [runEndSchema, turnSchema]);
export type NotifyInput = z.infer<typeof notifyInput>;
