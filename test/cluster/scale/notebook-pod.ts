import type { SiteModel } from '../../../core/model';
import type { PodSpec, PodTemplate } from '../../../core/pods';

/** What the configuration of the hub says of servers, as far as it is their pods. */
interface Values {
  readonly profiles: readonly { readonly cores: number; readonly memory: string }[];
  readonly server: {
    readonly image: string;
    readonly role: string;
    readonly common_labels: Readonly<Record<string, string>>;
    readonly pod: {
      readonly service_account: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly pod_security_context: object;
      readonly container_security_context: object;
      readonly extra_pod_config: Partial<PodSpec>;
    };
  };
}

/**
 * The pod of a server of the first profile as the hub makes it from its configuration, which no object shows: without
 * volumes, since homes are of users.
 * @returns undefined where the site has no hub
 */
export function notebookPod({ entries }: Pick<SiteModel, 'entries'>): PodTemplate | undefined {
  const found = entries.find(
    ({ component, manifest }) =>
      component === 'jupyterhub' && manifest.kind === 'ConfigMap' && textOf(manifest.data) !== undefined,
  );
  const text = textOf(found?.manifest.data);
  if (text === undefined) return undefined;
  // Written by charts/processing/jupyterhub/values.ts.
  const { profiles, server } = JSON.parse(text) as Values;
  const [{ cores, memory } = { cores: 0, memory: '0' }] = profiles;
  const { pod, image, role, common_labels: common } = server;
  // KubeSpawner counts in powers of two, whatever it writes.
  const bytes = memory.replace(/[KMGT]$/, '$&i');
  const container = {
    name: 'notebook',
    image,
    resources: { requests: { cpu: `${cores}`, memory: bytes }, limits: { memory: bytes } },
    securityContext: pod.container_security_context,
  };
  return {
    path: 'values.json',
    labels: { ...common, ...pod.labels, 'app.kubernetes.io/component': role },
    spec: {
      ...pod.extra_pod_config,
      serviceAccountName: pod.service_account,
      securityContext: pod.pod_security_context,
      containers: [container],
    },
  };
}

function textOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('values.json' in data)) return undefined;
  return String(data['values.json']);
}
