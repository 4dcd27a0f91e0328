import { type BucketPlan, UPLOAD_DAYS } from '../core/lifecycle';
import type { JsonValue } from '../core/yaml';

/** Storage class by tier. All are read at once; the colder ones cost more to read. */
const CLASSES = [
  ['coolDays', 'NEARLINE'],
  ['coldDays', 'COLDLINE'],
  ['archiveDays', 'ARCHIVE'],
] as const;

/** Buckets in the words of the JSON API of Cloud Storage, each a resource as `buckets.insert` takes it. */
export const gcsBuckets = (plans: readonly BucketPlan[]): JsonValue =>
  Object.fromEntries(
    plans.map((plan) => [
      plan.purpose,
      {
        name: plan.name,
        versioning: { enabled: plan.versionDays > 0 },
        lifecycle: { rule: rules(plan) },
        iamConfiguration: {
          uniformBucketLevelAccess: { enabled: true },
          publicAccessPrevention: 'enforced',
        },
        // By default what is deleted stays for a week, and is paid for.
        ...(plan.versionDays > 0 ? {} : { softDeletePolicy: { retentionDurationSeconds: '0' } }),
        ...(plan.encryptionKey ? { encryption: { defaultKmsKeyName: plan.encryptionKey } } : {}),
        ...(plan.accessLog ? { logging: { logBucket: plan.accessLog, logObjectPrefix: plan.purpose } } : {}),
      },
    ]),
  );

function rules(plan: BucketPlan): JsonValue[] {
  const aging = plan.rules.flatMap((rule) => {
    const matches = rule.paths.includes('') ? {} : { matchesPrefix: [...rule.paths] };
    return [
      ...CLASSES.flatMap(([step, storageClass]) =>
        rule[step]
          ? [
              {
                action: { type: 'SetStorageClass', storageClass },
                condition: { age: rule[step], ...matches },
              },
            ]
          : [],
      ),
      ...(rule.expireDays
        ? [{ action: { type: 'Delete' }, condition: { age: rule.expireDays, isLive: true, ...matches } }]
        : []),
    ];
  });
  return [
    ...aging,
    ...(plan.versionDays > 0
      ? [
          {
            action: { type: 'Delete' },
            condition: { daysSinceNoncurrentTime: plan.versionDays, isLive: false },
          },
        ]
      : []),
    { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: UPLOAD_DAYS } },
  ];
}
