import * as z from 'zod';
import { executionSchema } from '../../shared/domain/run-turn.ts';

/** The request is parsed where the policies are at hand, so that its errors can list them. */
export const resolveTargetsInput = z.object({ execution: executionSchema, request: z.unknown() });
export type ResolveTargetsInput = z.infer<typeof resolveTargetsInput>;
