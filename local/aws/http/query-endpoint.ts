import { AwsError } from '../service.ts';
import type { CommonErrors, Endpoint, ServiceName } from './endpoint.ts';
import { type QueryForm, readQueryForm } from './query-form.ts';
import type { Reply, SignedCaller } from './request.ts';
import { type XmlMembers, xmlDocument } from './xml.ts';

/** One operation of a query service: the form in, the members of its result out, an AwsError thrown. */
export type QueryOperation = (form: QueryForm, caller: SignedCaller) => XmlMembers;

/** How the two dialects differ: the envelope of results and errors, and the words of the common errors. */
export interface QueryDialect {
  readonly errors: CommonErrors;
  result(operation: string, members: XmlMembers, requestId: string): XmlMembers;
  error(error: AwsError, requestId: string): { readonly root: string; readonly members: XmlMembers };
}

export interface QueryService {
  readonly service: ServiceName;
  readonly version: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
  readonly dialect: QueryDialect;
}

const headers = { 'content-type': 'text/xml' };

/** A service of the query protocol, by the `Action` of the form. */
export function createQueryEndpoint({
  service,
  version,
  namespace,
  operations,
  dialect,
}: QueryService): Endpoint {
  const find = (form: QueryForm): string => {
    const action = form.get('Action') ?? '';
    if (Object.hasOwn(operations, action) && form.get('Version') === version) return action;
    const message = `Could not find operation ${action} for version ${form.get('Version') ?? '(none)'}`;
    throw new AwsError('InvalidAction', message);
  };
  const xml = (statusCode: number, body: string): Reply => ({ statusCode, headers, body });
  return {
    service,
    errors: dialect.errors,
    operationOf: (request) => find(readQueryForm(request)),
    perform({ request, operation, caller }) {
      const perform = operations[operation];
      if (!perform) throw new AwsError('InvalidAction', `Could not find operation ${operation}`);
      const members = dialect.result(operation, perform(readQueryForm(request), caller), request.requestId);
      return xml(200, xmlDocument(`${operation}Response`, members, namespace));
    },
    refuse(error, request) {
      const { root, members } = dialect.error(error, request.requestId);
      return xml(error.statusCode, xmlDocument(root, members, service === 'ec2' ? undefined : namespace));
    },
  };
}
