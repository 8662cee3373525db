import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { FinalizeHandler, HandlerExecutionContext } from '@smithy/types';
import type { Scope } from '../domain/policy.ts';

/** Calls by `service:Operation`, every attempt counted: what AWS sees, and what it throttles by. */
export type CallCounter = (operation: string) => void;

/** Throttling is normal and passes: eight attempts with the SDK's full jitter span about a minute. Times in ms. */
export const patient = {
  maxAttempts: 8,
  retryMode: 'standard',
  // An answer that takes longer than this is lost. The largest call puts the record of a run: 80 MB of 100,000 nodes.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
} as const;

/**
 * STS caps chained roles at an hour, and every role allows one. An environment meets many scopes, each of them every
 * few minutes: with shorter sessions it would assume a role for nearly every invocation.
 */
const sessionSeconds = 3600;
/** A session is not begun to be used so shortly before its end: no handler lives longer. Milliseconds. */
const leastSession = 15 * 60_000;

/** Where the clients of a scope work, and as whom: own account by the function's role, a spoke by its assumed role. */
export function configFor(scope: Scope, count: CallCounter) {
  return {
    ...patient,
    region: scope.region,
    ...(scope.roleArn ? { credentials: assumedRole(scope, count) } : {}),
  };
}

function assumedRole(scope: Scope, count: CallCounter) {
  const sts = new STSClient({ ...patient, region: scope.region });
  sts.middlewareStack.add(counter('sts', count), behindRetry);
  return sharedSession(async () => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: scope.roleArn,
        RoleSessionName: 'fleet-patcher',
        ExternalId: scope.externalId,
        DurationSeconds: sessionSeconds,
      }),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      throw new Error(
        `sts:AssumeRole of ${scope.roleArn} for account ${scope.accountId} returned no credentials`,
      );
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      ...(Credentials.SessionToken ? { sessionToken: Credentials.SessionToken } : {}),
      ...(Credentials.Expiration ? { expiration: Credentials.Expiration } : {}),
    };
  });
}

interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Every client keeps its credentials by itself: those that are made of one configuration share a session here. */
function sharedSession(assume: () => Promise<Session>): () => Promise<Session> {
  let assumed: Promise<Session> | undefined;
  const isLongEnough = ({ expiration }: Session) => (expiration?.getTime() ?? 0) - Date.now() > leastSession;
  return () => {
    assumed = assumed
      ? assumed.then((session) => (isLongEnough(session) ? session : assume()), assume)
      : assume();
    return assumed;
  };
}

/** Stands behind the SDK's retry in the stack, so that every attempt counts. */
export const behindRetry = { step: 'finalizeRequest', priority: 'low', name: 'countCalls' } as const;

/** A middleware that counts a client's calls. */
export function counter(service: string, count: CallCounter) {
  return <Input extends object, Output extends object>(
    next: FinalizeHandler<Input, Output>,
    context: HandlerExecutionContext,
  ): FinalizeHandler<Input, Output> =>
    (args) => {
      count(`${service}:${String(context['commandName'] ?? 'Unknown').replace(/Command$/, '')}`);
      return next(args);
    };
}
