import type { Api } from '../api';
import type { Variable, Workload } from './container';
import { readData } from './data';

/** The environment that a container declares, with what the kubelet would add to it. */
export async function environmentOf(
  { container, namespace, pod }: Workload,
  podName: string,
  api: Api,
): Promise<Record<string, string>> {
  if (container.envFrom) throw new Error(`${container.name}: envFrom is not translated to processes`);
  const env: Record<string, string> = {
    HOSTNAME: podName,
    KUBERNETES_SERVICE_HOST: API_SERVER.host,
    KUBERNETES_SERVICE_PORT: String(API_SERVER.port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(API_SERVER.port),
  };
  const fields: Record<string, string> = {
    'metadata.name': podName,
    'metadata.namespace': namespace,
    'spec.serviceAccountName': pod.serviceAccountName ?? 'default',
    'spec.nodeName': 'test',
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
  for (const variable of container.env ?? []) {
    const value = await resolve(variable, namespace, fields, api);
    if (value !== undefined) env[variable.name] = expand(value, env);
  }
  return env;
}

/** By name, and not by an address as the kubelet gives it: a process has no cluster network. */
export const API_SERVER = { host: 'kubernetes.default.svc', port: 443 } as const;

async function resolve(
  { name, value, valueFrom }: Variable,
  namespace: string,
  fields: Readonly<Record<string, string>>,
  api: Api,
): Promise<string | undefined> {
  if (!valueFrom) return value ?? '';
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef && fields[fieldRef.fieldPath] !== undefined) return fields[fieldRef.fieldPath];
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) throw new Error(`${name}: ${JSON.stringify(valueFrom)} is not translated to processes`);
  const kind = secretKeyRef ? 'secrets' : 'configmaps';
  const data = await readData(api, kind, namespace, reference.name);
  const found = data?.[reference.key];
  if (found === undefined && !reference.optional) {
    throw new Error(`${name}: ${kind} ${namespace}/${reference.name} has no key ${reference.key}`);
  }
  return found?.toString('utf8');
}

/** Fills in `$(NAME)` as the kubelet does, in values and in arguments. */
export const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
