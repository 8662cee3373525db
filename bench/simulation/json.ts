export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, so that its members can be looked at. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; a TypeError that names it if it is none. */
export function objectOf(value: unknown, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TypeError(`${what} is no object: ${JSON.stringify(value)}`);
}

/** The value as a list of objects; nothing is an empty one. */
export function objectsOf(value: unknown, what: string): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item) => objectOf(item, what));
  throw new TypeError(`${what} is no list: ${JSON.stringify(value)}`);
}

/** The value as text; a TypeError that names it if it is none. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${what} is no text: ${JSON.stringify(value)}`);
}

/** The value as a number; a TypeError that names it if it is none. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  throw new TypeError(`${what} is no number: ${JSON.stringify(value)}`);
}
