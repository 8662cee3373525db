import type { QueryForm } from '../http/query-form.ts';
import { ec2Error } from './error.ts';

/** What is filtered, and the values that an item has under a filter's name. */
export interface Filterable<Item> {
  readonly items: readonly Item[];
  isKnown(name: string): boolean;
  valuesOf(item: Item, name: string): readonly string[];
}

interface Filter {
  readonly name: string;
  readonly patterns: readonly RegExp[];
}

/**
 * Filters are ANDed and the values of one are ORed; `*` and `?` are wildcards, values are case-sensitive
 * (EC2 API Reference, DescribeInstances). Throws InvalidParameterValue for an unknown filter or one without values.
 */
export function applyFilters<Item>(
  form: QueryForm,
  { items, isKnown, valuesOf }: Filterable<Item>,
): readonly Item[] {
  const filters = readFilters(form);
  const unknown = filters.find(({ name }) => !isKnown(name));
  if (unknown) throw ec2Error.invalidParameterValue(`The filter '${unknown.name}' is invalid`);
  const passes = (item: Item, { name, patterns }: Filter): boolean =>
    valuesOf(item, name).some((value) => patterns.some((pattern) => pattern.test(value)));
  return items.filter((item) => filters.every((filter) => passes(item, filter)));
}

function readFilters(form: QueryForm): readonly Filter[] {
  return form.structures('Filter').map((structure) => {
    const name = structure.get('Name') ?? '';
    const values = structure.list('Value');
    if (values.length === 0) throw ec2Error.invalidParameterValue(`The filter '${name}' has no values`);
    return { name, patterns: values.map(wildcard) };
  });
}

function wildcard(value: string): RegExp {
  const source = value
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
