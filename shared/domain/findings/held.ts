import * as z from 'zod';
import { severityLabels } from './digest.ts';

const aboutNode = {
  key: z.object({ id: z.string(), productArn: z.string() }),
  nodeId: z.string(),
  accountId: z.string(),
  region: z.string(),
  severity: z.enum(severityLabels),
  foundAt: z.number(),
} as const;

const findingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('patch'),
    ...aboutNode,
    missing: z.number(),
    failed: z.number(),
    pendingReboot: z.number(),
  }),
  z.object({
    kind: z.literal('vulnerability'),
    ...aboutNode,
    updatedAt: z.string(),
    vulnerabilities: z.array(z.string()).readonly(),
  }),
]);

/** A finding that is news, of a policy whose people have been told of others a short while ago. */
export const heldFindingSchema = z.object({
  finding: findingSchema,
  /** As it was found to be; null for none. */
  policy: z.string().nullable(),
});
export type HeldFinding = Readonly<z.infer<typeof heldFindingSchema>>;
