import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { thisProcess } from '../../core/process';
import { cacheFolder } from './cache';
import type { ControlPlane } from './control-plane';
import type { Definition } from './crds';
import { tools } from './tool';

/** How many stores are kept: sites mostly share one. */
const KEPT = 3;

/**
 * What an API server keeps when it is new and has some CRDs, saved for the next one: it takes the server long to take
 * in definitions of megabytes, and no time to find them there.
 */
export class Store {
  private readonly folder: string;

  constructor(crds: readonly Definition[]) {
    const versions = tools().filter(({ name }) => ['etcd', 'kubernetes'].includes(name));
    const digest = createHash('sha256').update(JSON.stringify([crds, versions.map((each) => each.digest)]));
    this.folder = path.join(cacheFolder(), 'stores', digest.digest('hex').slice(0, 16));
  }

  /** The folder, where it is there. */
  get saved(): string | undefined {
    return fs.existsSync(this.folder) ? this.folder : undefined;
  }

  async save(cluster: ControlPlane): Promise<void> {
    const partial = `${this.folder}.partial-${thisProcess()}`;
    try {
      fs.mkdirSync(path.dirname(this.folder), { recursive: true });
      this.dropOld();
      await cluster.saveData(partial);
      // Another run may have been quicker.
      if (!this.saved) fs.renameSync(partial, this.folder);
    } finally {
      fs.rmSync(partial, { recursive: true, force: true });
    }
  }

  private dropOld(): void {
    const parent = path.dirname(this.folder);
    const newestFirst = fs
      .readdirSync(parent)
      .map((name) => ({ whole: path.join(parent, name), at: fs.statSync(path.join(parent, name)).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { whole } of newestFirst.slice(KEPT - 1)) fs.rmSync(whole, { recursive: true, force: true });
  }
}
