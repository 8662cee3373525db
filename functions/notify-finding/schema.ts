import * as z from 'zod';

/** What Lambda hands over from SQS: of each message its id, for the answer, and the event as it came. */
export const notifyFindingInput = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});
export type NotifyFindingInput = z.infer<typeof notifyFindingInput>;
