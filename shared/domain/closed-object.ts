import * as z from 'zod';

/** An object of these keys and no others. An unknown key is refused with a list of those that are known. */
export function closedObject<const Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `allowed: ${known}` : undefined),
  });
}
