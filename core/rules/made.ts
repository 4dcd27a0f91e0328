import { groupOf, titleOf } from '../manifest';
import type { SiteModel } from '../model';
import type { Problem } from '../problem';
import { type Identifier, keyOf } from '../references';
import { at, type Rule } from './rule';

export const madeOnce: Rule = {
  name: 'made-once',
  summary:
    'No two objects have their controllers make one and the same object, nor one that is in dist or external',
  check(model) {
    const makers = new Map<string, string>();
    return model.made.flatMap((entry): Problem[] => {
      const key = keyOf(entry.made);
      const here = titleOf(entry.manifest);
      const also = rivals(model, entry.made, makers.get(key));
      makers.set(key, here);
      return also.map((rival) =>
        at(entry, '', {
          found: nameOf(entry.made),
          message: `has this ${entry.made.kind} made, and so does ${rival}`,
          remedy: 'let one of them have another name',
        }),
      );
    });
  },
};

/** Who else claims an object that a controller makes. */
function rivals(model: SiteModel, made: Identifier, before: string | undefined): string[] {
  const written = model.find(made);
  const external = model.whyExternal(made);
  return [
    ...(before === undefined ? [] : [before]),
    ...(written ? [`dist, by component ${written.component}`] : []),
    ...(external === undefined ? [] : [`somebody outside the site («${external}»)`]),
  ];
}

export const knownKeys: Rule = {
  name: 'known-keys',
  summary: 'Every key that is read of a ConfigMap or Secret is one that it has',
  check: (model) =>
    model.entries.flatMap((entry) =>
      model.referencesOf(entry.manifest).flatMap((reference): Problem[] => {
        const { key, kind, path } = reference;
        const keys = key === undefined ? undefined : keysOf(model, reference);
        if (key === undefined || keys === undefined || keys.includes(key)) return [];
        return [
          at(entry, path, {
            found: key,
            message: `is no key of ${kind} ${nameOf(reference)}, which has ${keys.join(', ') || 'none'}`,
            remedy: 'name one of them, or have it made with this key',
          }),
        ];
      }),
    ),
};

/** Keys of an object's data; undefined where they are not known. */
function keysOf(model: SiteModel, reference: Identifier): readonly string[] | undefined {
  const manifest = model.find(reference)?.manifest;
  if (!manifest) return model.findMaker(reference)?.made.keys;
  if (groupOf(manifest.apiVersion) !== '' || manifest.kind !== 'ConfigMap') return undefined;
  return [manifest.data, manifest.binaryData].flatMap((data) => Object.keys(data ?? {}));
}

const nameOf = ({ namespace, name }: Identifier): string => (namespace ? `${namespace}/${name}` : name);
