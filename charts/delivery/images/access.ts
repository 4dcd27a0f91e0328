import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Egress, Identity } from '../../../core/cloud';
import { InputError } from '../../../core/problem';
import { registrySecret, storedSecret } from '../../foundation/secrets';
import { serveNamespace } from '../../processing/argo-workflows';
import type { Settings } from './settings';
import { CA } from './step';
import { ACCOUNT, NAMES, ROLES, SIGNING_KEY } from './tools';

const read = (file: string): string => fs.readFileSync(path.join(__dirname, file), 'utf8');

/** What builds run with: their account and its rights, files, secrets, ways and the compute they may take. */
export function writeAccess(chart: ComponentChart, settings: Settings, registry: string): Identity {
  const pods = Object.values(ROLES).map((role) => chart.pods(role));
  // Logs, and what one step hands to the next.
  const [identity] = pods.map((each) => chart.grant(each, ACCOUNT, 'read-write', 'artifacts'));
  if (!identity) throw new RangeError('there is no role of pods that build images');
  new k8s.KubeServiceAccount(chart, 'account', {
    metadata: {
      name: ACCOUNT,
      namespace: chart.home,
      annotations: { ...identity.serviceAccountAnnotations },
    },
    automountServiceAccountToken: true,
  });
  serveNamespace(chart, chart.home, ACCOUNT);
  for (const each of pods) {
    chart.useApiServer(each);
    chart.reach(each, web(registry, settings, chart));
  }
  new k8s.KubeConfigMap(chart, 'files', {
    metadata: { name: NAMES.files, namespace: chart.home },
    data: {
      'build.sh': read('build.sh'),
      'signing-config.json': read('signing-config.json'),
      ...(settings.certificates ? { [CA.key]: settings.certificates } : {}),
    },
  });
  writeSecrets(chart, settings, registry);
  chart.demand({
    name: 'builds of images',
    placement: chart.placement(ROLES.build),
    namespace: chart.home,
    cpu: 2,
    memory: 4 * 2 ** 30,
    pods: { min: 0, typical: 0, max: 2 },
  });
  chart.demand({
    name: 'checks of images',
    placement: chart.placement(ROLES.check),
    namespace: chart.home,
    cpu: 1,
    memory: 2 * 2 ** 30,
    pods: { min: 0, typical: 0, max: 2 },
  });
  return identity;
}

function writeSecrets(chart: ComponentChart, { signingKey, git }: Settings, registry: string): void {
  registrySecret(chart, { name: NAMES.registry, registry, account: ACCOUNT });
  if (!signingKey)
    kept(chart, NAMES.signingKey, Object.values(SIGNING_KEY), 'a person makes the key that signs images');
  if (git.secret) {
    kept(
      chart,
      git.secret,
      ['username', 'password'],
      'whoever runs the repository hands out its credentials',
    );
  }
}

/** A Secret from the store of the site, or made by hand where there is none. */
function kept(chart: ComponentChart, name: string, keys: readonly string[], reason: string): void {
  if (chart.site.cloud.secretStore) storedSecret(chart, { name, keys });
  else chart.external({ group: '', kind: 'Secret', namespace: chart.home, name }, reason);
}

/**
 * The registry, the repository, and the Internet: images that others are built from, jars, packages, vulnerabilities.
 * @throws InputError where the repository is one that a build cannot clone
 */
function web(registry: string, { git, maven, pypi }: Settings, { site }: ComponentChart): Egress {
  const repository = git.repository ?? site.git.repository;
  if (!/^https?:/.test(repository)) {
    throw new InputError([
      {
        field: 'git.repository',
        found: repository,
        message: 'images are built from this repository, and a build clones over HTTP only',
        remedy:
          'write the https URL of the same repository, and name a Secret in git.secret where it is private',
      },
    ]);
  }
  const [host = ''] = registry.split('/');
  const urls = [repository, maven, pypi, `https://${host}`].map((each) => new URL(each));
  const ports = urls.map(({ port, protocol }) => Number(port) || (protocol === 'https:' ? 443 : 80));
  // Debian's packages come over plain HTTP, signed.
  return { name: 'web', cidrs: ['0.0.0.0/0'], ports: [...new Set([80, 443, ...ports])] };
}
