import { addressOf } from '../endpoint';
import type { Manifest } from '../manifest';
import type { Entry, SiteModel } from '../model';
import type { Problem } from '../problem';
import { at, type Rule } from './rule';

export const closedReferences: Rule = {
  name: 'closed-references',
  summary:
    'Every object that is named is in the site, is made by something that is, or is declared external with a reason',
  check: (model) =>
    model.entries.flatMap((entry) =>
      model
        .referencesOf(entry.manifest)
        .filter(
          (reference) =>
            !model.find(reference) &&
            !model.findMaker(reference) &&
            model.whyExternal(reference) === undefined,
        )
        .map(({ kind, namespace, name, path }) =>
          at(entry, path, {
            found: namespace ? `${namespace}/${name}` : name,
            message: `there is no such ${kind} in the site`,
            remedy:
              'have a component that is on write it or have it made, or declare it external with a reason',
          }),
        ),
    ),
};

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: string | number;
  }[];
}

// The kind tells the shape: the API server refuses a Service of any other.
const serviceSpec = (manifest: Manifest): ServiceSpec => manifest.spec as unknown as ServiceSpec;

const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Pods behind a Service. */
export const podsBehind = (model: SiteModel, { manifest }: Entry) => {
  const { selector } = serviceSpec(manifest);
  if (!selector) return [];
  return model.pods.filter(
    (each) =>
      each.manifest.metadata.namespace === manifest.metadata.namespace && selects(selector, each.pod.labels),
  );
};

export const servicesHavePods: Rule = {
  name: 'services-have-pods',
  summary: 'Every Service selects pods, and its ports are ports of theirs',
  check: (model) =>
    model.entries
      .filter(({ manifest }) => manifest.kind === 'Service' && manifest.apiVersion === 'v1')
      .flatMap((entry): Problem[] => {
        const { selector, ports = [] } = serviceSpec(entry.manifest);
        if (!selector) return [];
        const behind = podsBehind(model, entry);
        if (behind.length === 0) {
          const remedy = 'select labels that a pod template of the namespace carries';
          return [
            at(entry, 'spec.selector', { found: selector, message: 'selects no pod of the site', remedy }),
          ];
        }
        const open = behind.flatMap(({ pod }) => pod.spec.containers.flatMap(({ ports: each = [] }) => each));
        return ports
          .map((port) => port.targetPort ?? port.port)
          .filter(
            (target) => !open.some(({ name, containerPort }) => name === target || containerPort === target),
          )
          .map((found) =>
            at(entry, 'spec.ports', {
              found,
              message: 'is no port of the pods behind it',
              remedy: 'name one of theirs',
            }),
          );
      }),
};

export const endpointsExist: Rule = {
  name: 'endpoints-exist',
  summary: 'Every endpoint that a component offers is a port of one of its Services, and no two are the same',
  check: (model) =>
    model.components.flatMap(({ name, endpoints = [] }) => {
      const seen = new Set<string>();
      return endpoints.flatMap((endpoint): Problem[] => {
        const { host, port } = addressOf(endpoint);
        const where = { component: name, field: `endpoint ${host}:${port}`, found: port };
        if (seen.has(`${host}:${port}`)) {
          return [
            { ...where, message: 'two endpoints are on one port', remedy: 'give one of them another port' },
          ];
        }
        seen.add(`${host}:${port}`);
        const service = model.find({ group: '', kind: 'Service', namespace: name, name: endpoint.service });
        if (service && serviceSpec(service.manifest).ports?.some((each) => each.port === port)) return [];
        const message = `no Service ${endpoint.service} of ${name} has this port`;
        return [{ ...where, message, remedy: 'open the port on the Service, or mend the endpoint' }];
      });
    }),
};
