/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that must be an object; `path` names it in the error. */
export function objectAt(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TypeError(`${path} must be an object, not ${JSON.stringify(value)}`);
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${path} must be a string, not ${JSON.stringify(value)}`);
}

/** A list of objects; undefined is an empty one. */
export function objectsAt(value: unknown, path: string): readonly JsonObject[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError(`${path} must be an array, not ${JSON.stringify(value)}`);
  return value.map((item, index) => objectAt(item, `${path}[${index}]`));
}
