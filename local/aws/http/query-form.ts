import { AwsError } from '../service.ts';
import type { AwsRequest } from './request.ts';

/** The flat form of a query request, with AWS's numbered names for lists (`InstanceId.1`, `Filter.2.Value.1`). */
export class QueryForm {
  private readonly fields: ReadonlyMap<string, string>;

  constructor(fields: ReadonlyMap<string, string>) {
    this.fields = fields;
  }

  get(name: string): string | undefined {
    return this.fields.get(name);
  }

  /** Throws ValidationError, as AWS words a missing required member. */
  required(name: string): string {
    const value = this.get(name);
    if (value !== undefined) return value;
    const at = name.charAt(0).toLowerCase() + name.slice(1);
    const constraint = 'failed to satisfy constraint: Member must not be null';
    throw new AwsError('ValidationError', `1 validation error detected: Value null at '${at}' ${constraint}`);
  }

  /** The values of `prefix.1`, `prefix.2`, … up to the first gap. */
  list(prefix: string): readonly string[] {
    const values: string[] = [];
    for (let index = 1; ; index += 1) {
      const value = this.get(`${prefix}.${index}`);
      if (value === undefined) return values;
      values.push(value);
    }
  }

  /** Every structure under `prefix.1.`, `prefix.2.`, … as a form of its own. */
  structures(prefix: string): readonly QueryForm[] {
    const structures: QueryForm[] = [];
    for (let index = 1; ; index += 1) {
      const start = `${prefix}.${index}.`;
      const own = [...this.fields].filter(([name]) => name.startsWith(start));
      if (own.length === 0) return structures;
      structures.push(new QueryForm(new Map(own.map(([name, value]) => [name.slice(start.length), value]))));
    }
  }
}

/** Reads the body of a POST, or the query of a GET, which the query protocol allows as well. */
export function readQueryForm(request: AwsRequest): QueryForm {
  const isPost = request.method === 'POST';
  return new QueryForm(new Map(isPost ? new URLSearchParams(request.body.toString('utf8')) : request.query));
}
