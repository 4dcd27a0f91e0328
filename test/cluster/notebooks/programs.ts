import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../core/problem';
import { versions } from '../../../versions';
import type { Say } from '../binaries';
import { cacheFolder } from '../cache';
import type { PySpark } from '../controllers/pyspark';
import { run } from '../shell';

const REQUIREMENTS = path.join(__dirname, 'requirements.txt');

/** What the images of hub, proxy and notebooks have. */
export interface NotebookPrograms {
  /** Folder of `jupyterhub`, `jupyterhub-singleuser` and their Python. */
  readonly bin: string;
  readonly proxy: string;
  /** Where a notebook imports PySpark from. */
  readonly pyspark: string;
}

/**
 * JupyterHub and its notebooks as PyPI has them, the proxy as npm has it; installed once into the cache.
 * @throws InputError without network
 */
export async function notebookPrograms({ python, home }: PySpark, say: Say): Promise<NotebookPrograms> {
  const proxyVersion = versions.configurableHttpProxy;
  const key = createHash('sha256')
    .update(fs.readFileSync(REQUIREMENTS))
    .update(`${proxyVersion} ${python}`)
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(cacheFolder(), `notebooks-${key}`);
  if (!fs.existsSync(folder)) await install(python, folder, say);
  return {
    bin: path.join(folder, 'bin'),
    proxy: path.join(folder, 'node_modules/.bin/configurable-http-proxy'),
    pyspark: path.dirname(home),
  };
}

async function install(python: string, folder: string, say: Say): Promise<void> {
  say('installing JupyterHub from PyPI and its proxy from npm: once, then they are kept');
  try {
    // Its programs name their folder, so it cannot be made elsewhere and renamed.
    await run(python, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement'];
    await run(path.join(folder, 'bin/python'), [...pip, REQUIREMENTS], { timeoutMs: 900_000 });
    const npm = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', folder];
    await run('npm', [...npm, `configurable-http-proxy@${versions.configurableHttpProxy}`], {
      timeoutMs: 300_000,
    });
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    const message = `JupyterHub could not be installed: ${error instanceof Error ? error.message : error}`;
    throw new InputError([{ field: 'notebooks', message, remedy: 'connect to the network and try again' }]);
  }
}
