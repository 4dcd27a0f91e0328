import { groupOf, isBuiltIn, isClusterScoped, titleOf } from '../manifest';
import type { Problem } from '../problem';
import { keyOfManifest, kindReference } from '../references';
import { at, type Rule } from './rule';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** RBAC names are path segments: anything but these. */
const SEGMENT = /^(?!\.\.?$)[^/%]+$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Longest names: kinds whose name becomes a DNS label or a label value have less than the usual 253. */
const MAX_LENGTH: Readonly<Record<string, number>> = {
  CronJob: 52,
  CronWorkflow: 52,
  Namespace: 63,
  Service: 63,
};

export const uniqueNames: Rule = {
  name: 'unique-names',
  summary: 'No two objects of a site have the same kind, namespace and name',
  check(model) {
    const seen = new Map<string, string>();
    return model.entries.flatMap((entry) => {
      const key = keyOfManifest(entry.manifest);
      const before = seen.get(key);
      seen.set(key, entry.component);
      if (before === undefined) return [];
      const message = `is written twice, by ${before} and by ${entry.component}`;
      return [
        at(entry, 'metadata.name', {
          found: entry.manifest.metadata.name,
          message,
          remedy: 'rename one of them',
        }),
      ];
    });
  },
};

export const validNames: Rule = {
  name: 'valid-names',
  summary: 'Names, labels and annotations have the syntax and length that the API server takes',
  check: (model) =>
    model.entries.flatMap((entry) => {
      const { kind, apiVersion, metadata } = entry.manifest;
      const { name, labels = {}, annotations = {} } = metadata;
      const problems: Problem[] = [];
      const broken = (path: string, found: string, message: string, remedy: string) =>
        problems.push(at(entry, path, { found, message, remedy }));
      const rbac = groupOf(apiVersion) === 'rbac.authorization.k8s.io';
      const syntax = rbac ? SEGMENT : kind === 'Namespace' || kind === 'Service' ? LABEL : SUBDOMAIN;
      const max = MAX_LENGTH[kind] ?? 253;
      if (!syntax.test(name ?? '')) {
        broken('metadata.name', name, 'is no valid name', 'use lower-case letters, digits, dashes and dots');
      } else if (name.length > max) {
        broken('metadata.name', name, `has ${name.length} characters of at most ${max}`, 'shorten it');
      }
      for (const [key, value] of [...Object.entries(labels), ...Object.entries(annotations)]) {
        const [prefix, local] = key.includes('/') ? key.split(/\/(.*)/) : [undefined, key];
        const valid =
          (prefix === undefined || (SUBDOMAIN.test(prefix) && prefix.length <= 253)) &&
          QUALIFIED.test(local ?? '') &&
          (local ?? '').length <= 63;
        if (!valid)
          broken('metadata', key, 'is no valid label or annotation key', 'use prefix/name of valid parts');
        if (typeof value !== 'string') broken('metadata', key, 'has a value that is no text', 'quote it');
      }
      for (const [key, value] of Object.entries(labels)) {
        if (value === '' || (value.length <= 63 && QUALIFIED.test(value))) continue;
        broken(
          `metadata.labels.${key}`,
          value,
          'is no valid label value',
          'use at most 63 letters, digits, - _ .',
        );
      }
      return problems;
    }),
};

export const standardLabels: Rule = {
  name: 'standard-labels',
  summary: 'Every object says which component of lakeport it belongs to',
  check: (model) =>
    model.entries.flatMap((entry) => {
      const labels = entry.manifest.metadata.labels ?? {};
      return ['app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by']
        .filter((key) => !labels[key])
        .map((key) =>
          at(entry, `metadata.labels.${key}`, {
            found: undefined,
            message: 'is missing',
            remedy: 'make the object in the chart, which labels it',
          }),
        );
    }),
};

export const knownScope: Rule = {
  name: 'known-scope',
  summary: 'Every kind is known, and exactly the namespaced ones have a namespace',
  check: (model) =>
    model.entries.flatMap((entry) => {
      const { kind, apiVersion, metadata } = entry.manifest;
      const custom = model.kindOf(entry.manifest);
      const isExternal = () => model.whyExternal(kindReference(groupOf(apiVersion), kind)) !== undefined;
      if (!custom && !isBuiltIn(groupOf(apiVersion)) && !isExternal()) {
        const message = `no component of the site brings the kind ${kind} of ${groupOf(apiVersion)}`;
        const remedy = `declare it under apis of the component whose CRDs bring it: ${titleOf(entry.manifest)}`;
        return [at(entry, 'kind', { found: kind, message, remedy })];
      }
      const cluster = custom ? custom.scope === 'Cluster' : isClusterScoped(kind);
      if (cluster === (metadata.namespace === undefined)) return [];
      const message = cluster ? 'has a namespace, and its kind has none' : 'has no namespace';
      const remedy = cluster ? 'leave metadata.namespace out' : 'set metadata.namespace';
      return [at(entry, 'metadata.namespace', { found: metadata.namespace, message, remedy })];
    }),
};
