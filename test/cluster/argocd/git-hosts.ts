import fs from 'node:fs';
import path from 'node:path';
import { groupOf } from '../../../core/manifest';
import { type JsonValue, toYaml } from '../../../core/yaml';
import { program } from '../../../program';
import type { Resource } from '../api';
import type { Network } from '../controllers/network';
import { BROUGHT_BY_CLOUD } from '../crds';
import { Authority } from '../pki';
import type { Scene } from '../proof';
import type { DistObject, DistSite } from '../site';
import { type GitServer, serveGit } from './git-server';
import { Repository } from './repository';

/** Every Git repository that a site's Applications name, served from this machine under its own URL. */
export interface GitHosts {
  /** The site's own repository, with dist in it. */
  readonly own: Repository;
  /** Host names. */
  readonly hosts: readonly string[];
  /** Certificate that vouches for the server, as PEM. */
  readonly authority: string;
  close(): void;
}

/**
 * The site's repository has dist as it is in the work tree; those of publishers have the custom kinds that the
 * cluster has, at the path and tag that the Application names.
 */
export async function openGitHosts(scene: Scene, network: Network): Promise<GitHosts> {
  const { site, cluster } = scene;
  const { model } = site.synthesis;
  const folder = path.join(cluster.folder, 'git');
  const served = path.join(folder, 'served');
  const work = path.join(folder, 'work');
  const url = new URL(rootOf(site).source.repoURL);
  const own = await Repository.create(served, url.pathname.slice(1), work);
  fs.cpSync(path.join(program.root, 'dist'), own.file('dist'), { recursive: true });
  for (const { object } of leftOut(site)) fs.rmSync(own.file(path.join('dist', site.name, object.file)));
  await own.commit('Render every site');
  const hosts = new Set([url.hostname]);
  const crds = await cluster.api.list<Crd>(CRDS);
  for (const [component, { upstream }] of model.recorded) {
    for (const each of upstream) {
      if (each.kind !== 'manifests') continue;
      const { hostname, pathname } = new URL(each.repository);
      hosts.add(hostname);
      const repository = await Repository.create(served, pathname.slice(1), work);
      fs.mkdirSync(repository.file(each.path), { recursive: true });
      for (const crd of crdsOf(site, component, crds)) {
        const name = `${crd.spec.group}_${crd.spec.names.plural}.yaml`;
        // Plain data, read as JSON.
        fs.writeFileSync(path.join(repository.file(each.path), name), toYaml(crd as unknown as JsonValue));
      }
      await repository.commit(`Release ${each.version}`, { tag: each.version });
    }
  }
  const authority = new Authority(path.join(folder, 'pki'));
  const identity = authority.issue('git', { name: 'git', hosts: [...hosts] });
  const server: GitServer = await serveGit(served, identity);
  for (const host of hosts) await network.publish(host, 443, { host: '127.0.0.1', port: server.port });
  return {
    own,
    hosts: [...hosts],
    authority: fs.readFileSync(authority.cert, 'utf8'),
    close: () => server.close(),
  };
}

/** An object that cannot be synced here, and why. */
export interface LeftOut {
  readonly object: DistObject;
  readonly why: string;
}

/** Objects that would hold up all others: Applications of charts, and kinds that only their cloud serves. */
export const leftOut = (site: DistSite): LeftOut[] =>
  site.objects.flatMap((object) => {
    const { kind, apiVersion, metadata, spec } = object.manifest;
    // The tests of dist hold the shape of Applications.
    const source = kind === 'Application' ? (spec as unknown as ApplicationSpec).source : undefined;
    if (source?.chart) return [{ object, why: `the chart ${metadata.name} would come from the internet` }];
    const unknown = BROUGHT_BY_CLOUD[groupOf(apiVersion)];
    return unknown ? [{ object, why: `${kind}: ${unknown}` }] : [];
  });

/** What the Application asks for that brings all others. */
export function rootOf(site: DistSite): ApplicationSpec {
  const root = site.objects.find(
    ({ manifest }) => manifest.kind === 'Application' && manifest.metadata.name === 'root',
  );
  if (!root) throw new Error(`dist/${site.name} has no Application root`);
  // The tests of dist hold the shape of Applications.
  return root.manifest.spec as unknown as ApplicationSpec;
}

export interface ApplicationSpec {
  readonly source: { readonly repoURL: string; readonly path?: string; readonly chart?: string };
}

interface Crd extends Resource {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
  };
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The custom kinds that a component brings, as they were published. */
const crdsOf = ({ synthesis }: DistSite, component: string, all: readonly Crd[]): Crd[] =>
  all
    .filter(({ spec }) => {
      const owner = synthesis.model.kinds.get(`${spec.group}/${spec.names.kind}`);
      return owner?.component === component;
    })
    .map(({ spec, metadata: { name, annotations = {} } }) => {
      // The API server wants this one for groups of its own project.
      const kept = Object.entries(annotations).filter(([key]) => key === 'api-approved.kubernetes.io');
      return {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name, annotations: Object.fromEntries(kept) },
        spec,
      };
    });

/** Takes those kinds away again, so that Argo CD has to bring them. */
export async function removeCrds({ site, cluster }: Scene): Promise<void> {
  const crds = await cluster.api.list<Crd>(CRDS);
  for (const [component, { upstream }] of site.synthesis.model.recorded) {
    if (!upstream.some(({ kind }) => kind === 'manifests')) continue;
    for (const { metadata } of crdsOf(site, component, crds)) {
      await cluster.api.delete(`${CRDS}/${metadata.name}`);
    }
  }
}
