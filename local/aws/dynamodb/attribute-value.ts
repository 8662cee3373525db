import { z } from 'zod';

/** An item on the wire: names to values that carry their type, such as `{ "N": "1" }`. */
export const wireItemSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

type WireValue = Readonly<Record<string, unknown>>;

/** An item as a DocumentClient reads it. */
export type PlainItem = Readonly<Record<string, unknown>>;

/** The item without its types; a binary value stays in base64. */
export function plainItem(item: z.infer<typeof wireItemSchema>): PlainItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: WireValue): unknown {
  const [type, content] = Object.entries(value)[0] ?? [];
  if (type === 'N') return Number(content);
  if (type === 'NULL') return null;
  if (type === 'L') return z.array(z.record(z.string(), z.unknown())).parse(content).map(plainValue);
  if (type === 'M') return plainItem(wireItemSchema.parse(content));
  if (type === 'NS') return new Set(z.array(z.string()).parse(content).map(Number));
  if (type === 'SS' || type === 'BS') return new Set(z.array(z.string()).parse(content));
  return content;
}
