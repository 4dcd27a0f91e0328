import { azureContainers } from '../../clouds/azure-buckets';
import { gcsBuckets } from '../../clouds/gcs-buckets';
import { type S3Features, s3Buckets } from '../../clouds/s3-buckets';
import type { BucketPlan } from '../../core/lifecycle';

const plan = (changes: Partial<BucketPlan> = {}): BucketPlan => ({
  purpose: 'raw',
  name: 'lake-raw',
  rules: [{ paths: ['in/'], coolDays: 30, coldDays: 60, archiveDays: 90, expireDays: 400, from: 'default' }],
  versionDays: 14,
  accessLog: 'lake-access-logs',
  encryptionKey: undefined,
  ...changes,
});

// biome-ignore lint/suspicious/noExplicitAny: descriptions in the words of three APIs, of which each test knows one
const loose = (value: unknown): any => value;

const AWS: S3Features = {
  classes: { cool: 'STANDARD_IA', cold: 'GLACIER_IR', archive: 'GLACIER' },
  accessLog: true,
  publicAccessBlock: true,
  account: { id: '111122223333', partition: 'aws' },
};

describe('S3', () => {
  const s3 = (changes: Partial<BucketPlan> = {}, features: S3Features = AWS) =>
    loose(s3Buckets([plan(changes)], features))[changes.purpose ?? 'raw'];

  test('objects move and go by one rule a path; versions and unfinished uploads by one for the bucket', () => {
    expect(s3().LifecycleConfiguration.Rules).toEqual([
      {
        ID: 'age-in',
        Status: 'Enabled',
        Filter: { Prefix: 'in/' },
        Transitions: [
          { Days: 30, StorageClass: 'STANDARD_IA' },
          { Days: 60, StorageClass: 'GLACIER_IR' },
          { Days: 90, StorageClass: 'GLACIER' },
        ],
        Expiration: { Days: 400 },
      },
      {
        ID: 'clean',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 14 },
      },
    ]);
  });

  test('marks of deleted objects go where no rule sweeps them up', () => {
    const [clean] = s3({ rules: [] }).LifecycleConfiguration.Rules;
    expect(clean.Expiration).toEqual({ ExpiredObjectDeleteMarker: true });
    expect(s3({ rules: [], versionDays: 0 }).LifecycleConfiguration.Rules[0]).not.toHaveProperty(
      'Expiration',
    );
  });

  test('nothing is public, nothing is sent in the clear, and accesses are logged', () => {
    const bucket = s3();
    expect(new Set(Object.values(bucket.PublicAccessBlockConfiguration))).toEqual(new Set([true]));
    expect(bucket.Policy.Statement).toMatchObject([
      { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
    expect(bucket.BucketLoggingStatus.LoggingEnabled).toEqual({
      TargetBucket: 'lake-access-logs',
      TargetPrefix: 'raw/',
    });
  });

  test('the store may write access logs, for its own account only, and with its own key', () => {
    const logs = s3({ purpose: 'access-logs', accessLog: undefined, encryptionKey: 'arn:aws:kms:x' });
    expect(logs.Policy.Statement[1]).toMatchObject({
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
    expect(logs).not.toHaveProperty('BucketLoggingStatus');
    const key = ({
      ServerSideEncryptionConfiguration: { Rules },
    }: {
      ServerSideEncryptionConfiguration: never;
    }) => loose(Rules)[0].ApplyServerSideEncryptionByDefault;
    expect(key(logs)).toEqual({ SSEAlgorithm: 'AES256' });
    expect(key(s3({ encryptionKey: 'arn:aws:kms:x' }))).toMatchObject({ KMSMasterKeyID: 'arn:aws:kms:x' });
  });

  test('a store without classes moves nothing', () => {
    const plain = s3({}, { classes: {}, accessLog: false, publicAccessBlock: false });
    expect(plain.LifecycleConfiguration.Rules[0]).not.toHaveProperty('Transitions');
    for (const field of ['PublicAccessBlockConfiguration', 'BucketLoggingStatus', 'Policy'])
      expect(plain).not.toHaveProperty(field);
  });
});

describe('Cloud Storage', () => {
  const gcs = (changes: Partial<BucketPlan> = {}) => loose(gcsBuckets([plan(changes)])).raw;

  test('each step is a rule of its own; versions go by the day they were replaced', () => {
    expect(gcs().lifecycle.rule).toEqual([
      {
        action: { type: 'SetStorageClass', storageClass: 'NEARLINE' },
        condition: { age: 30, matchesPrefix: ['in/'] },
      },
      {
        action: { type: 'SetStorageClass', storageClass: 'COLDLINE' },
        condition: { age: 60, matchesPrefix: ['in/'] },
      },
      {
        action: { type: 'SetStorageClass', storageClass: 'ARCHIVE' },
        condition: { age: 90, matchesPrefix: ['in/'] },
      },
      { action: { type: 'Delete' }, condition: { age: 400, isLive: true, matchesPrefix: ['in/'] } },
      { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 14, isLive: false } },
      { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
    ]);
  });

  test('nothing is public, accesses are logged, and what need not come back is not paid for', () => {
    expect(gcs().iamConfiguration).toEqual({
      uniformBucketLevelAccess: { enabled: true },
      publicAccessPrevention: 'enforced',
    });
    expect(gcs().logging).toEqual({ logBucket: 'lake-access-logs', logObjectPrefix: 'raw' });
    expect(gcs()).not.toHaveProperty('softDeletePolicy');
    expect(gcs({ versionDays: 0 }).softDeletePolicy).toEqual({ retentionDurationSeconds: '0' });
    expect(gcs({ encryptionKey: 'k' }).encryption).toEqual({ defaultKmsKeyName: 'k' });
    const whole = gcs({ rules: [{ paths: [''], expireDays: 5, from: 'default' }] });
    expect(whole.lifecycle.rule[0].condition).toEqual({ age: 5, isLive: true });
  });
});

describe('Azure', () => {
  const azure = (...plans: BucketPlan[]) =>
    loose(azureContainers(plans, { account: 'acmelake', accessLogs: 'acmelakelogs' }));

  test('one policy for the account, whose prefixes begin with the container, ten to a rule', () => {
    const paths = Array.from({ length: 12 }, (_, index) => `team-${index}/`);
    const { rules } = azure(
      plan(),
      plan({ purpose: 'event-logs', rules: [{ paths, expireDays: 5, from: 'default' }] }),
    ).managementPolicies.policy;
    expect(rules.map(({ name }: { name: string }) => name)).toEqual(['raw1', 'eventlogs1', 'eventlogs2']);
    expect(rules[0].definition).toEqual({
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['lake-raw/in/'] },
      actions: {
        baseBlob: {
          tierToCool: { daysAfterModificationGreaterThan: 30 },
          tierToCold: { daysAfterModificationGreaterThan: 60 },
          tierToArchive: { daysAfterModificationGreaterThan: 90 },
          delete: { daysAfterModificationGreaterThan: 400 },
        },
      },
    });
    expect(rules[1].definition.filters.prefixMatch).toHaveLength(10);
    expect(rules[2].definition.filters.prefixMatch).toHaveLength(2);
  });

  test('what is deleted comes back for the longest of the days, in an account that can archive where it must', () => {
    const one = azure(plan({ versionDays: 3 }), plan({ purpose: 'curated', versionDays: 21, rules: [] }));
    expect(one.blobServices.deleteRetentionPolicy).toEqual({ enabled: true, days: 21 });
    expect(one.storageAccount.sku.name).toBe('Standard_GRS');
    expect(azure(plan({ rules: [], versionDays: 0 }))).toMatchObject({
      storageAccount: { sku: { name: 'Standard_ZRS' } },
      blobServices: { deleteRetentionPolicy: { enabled: false } },
    });
  });

  test('nothing is public, and logs go to another account', () => {
    const one = azure(plan({ encryptionKey: 'https://acme.vault.azure.net/keys/lake' }));
    expect(one.storageAccount.properties).toMatchObject({
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      encryption: {
        keySource: 'Microsoft.Keyvault',
        keyvaultproperties: { keyvaulturi: 'https://acme.vault.azure.net', keyname: 'lake' },
      },
    });
    expect(one.containers.raw.properties).toEqual({ publicAccess: 'None' });
    expect(one.diagnosticSettings.storageAccount).toBe('acmelakelogs');
    expect(azure(plan({ accessLog: undefined }))).not.toHaveProperty('diagnosticSettings');
  });
});
