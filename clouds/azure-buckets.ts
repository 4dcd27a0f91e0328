import type { AgingRule, BucketPlan } from '../core/lifecycle';
import type { JsonValue } from '../core/yaml';

/** Accounts that hold the lake and its access logs. */
export interface AzureAccounts {
  readonly account: string;
  /** An account cannot keep logs of itself. */
  readonly accessLogs: string;
}

const TIERS = [
  ['coolDays', 'tierToCool'],
  ['coldDays', 'tierToCold'],
  ['archiveDays', 'tierToArchive'],
] as const;

/** The most prefixes that a rule of a policy takes. */
const PREFIXES = 10;

/**
 * Containers in the words of Azure Resource Manager (Microsoft.Storage): properties of the account, of its Blob service,
 * of its containers and of its management policy, and the logs of a diagnostic setting. Versions are not for accounts
 * with hierarchical namespace; soft delete is, and holds for the account.
 */
export function azureContainers(
  plans: readonly BucketPlan[],
  { account, accessLogs }: AzureAccounts,
): JsonValue {
  const days = Math.max(...plans.map(({ versionDays }) => versionDays));
  const key = plans[0]?.encryptionKey;
  const logged = plans.some(({ accessLog }) => accessLog !== undefined);
  const retention = days > 0 ? { enabled: true, days } : { enabled: false };
  return {
    storageAccount: {
      name: account,
      kind: 'StorageV2',
      // Copies in several zones cannot be archived.
      sku: { name: archives(plans) ? 'Standard_GRS' : 'Standard_ZRS' },
      properties: {
        isHnsEnabled: true,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        // Keys of the account may do everything; whoever has a grant needs none.
        allowSharedKeyAccess: false,
        ...(key
          ? { encryption: { keySource: 'Microsoft.Keyvault', keyvaultproperties: vaultKey(key) } }
          : {}),
      },
    },
    blobServices: { deleteRetentionPolicy: retention, containerDeleteRetentionPolicy: retention },
    containers: Object.fromEntries(
      plans.map(({ purpose, name }) => [purpose, { name, properties: { publicAccess: 'None' } }]),
    ),
    managementPolicies: { policy: { rules: plans.flatMap(rules) } },
    ...(logged
      ? {
          diagnosticSettings: {
            storageAccount: accessLogs,
            logs: ['StorageRead', 'StorageWrite', 'StorageDelete'].map((category) => ({
              category,
              enabled: true,
            })),
          },
        }
      : {}),
  };
}

const archives = (plans: readonly BucketPlan[]): boolean =>
  plans.some(({ rules: each }) => each.some(({ archiveDays }) => archiveDays !== undefined));

function rules({ purpose, name, rules: planned }: BucketPlan): JsonValue[] {
  return planned
    .flatMap((rule) => chunks(rule.paths).map((paths) => ({ rule, paths })))
    .map(({ rule, paths }, index) => ({
      // Names are letters and digits.
      name: `${purpose.replaceAll('-', '')}${index + 1}`,
      enabled: true,
      type: 'Lifecycle',
      definition: {
        filters: { blobTypes: ['blockBlob'], prefixMatch: paths.map((path) => `${name}/${path}`) },
        actions: { baseBlob: actions(rule) },
      },
    }));
}

const actions = (rule: AgingRule): JsonValue => ({
  ...Object.fromEntries(
    TIERS.flatMap(([step, action]) =>
      rule[step] ? [[action, { daysAfterModificationGreaterThan: rule[step] }] as const] : [],
    ),
  ),
  ...(rule.expireDays ? { delete: { daysAfterModificationGreaterThan: rule.expireDays } } : {}),
});

function chunks(paths: readonly string[]): readonly string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < paths.length; at += PREFIXES) parts.push(paths.slice(at, at + PREFIXES));
  return parts;
}

/** `https://vault.vault.azure.net/keys/name` in its parts. */
function vaultKey(url: string): JsonValue {
  const { origin, pathname } = new URL(url);
  return { keyvaulturi: origin, keyname: pathname.split('/')[2] ?? '' };
}
