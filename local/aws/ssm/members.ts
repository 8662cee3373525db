import { AwsError } from '../service.ts';

/** A string's modelled constraints. A pattern has to match the whole value, as AWS's front end does it. */
export interface StringRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/** Bounds of an integer or of a list's length. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A list of strings: bounds of its length, and what each string has to be. */
export interface ListRule extends Range {
  readonly member?: StringRule;
}

/** A list of structures: bounds of its length, and how each is read. */
export interface StructuresRule<T> extends Range {
  readonly read: (members: Members) => T;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a request's members against AWS's model: a wrong JSON type is a `SerializationException` at once, broken
 * constraints are collected, and `finish` throws them as one `ValidationException`. Unknown members are ignored.
 */
export class Members {
  private readonly input: Json;
  private readonly path: string;
  private readonly violations: string[];

  constructor(input: Json, path = '', violations: string[] = []) {
    this.input = input;
    this.path = path;
    this.violations = violations;
  }

  string(name: string, rule: StringRule = {}): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const text = asString(value);
    for (const broken of brokenStringRules(text, rule)) this.refuse(name, `'${text}'`, broken);
    return text;
  }

  requiredString(name: string, rule: StringRule = {}): string {
    return this.string(name, rule) ?? this.refuseNull(name, '');
  }

  integer(name: string, range: Range = {}): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw unserializable(value, 'an Integer');
    const whole = Math.trunc(value);
    for (const broken of brokenRange(whole, range, 'value')) this.refuse(name, `'${whole}'`, broken);
    return whole;
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') throw unserializable(value, 'a Boolean');
    return value;
  }

  strings(name: string, rule: ListRule = {}): readonly string[] | undefined {
    const list = this.list(name, rule)?.map(asString);
    const broken = new Set(list?.flatMap((text) => brokenStringRules(text, rule.member ?? {})));
    if (list && broken.size > 0) {
      this.refuse(
        name,
        `'[${list.join(', ')}]'`,
        `Member must satisfy constraint: [${[...broken].join(', ')}]`,
      );
    }
    return list;
  }

  requiredStrings(name: string, rule: ListRule = {}): readonly string[] {
    return this.strings(name, rule) ?? this.refuseNull(name, []);
  }

  structures<T>(name: string, rule: StructuresRule<T>): readonly T[] | undefined {
    const { read } = rule;
    return this.list(name, rule)?.map((item, index) =>
      read(new Members(asStructure(item), `${this.at(name)}.${index + 1}.member.`, this.violations)),
    );
  }

  structure<T>(name: string, read: (members: Members) => T): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    return read(new Members(asStructure(value), `${this.at(name)}.`, this.violations));
  }

  /** A map of lists of strings: SSM's `Parameters`. */
  stringLists(name: string): Readonly<Record<string, readonly string[]>> {
    const entries = Object.entries(asStructure(this.value(name) ?? {}));
    return Object.fromEntries(entries.map(([key, value]) => [key, asList(value).map(asString)]));
  }

  /** Throws every broken constraint of the request and of its nested structures. */
  finish(): void {
    const count = this.violations.length;
    if (count === 0) return;
    const errors = count === 1 ? 'error' : 'errors';
    throw new AwsError(
      'ValidationException',
      `${count} validation ${errors} detected: ${this.violations.join('; ')}`,
    );
  }

  private list(name: string, range: Range): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const list = asList(value);
    for (const broken of brokenRange(list.length, range, 'length'))
      this.refuse(name, `'[${list.join(', ')}]'`, broken);
    return list;
  }

  private value(name: string): unknown {
    return this.input[name] ?? undefined;
  }

  private at(name: string): string {
    return `${this.path}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  }

  private refuse(name: string, value: string, constraint: string): void {
    this.violations.push(`Value ${value} at '${this.at(name)}' failed to satisfy constraint: ${constraint}`);
  }

  private refuseNull<T>(name: string, substitute: T): T {
    this.refuse(name, 'null', 'Member must not be null');
    return substitute;
  }
}

function brokenStringRules(text: string, rule: StringRule): string[] {
  const broken = brokenRange(text.length, rule, 'length');
  if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`, 'u').test(text)) {
    broken.push(`Member must satisfy regular expression pattern: ${rule.pattern}`);
  }
  if (rule.values && !rule.values.includes(text)) {
    broken.push(`Member must satisfy enum value set: [${rule.values.join(', ')}]`);
  }
  return broken;
}

function brokenRange(amount: number, range: Range, word: 'value' | 'length'): string[] {
  const broken: string[] = [];
  if (range.max !== undefined && amount > range.max) {
    broken.push(`Member must have ${word} less than or equal to ${range.max}`);
  }
  if (range.min !== undefined && amount < range.min) {
    broken.push(`Member must have ${word} greater than or equal to ${range.min}`);
  }
  return broken;
}

function asString(value: unknown): string {
  if (typeof value !== 'string') throw unserializable(value, 'a String');
  return value;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unserializable(value, 'a List');
  return value;
}

function asStructure(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unserializable(value, 'a Structure');
  return Object.fromEntries(Object.entries(value));
}

function unserializable(value: unknown, wanted: string): AwsError {
  return new AwsError('SerializationException', `${tokenOf(value)} can not be converted to ${wanted}`);
}

/** The parser's name for what stands in the JSON text. */
function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return value === null ? 'VALUE_NULL' : 'START_OBJECT';
  return `${typeof value}_VALUE`.toUpperCase();
}
