import * as z from 'zod';

/** What a run does on its nodes. Source: AWS-RunPatchBaseline, parameter Operation. */
export const operationSchema = z.enum(['Install', 'Scan']);
