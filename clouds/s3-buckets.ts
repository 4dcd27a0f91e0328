import { type AgingRule, type BucketPlan, UPLOAD_DAYS } from '../core/lifecycle';
import type { JsonValue } from '../core/yaml';

/** What a store that speaks S3 has beside the protocol. */
export interface S3Features {
  /** Storage class by tier; none where all objects lie in one. */
  readonly classes: { readonly cool?: string; readonly cold?: string; readonly archive?: string };
  /** Whether it writes down who reads and writes, into another bucket. */
  readonly accessLog: boolean;
  /** Whether public access is blocked bucket by bucket; where not, nothing is public anyway. */
  readonly publicAccessBlock: boolean;
  /** Account whose accesses are logged; undefined where the store asks for none. */
  readonly account?: { readonly id: string; readonly partition: string };
}

/**
 * Buckets in the words of the S3 API: the members are arguments of CreateBucket, PutBucketVersioning,
 * PutBucketLifecycleConfiguration, PutBucketEncryption, PutPublicAccessBlock, PutBucketOwnershipControls,
 * PutBucketLogging and PutBucketPolicy.
 */
export const s3Buckets = (plans: readonly BucketPlan[], features: S3Features): JsonValue =>
  Object.fromEntries(
    plans.map((plan) => [
      plan.purpose,
      {
        Bucket: plan.name,
        VersioningConfiguration: { Status: plan.versionDays > 0 ? 'Enabled' : 'Suspended' },
        LifecycleConfiguration: { Rules: lifecycleRules(plan, features) },
        ServerSideEncryptionConfiguration: { Rules: [encryption(plan)] },
        ...(features.publicAccessBlock
          ? {
              PublicAccessBlockConfiguration: {
                BlockPublicAcls: true,
                IgnorePublicAcls: true,
                BlockPublicPolicy: true,
                RestrictPublicBuckets: true,
              },
              OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
            }
          : {}),
        ...(features.accessLog && plan.accessLog
          ? {
              BucketLoggingStatus: {
                LoggingEnabled: { TargetBucket: plan.accessLog, TargetPrefix: `${plan.purpose}/` },
              },
            }
          : {}),
        ...(features.account ? { Policy: policy(plan, features.account) } : {}),
      },
    ]),
  );

function lifecycleRules(plan: BucketPlan, { classes }: S3Features): JsonValue[] {
  const aging = plan.rules.flatMap((rule) =>
    rule.paths.map((path) => ({
      ID: path ? `age-${path.replace(/\/$/, '').replaceAll('/', '-')}` : 'age',
      Status: 'Enabled',
      Filter: { Prefix: path },
      ...transitions(rule, classes),
      ...(rule.expireDays ? { Expiration: { Days: rule.expireDays } } : {}),
    })),
  );
  const versioned = plan.versionDays > 0;
  const expires = plan.rules.some(({ expireDays }) => expireDays !== undefined);
  return [
    ...aging,
    {
      ID: 'clean',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: UPLOAD_DAYS },
      ...(versioned ? { NoncurrentVersionExpiration: { NoncurrentDays: plan.versionDays } } : {}),
      // A rule that expires objects sweeps up behind itself what marks them as deleted.
      ...(versioned && !expires ? { Expiration: { ExpiredObjectDeleteMarker: true } } : {}),
    },
  ];
}

function transitions(rule: AgingRule, classes: S3Features['classes']): { Transitions?: JsonValue[] } {
  const steps = [
    [rule.coolDays, classes.cool] as const,
    [rule.coldDays, classes.cold] as const,
    [rule.archiveDays, classes.archive] as const,
  ];
  const told = steps.flatMap(([Days, StorageClass]) =>
    Days && StorageClass ? [{ Days, StorageClass }] : [],
  );
  return told.length > 0 ? { Transitions: told } : {};
}

/** Access logs can only be written where the store's own key encrypts. */
const encryption = ({ purpose, encryptionKey }: BucketPlan): JsonValue =>
  encryptionKey && purpose !== 'access-logs'
    ? {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: encryptionKey },
        BucketKeyEnabled: true,
      }
    : { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };

/** Nothing goes over the wire in the clear; the store itself may write access logs. */
function policy(
  { purpose, name }: BucketPlan,
  { id, partition }: NonNullable<S3Features['account']>,
): JsonValue {
  const bucket = `arn:${partition}:s3:::${name}`;
  const encrypted = {
    Sid: 'OnlyEncryptedConnections',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucket, `${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const logs = {
    Sid: 'AccessLogs',
    Effect: 'Allow',
    Principal: { Service: 'logging.s3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `${bucket}/*`,
    Condition: { StringEquals: { 'aws:SourceAccount': id } },
  };
  return { Version: '2012-10-17', Statement: purpose === 'access-logs' ? [encrypted, logs] : [encrypted] };
}
