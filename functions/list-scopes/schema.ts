import * as z from 'zod';

/** Everything stands in the policy file. */
export const listScopesInput = z.strictObject({});
export type ListScopesInput = z.infer<typeof listScopesInput>;
