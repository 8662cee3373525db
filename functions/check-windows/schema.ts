import * as z from 'zod';

/** EventBridge's scheduled event: it tells the account and the Region that it comes from. */
export const checkWindowsInput = z.looseObject({ account: z.string().regex(/^\d{12}$/), region: z.string() });
export type CheckWindowsInput = z.infer<typeof checkWindowsInput>;
