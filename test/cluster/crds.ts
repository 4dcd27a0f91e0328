import fs from 'node:fs';
import path from 'node:path';
import { load, loadAll } from 'js-yaml';
import { groupOf, isBuiltIn } from '../../core/manifest';
import { InputError } from '../../core/problem';
import type { Upstream } from '../../core/upstream';
import { program } from '../../program';
import { versions } from '../../versions';
import type { Api } from './api';
import { binary, type Say } from './binaries';
import { cacheFolder } from './cache';
import { Kinds } from './kinds';
import { run } from './shell';
import type { DistSite } from './site';
import { Unavailable } from './unavailable';
import { until } from './wait';

/** A CustomResourceDefinition. */
export interface Definition {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/**
 * Kinds that a cloud brings, by group: where the folder of LAKEPORT_CRDS lacks them, their objects are left out, with
 * this reason.
 */
export const BROUGHT_BY_CLOUD: Readonly<Record<string, string>> = {
  'cloud.google.com': 'GKE brings the CRD of ComputeClass, and the folder of LAKEPORT_CRDS does not have it',
};

/** Where their CRDs are published; nothing is imported from there. */
const PUBLISHED = [
  `https://raw.githubusercontent.com/GoogleCloudPlatform/compute-class-api/${versions.gke}/cloud.google.com_computeclasses.yaml`,
];

/**
 * CRDs of the custom kinds of a site.
 * @throws Unavailable where some cannot be had
 */
export async function crdsOf(site: DistSite, say: Say): Promise<readonly Definition[]> {
  const used = new Set(
    site.objects.map(({ manifest }) => groupOf(manifest.apiVersion)).filter((group) => !isBuiltIn(group)),
  );
  const brought = [...site.synthesis.model.kinds.keys()].flatMap((kind) => kind.split('/')[0] ?? []);
  const groups = new Set([...used, ...brought]);
  const wanted = [...(await definitions(site, groups, say)).values()];
  const missing = [...used].filter(
    (group) => !(group in BROUGHT_BY_CLOUD) && !wanted.some(({ spec }) => spec.group === group),
  );
  if (missing.length > 0) {
    const message = 'no CRD is at hand';
    const remedy = 'add files with the CRDs to the folder that LAKEPORT_CRDS names';
    throw new Unavailable({ site: site.name, field: missing.join(', '), message, remedy }, 'machine');
  }
  return wanted;
}

/** Brings custom kinds into an API server, and waits until it serves them. */
export async function installCrds(wanted: readonly Definition[], api: Api): Promise<void> {
  for (const crd of wanted) await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  const kinds = new Kinds(api);
  for (const { spec } of wanted) {
    for (const { name } of spec.versions.filter(({ served }) => served)) {
      // The definition itself may be megabytes: what is served tells sooner whether it is established.
      const establish = () => kinds.collectionOf(`${spec.group}/${name}`, spec.names.kind);
      await until(`establishing ${spec.names.kind}`, establish, { timeoutMs: 120_000 });
    }
  }
}

/** CRDs by name: of the folder LAKEPORT_CRDS, else of the pinned tags of their publishers. */
async function definitions(
  site: DistSite,
  groups: ReadonlySet<string>,
  say: Say,
): Promise<Map<string, Definition>> {
  const given = process.env.LAKEPORT_CRDS;
  if (given) {
    if (fs.existsSync(given)) return withModules(readFolder(given, groups), site, groups);
    const remedy = 'name a folder of CRDs, or unset it to download them';
    throw new InputError([
      { field: 'LAKEPORT_CRDS', found: given, message: 'there is no such folder', remedy },
    ]);
  }
  const found = new Map<string, Definition>();
  const upstream = [...site.synthesis.model.recorded.values()].flatMap((each) => each.upstream);
  for (const each of upstream) {
    if (each.kind !== 'manifests') continue;
    for (const [name, crd] of await publishedCrds(each, groups, say)) found.set(name, crd);
  }
  for (const url of [...importedUrls(), ...PUBLISHED]) {
    for (const [name, crd] of parse(fs.readFileSync(await download(url, say), 'utf8'), groups))
      found.set(name, crd);
  }
  return found;
}

/** What a folder lacks may lie in a published Go module, which a machine without a way to repositories has too. */
async function withModules(
  found: Map<string, Definition>,
  site: DistSite,
  groups: ReadonlySet<string>,
): Promise<Map<string, Definition>> {
  const known = new Set([...found.values()].map(({ spec }) => spec.group));
  const lacking = new Set([...groups].filter((group) => !known.has(group) && !(group in BROUGHT_BY_CLOUD)));
  if (lacking.size === 0) return found;
  for (const each of [...site.synthesis.model.recorded.values()].flatMap(({ upstream }) => upstream)) {
    if (each.kind !== 'manifests') continue;
    const folder = await moduleFolder(each);
    if (!folder || !fs.existsSync(folder)) continue;
    for (const [name, crd] of readFolder(folder, lacking)) found.set(name, crd);
  }
  return found;
}

/** The folder of a publisher's manifests in the Go module of the same repository and version; undefined without one. */
async function moduleFolder({ repository, version, path: folder }: Manifests): Promise<string | undefined> {
  const module = `${repository.replace(/^https:\/\//, '')}@${version}`;
  try {
    // It tells where it put the module.
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', module])) as {
      readonly Dir?: string;
    };
    return Dir && path.join(Dir, folder);
  } catch {
    // No Go, or no module of that name: then the folder must be added to.
    return undefined;
  }
}

/**
 * CRDs of some groups from the repository of their publisher, as Argo CD takes them: as a kustomization makes them
 * where there is one.
 */
export async function publishedCrds(
  upstream: Manifests,
  groups: ReadonlySet<string>,
  say: Say,
): Promise<Map<string, Definition>> {
  const folder = await checkout(upstream, say);
  if (!KUSTOMIZATIONS.some((name) => fs.existsSync(path.join(folder, name))))
    return readFolder(folder, groups);
  return parse(await run(await binary('kubectl', say), ['kustomize', folder]), groups);
}

type Manifests = Extract<Upstream, { kind: 'manifests' }>;

const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

function readFolder(folder: string, groups: ReadonlySet<string>): Map<string, Definition> {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    files
      .filter((file) => /\.ya?ml$/.test(file))
      .flatMap((file) => [...parse(fs.readFileSync(path.join(folder, file), 'utf8'), groups)]),
  );
}

/** CRDs of some groups; parsing one takes long, so a file that names none of them is not parsed. */
function parse(text: string, groups: ReadonlySet<string>): Map<string, Definition> {
  const [, ...named] = text.split(/^ {2}group: /m);
  if (!named.some((rest) => groups.has(/^["']?([\w.-]+)/.exec(rest)?.[1] ?? ''))) return new Map();
  const documents: unknown[] = [];
  loadAll(text, (document) => documents.push(document));
  return new Map(
    documents
      .filter(isDefinition)
      .filter(({ spec }) => groups.has(spec.group))
      .map((crd) => [crd.metadata.name, crd]),
  );
}

const isDefinition = (document: unknown): document is Definition =>
  typeof document === 'object' &&
  document !== null &&
  'kind' in document &&
  document.kind === 'CustomResourceDefinition';

/** URLs from which imports/ is made: they carry the versions of versions.ts, which a test holds. */
function importedUrls(): string[] {
  const config = load(fs.readFileSync(path.join(program.root, 'cdk8s.yaml'), 'utf8')) as {
    readonly imports: readonly string[];
  };
  return config.imports.map((line) => line.replace(/^\w+:=/, '')).filter((line) => line.startsWith('https:'));
}

const downloads = (): string => path.join(cacheFolder(), 'crds');

async function download(url: string, say: Say): Promise<string> {
  const file = path.join(downloads(), encodeURIComponent(url));
  if (fs.existsSync(file)) return file;
  say(`downloading ${url}`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    fs.mkdirSync(downloads(), { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, await response.text());
    fs.renameSync(`${file}.${process.pid}`, file);
    return file;
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** The folder of a repository at a tag, and nothing else of it. */
async function checkout({ repository, version, path: folder }: Manifests, say: Say): Promise<string> {
  const target = path.join(downloads(), encodeURIComponent(`${repository}@${version}`));
  if (!fs.existsSync(path.join(target, folder))) {
    say(`downloading ${folder} of ${repository} ${version}`);
    const partial = `${target}.${process.pid}`;
    try {
      fs.rmSync(target, { recursive: true, force: true });
      const flags = ['--quiet', '--depth=1', '--filter=blob:none', '--sparse', `--branch=${version}`];
      await run('git', ['-c', 'advice.detachedHead=false', 'clone', ...flags, repository, partial]);
      await run('git', ['-C', partial, 'sparse-checkout', 'set', folder]);
      fs.renameSync(partial, target);
    } catch (error) {
      throw unreachable(repository, error);
    } finally {
      fs.rmSync(partial, { recursive: true, force: true });
    }
  }
  return path.join(target, folder);
}

const unreachable = (what: string, error: unknown): Unavailable =>
  new Unavailable(
    {
      field: what,
      message: `CRDs could not be downloaded: ${error instanceof Error ? describe(error) : String(error)}`,
      remedy: 'connect to the network, or set LAKEPORT_CRDS to a folder with the CRDs of the site',
    },
    'machine',
  );

const describe = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;
