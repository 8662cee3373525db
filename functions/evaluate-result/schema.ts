import * as z from 'zod';
import { runTurnSchema } from '../../shared/domain/run-turn.ts';
import { batchItemSchema, turnSchema } from '../../shared/domain/turn.ts';

/** A batch at its start, a batch after a poll, or a run after a wave's Map run. */
export const evaluateResultInput = z.discriminatedUnion('kind', [batchItemSchema, turnSchema, runTurnSchema]);
export type EvaluateResultInput = z.infer<typeof evaluateResultInput>;
