import * as z from 'zod';
import type { Plan } from './plan.ts';
import { batchIdSchema, runIdSchema } from './run-id.ts';
import { usageSchema } from './usage.ts';

/** What the state machine knows of its own execution, from the context object. */
export const executionSchema = z.object({
  id: z
    .string()
    .regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:execution:.+$/, 'allowed: the ARN of an execution'),
  name: z.string().min(1).max(80),
  startTime: z.iso.datetime({ offset: true }),
});
export type Execution = z.infer<typeof executionSchema>;

/** The payload that goes round in the run's own execution: which batches are next, never what is in them. */
export const runTurnSchema = z.object({
  kind: z.literal('wave'),
  runId: runIdSchema,
  next: z.enum(['patch', 'bake', 'finish']),
  /** Why the run finishes; null while it goes on. */
  reason: z.string().nullable(),
  isHalted: z.boolean(),
  bakeSeconds: z.number().int().nonnegative(),
  wave: z.object({
    waveIndex: z.number().int().nonnegative(),
    parallelBatches: z.number().int().positive(),
    batches: z.array(z.object({ batchId: batchIdSchema, turn: z.number().int().nonnegative() })),
  }),
  usage: usageSchema,
});
export type RunTurn = z.infer<typeof runTurnSchema>;

/** The untouched batches of a wave, as the Map run takes them. */
export function waveToRun(plan: Plan, waveIndex: number): RunTurn['wave'] {
  const wave = plan.waves[waveIndex];
  return {
    waveIndex,
    parallelBatches: wave?.parallelBatches ?? 1,
    batches: (wave?.batchIds ?? []).map((batchId) => ({ batchId, turn: 0 })),
  };
}
