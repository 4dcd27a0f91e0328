import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../core/problem';
import { program } from '../../../program';
import type { Cluster } from '../cluster';
import { run } from '../shell';
import { toolOf } from '../tool';

const INSTALL = path.join(program.root, 'argocd/install');

/** The base that argocd/install takes from its publisher. */
const REMOTE = /https:\/\/github\.com\/argoproj\/argo-cd\/\/(\S+)\?ref=\S+/;

/**
 * Applies argocd/install as its first line says, with the base of the release that runs here: its Go module holds
 * the manifests, too.
 */
export async function installArgoCd(cluster: Cluster): Promise<void> {
  const folder = path.join(cluster.folder, 'argocd-install');
  fs.cpSync(INSTALL, folder, { recursive: true });
  const file = path.join(folder, 'kustomization.yaml');
  const text = fs.readFileSync(file, 'utf8');
  const [, base] = REMOTE.exec(text) ?? [];
  if (!base) throw new Error(`${file} takes nothing from Argo CD's repository`);
  const local = path.relative(fs.realpathSync(folder), path.join(await moduleFolder(), base));
  fs.writeFileSync(file, text.replace(REMOTE, local));
  const apply = ['apply', '--server-side', '--force-conflicts', '--warnings-as-errors'];
  await cluster.kubectl([...apply, '-k', folder]);
}

/** Where Go keeps the source of the Argo CD that is run here. */
async function moduleFolder(): Promise<string> {
  const tool = toolOf('argocd');
  try {
    const output = await run('go', ['mod', 'download', '-json', tool.module], { cwd: tool.folder });
    // What the go command documents.
    return (JSON.parse(output) as { readonly Dir: string }).Dir;
  } catch (error) {
    const message = `its manifests cannot be had: ${error instanceof Error ? error.message : error}`;
    const remedy = 'install Go and connect to the network';
    throw new InputError([{ field: `argocd ${tool.version}`, message, remedy }]);
  }
}
