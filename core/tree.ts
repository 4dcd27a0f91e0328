import { groupOf, type Manifest, titleOf } from './manifest';
import type { Synthesis } from './synth';
import { toYaml } from './yaml';

/**
 * The files of a site: path below its folder → YAML text. One object a file, in the folder of its component;
 * objects outside the component's home namespace lie in a folder of their namespace.
 */
export function treeOf({ model, delivery }: Synthesis): Map<string, string> {
  const files = new Map<string, Manifest>();
  const delivered = new Set(delivery.files.values());
  for (const { component, manifest } of model.entries) {
    if (delivered.has(manifest)) continue;
    const { namespace } = manifest.metadata;
    const folder = namespace && namespace !== component ? `${component}/${namespace}` : component;
    add(files, folder, manifest);
  }
  const tree = new Map<string, string>();
  for (const [file, manifest] of files) tree.set(file, toYaml(manifest));
  // Names of the delivery's files are part of how a site is started.
  for (const [file, manifest] of delivery.files) tree.set(`${delivery.folder}/${file}`, toYaml(manifest));
  return tree;
}

function add(files: Map<string, Manifest>, folder: string, manifest: Manifest): void {
  // RBAC names may hold colons, which some file systems refuse.
  const name = manifest.metadata.name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  const kind = manifest.kind.toLowerCase();
  const candidates = [
    `${folder}/${kind}-${name}.yaml`,
    `${folder}/${kind}.${groupOf(manifest.apiVersion)}-${name}.yaml`,
  ];
  const file = candidates.find((candidate) => !files.has(candidate));
  if (!file) throw new Error(`${titleOf(manifest)} has no file name of its own in ${folder}`);
  files.set(file, manifest);
}
