import { AwsError, type Caller } from '../service.ts';
import { s3Error } from './errors.ts';

/** An object as it is kept; `headers` are those that GetObject gives back. */
export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  /** Epoch milliseconds of simulated time. */
  readonly lastModified: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: { readonly header: string; readonly value: string } | undefined;
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly objects: Map<string, StoredObject>;
}

/** Buckets by name: one namespace for all accounts, and no bucket policies: only the owner gets in. */
export class BucketStore {
  private readonly buckets = new Map<string, Bucket>();

  create(name: string, caller: Caller): Bucket {
    if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    }
    const existing = this.buckets.get(name);
    if (existing) return refuseExisting(existing, caller);
    const bucket = {
      name,
      accountId: caller.accountId,
      createdAt: caller.now,
      objects: new Map<string, StoredObject>(),
    };
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Throws NoSuchBucket, and AccessDenied for a bucket of another account. */
  open(name: string, caller: Caller): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw s3Error.noSuchBucket(name);
    if (bucket.accountId !== caller.accountId) throw s3Error.accessDenied();
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  ownedBy(accountId: string): readonly Bucket[] {
    return [...this.buckets.values()].filter((bucket) => bucket.accountId === accountId);
  }
}

/** In us-east-1 creating one's own bucket again answers as if it were new (CreateBucket, API reference). */
function refuseExisting(bucket: Bucket, caller: Caller): Bucket {
  if (bucket.accountId !== caller.accountId) {
    throw new AwsError(
      'BucketAlreadyExists',
      `The requested bucket name is not available: ${bucket.name}`,
      409,
    );
  }
  if (caller.region === 'us-east-1') return bucket;
  throw new AwsError('BucketAlreadyOwnedByYou', `You already own the bucket: ${bucket.name}`, 409);
}
