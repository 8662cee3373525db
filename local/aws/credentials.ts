import { hexDigits, random } from '../random.ts';
import type { CommonErrors } from './http/endpoint.ts';
import type { SignedCaller } from './http/request.ts';
import type { Signature } from './http/signature.ts';

/** Temporary credentials as STS hands them out; `expiresAt` in epoch milliseconds of simulated time. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
}

export interface SessionRequest {
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly now: number;
  readonly durationSeconds: number;
}

interface Session extends SessionCredentials {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

interface Identification {
  readonly signature: Signature;
  readonly now: number;
  /** Of the called service: an error in its own words is thrown. */
  readonly errors: CommonErrors;
}

/**
 * Access key to identity. A key that STS did not hand out belongs to the default account: secrets and
 * permissions are not checked on a laptop, sessions and their expiry are.
 */
export class CredentialRegistry {
  private readonly sessions = new Map<string, Session>();
  private readonly seed: number;
  private readonly defaultAccountId: string;

  constructor(seed: number, defaultAccountId: string) {
    this.seed = seed;
    this.defaultAccountId = defaultAccountId;
  }

  issue({ accountId, roleName, sessionName, now, durationSeconds }: SessionRequest): Session {
    const stream = random(this.seed, 'session', this.sessions.size);
    const session: Session = {
      accessKeyId: `ASIA${hexDigits(stream, 16).toUpperCase()}`,
      secretAccessKey: hexDigits(stream, 40),
      sessionToken: hexDigits(stream, 64),
      expiresAt: now + durationSeconds * 1000,
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      userId: `AROA${hexDigits(random(this.seed, 'role', accountId, roleName), 16).toUpperCase()}:${sessionName}`,
    };
    this.sessions.set(session.accessKeyId, session);
    return session;
  }

  identify({ signature, now, errors }: Identification): SignedCaller {
    const { accessKeyId, region, sessionToken } = signature;
    const session = this.sessions.get(accessKeyId);
    // Keys of a session that was never issued; everybody else is who works at this machine.
    if (!session && accessKeyId.startsWith('ASIA')) throw errors.invalidToken;
    if (!session) {
      const accountId = this.defaultAccountId;
      const arn = `arn:aws:iam::${accountId}:user/local`;
      return { accountId, region, now, arn, userId: 'AIDALOCAL', isSession: false };
    }
    if (sessionToken !== session.sessionToken) throw errors.invalidToken;
    if (now >= session.expiresAt) throw errors.expiredToken;
    const { accountId, arn, userId } = session;
    return { accountId, region, now, arn, userId, isSession: true };
  }
}
