import type { Policy } from '../../shared/domain/policy.ts';
import { arnOf, type Resources, ref, sub, type Value } from '../cloudformation.ts';
import type { Parameters } from '../parameters.ts';

/** Days after which an older version of an object, which only a mistake would want back, is gone. */
const noncurrentDays = 30;

/** The bucket for logs, plans and results; none if there is one already. It outlives the stack. */
export function bucketResources(
  { existingBucket, retentionDays }: Parameters,
  policies: readonly Policy[],
): Resources {
  if (existingBucket !== '') return {};
  return {
    RunBucket: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: { Rules: lifecycleRules(retentionDays) },
      },
    },
    RunBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('RunBucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'TlsOnly',
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [arnOf('RunBucket'), sub(`\${RunBucket.Arn}/*`)],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            ...spokeNodesLeaveLogs(policies),
          ],
        },
      },
    },
  };
}

/** Nodes of other accounts add their logs, as the policy of the spoke's template lets them; it takes both. */
function spokeNodesLeaveLogs(policies: readonly Policy[]): Value[] {
  const scopes = policies.flatMap((policy) => policy.scopes ?? []).filter(({ roleArn }) => roleArn);
  const accounts = [...new Set(scopes.map(({ accountId }) => accountId))].toSorted();
  if (accounts.length === 0) return [];
  const principal = { AWS: accounts.map((account) => sub(`arn:\${AWS::Partition}:iam::${account}:root`)) };
  return [
    {
      Sid: 'SpokeNodesLeaveLogs',
      Effect: 'Allow',
      Principal: principal,
      Action: 's3:PutObject',
      Resource: sub(`\${RunBucket.Arn}/logs/*`),
    },
    {
      Sid: 'SpokeNodesKnowEncryption',
      Effect: 'Allow',
      Principal: principal,
      Action: 's3:GetEncryptionConfiguration',
      Resource: arnOf('RunBucket'),
    },
  ];
}

function lifecycleRules(retentionDays: number): Value {
  return [
    {
      Id: 'Expire',
      Status: 'Enabled',
      ExpirationInDays: retentionDays,
      NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ];
}

export function bucketName(existingBucket: string): Value {
  return existingBucket === '' ? ref('RunBucket') : existingBucket;
}

/** The ARN of the bucket, or of its objects below a prefix such as `runs/*`. */
export function bucketArn(existingBucket: string, keys?: string): Value {
  const rest = keys === undefined ? '' : `/${keys}`;
  return existingBucket === ''
    ? sub(`\${RunBucket.Arn}${rest}`)
    : sub(`arn:\${AWS::Partition}:s3:::${existingBucket}${rest}`);
}
