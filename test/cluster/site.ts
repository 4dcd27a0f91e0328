import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { loadOverlay } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';

/** An object of dist with the component whose folder it is in. */
export interface DistObject {
  readonly component: string;
  /** Path below dist/<site>. */
  readonly file: string;
  readonly manifest: Manifest;
}

/** A component of a site, as Argo CD meets it. */
export interface DistComponent {
  readonly name: string;
  /** Sync wave of its Application. */
  readonly wave: number;
  readonly objects: readonly DistObject[];
}

/** Folder of the objects that make Argo CD deliver the others. */
const DELIVERY = 'argocd';

/** Every site, by what is committed in dist and by what its overlay renders. */
export class DistSite {
  readonly folder: string;
  /** In the order in which they are synced, the delivery first. */
  readonly components: readonly DistComponent[];
  readonly synthesis: Synthesis;

  constructor(readonly name: string) {
    this.folder = path.join(program.root, 'dist', name);
    this.synthesis = synthesize(name, loadOverlay(program.root, name, program.load), program.platform);
    const objects = readFolder(this.folder);
    const waves = wavesOf(objects).set(DELIVERY, Number.NEGATIVE_INFINITY);
    this.components = [...new Set(objects.map(({ component }) => component))]
      .map((component) => ({
        name: component,
        wave: waves.get(component) ?? Number.NaN,
        objects: objects.filter((each) => each.component === component),
      }))
      .sort((a, b) => (a.wave === b.wave ? a.name.localeCompare(b.name) : a.wave - b.wave));
    const lost = this.components.filter(({ wave }) => Number.isNaN(wave)).map((each) => each.name);
    if (lost.length > 0) throw new Error(`dist/${name}: no Application delivers ${lost.join(', ')}`);
  }

  get objects(): readonly DistObject[] {
    return this.components.flatMap(({ objects }) => objects);
  }
}

function readFolder(folder: string): DistObject[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      component: file.split(path.sep)[0] ?? '',
      file,
      // One object a file; the tests of dist hold that.
      manifest: load(fs.readFileSync(path.join(folder, file), 'utf8')) as Manifest,
    }));
}

/** Sync waves by name of Application. */
const wavesOf = (objects: readonly DistObject[]): Map<string, number> =>
  new Map(
    objects
      .filter(({ manifest }) => manifest.kind === 'Application')
      .map(({ manifest: { metadata } }) => [
        metadata.name,
        Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0),
      ]),
  );
