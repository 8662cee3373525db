import type { CredentialRegistry } from '../credentials.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { awsQuery } from '../http/query-dialects.ts';
import { createQueryEndpoint } from '../http/query-endpoint.ts';
import type { QueryForm } from '../http/query-form.ts';
import type { SignedCaller } from '../http/request.ts';
import { AwsError } from '../service.ts';

/** A role that may be assumed by anybody who knows its external id. */
export interface AssumableRole {
  /** `arn:aws:iam::111122223333:role/fleet-patcher-spoke`. */
  readonly roleArn: string;
  /** Absent: the trust policy asks for none. */
  readonly externalId?: string;
  /** The role's MaxSessionDuration; IAM's default when absent. */
  readonly maxSessionSeconds?: number;
}

export interface StsOptions {
  readonly credentials: CredentialRegistry;
  readonly roles: readonly AssumableRole[];
}

const roleArnPattern = /^arn:aws:iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/;

/** STS: GetCallerIdentity and AssumeRole. */
export function createSts({ credentials, roles }: StsOptions): Endpoint {
  const known = new Map(roles.map((role) => [role.roleArn, role]));
  const assumeRole = (form: QueryForm, caller: SignedCaller) => {
    const request = readRequest(form);
    const role = known.get(request.roleArn);
    const [, accountId, roleName] = roleArnPattern.exec(request.roleArn) ?? [];
    const isTrusted =
      role !== undefined && (role.externalId === undefined || role.externalId === request.externalId);
    if (!isTrusted || accountId === undefined || roleName === undefined) {
      // One message for an unknown role, a wrong external id and none: AWS does not tell which.
      const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${request.roleArn}`;
      throw new AwsError('AccessDenied', message, 403);
    }
    checkDuration({ role, durationSeconds: request.durationSeconds, caller });
    const { sessionName, durationSeconds } = request;
    const session = credentials.issue({ accountId, roleName, sessionName, now: caller.now, durationSeconds });
    return {
      AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: new Date(session.expiresAt).toISOString(),
      },
    };
  };
  return createQueryEndpoint({
    service: 'sts',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    dialect: awsQuery,
    operations: {
      AssumeRole: assumeRole,
      GetCallerIdentity: (_form, { arn, userId, accountId }) => ({
        Arn: arn,
        UserId: userId,
        Account: accountId,
      }),
    },
  });
}

function readRequest(form: QueryForm) {
  const roleArn = form.required('RoleArn');
  const sessionName = form.required('RoleSessionName');
  const externalId = form.get('ExternalId');
  const durationSeconds = Number(form.get('DurationSeconds') ?? 3600);
  const isDuration = Number.isInteger(durationSeconds) && durationSeconds >= 900 && durationSeconds <= 43_200;
  const pattern = 'Member must satisfy regular expression pattern: ';
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw violated('roleSessionName', sessionName, `${pattern}[\\w+=,.@-]*, with length from 2 to 64`);
  }
  if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) {
    throw violated('externalId', externalId, `${pattern}[\\w+=,.@:\\/-]*, with length from 2 to 1224`);
  }
  if (!isDuration) {
    throw violated('durationSeconds', form.get('DurationSeconds') ?? '', 'Member must be from 900 to 43200');
  }
  if (!roleArnPattern.test(roleArn)) throw new AwsError('ValidationError', `${roleArn} is invalid`);
  return { roleArn, sessionName, externalId, durationSeconds };
}

interface Duration {
  readonly role: AssumableRole;
  readonly durationSeconds: number;
  readonly caller: SignedCaller;
}

/** IAM User Guide, "Methods to assume a role": chaining ends at one hour, whatever the role allows. */
function checkDuration({ role, durationSeconds, caller }: Duration): void {
  if (caller.isSession && durationSeconds > 3600) {
    const message =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new AwsError('ValidationError', message);
  }
  if (durationSeconds <= (role.maxSessionSeconds ?? 3600)) return;
  const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
  throw new AwsError('ValidationError', message);
}

function violated(member: string, value: string, constraint: string): AwsError {
  const problem = `Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new AwsError('ValidationError', `1 validation error detected: ${problem}`);
}
