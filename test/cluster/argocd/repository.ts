import fs from 'node:fs';
import path from 'node:path';
import { run } from '../shell';

/** A repository with a work tree beside it, to which a test commits as a platform engineer would. */
export class Repository {
  /** @param folder the work tree */
  private constructor(readonly folder: string) {}

  /** Makes a bare repository below a folder, with one empty commit on main. */
  static async create(served: string, name: string, workTrees: string): Promise<Repository> {
    const bare = path.join(served, name);
    const repository = new Repository(path.join(workTrees, name));
    fs.mkdirSync(path.dirname(bare), { recursive: true });
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
    await run('git', ['-C', bare, 'config', 'http.receivepack', 'false']);
    await run('git', ['clone', '--quiet', bare, repository.folder]);
    await repository.git('checkout', '--quiet', '-B', 'main');
    return repository;
  }

  /** Commits all of the work tree and pushes it; returns the commit's hash. */
  async commit(message: string, options: { readonly tag?: string } = {}): Promise<string> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '-m', message);
    if (options.tag) await this.git('tag', options.tag);
    await this.git('push', '--quiet', 'origin', 'main', ...(options.tag ? [options.tag] : []));
    return this.head();
  }

  /** Throws away the last commits and puts others in their place, as somebody who rewrites history does. */
  async rewrite(commits: number, message: string, change: () => void): Promise<string> {
    await this.git('reset', '--quiet', '--hard', `HEAD~${commits}`);
    change();
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '-m', message);
    await this.git('push', '--quiet', '--force', 'origin', 'main');
    return this.head();
  }

  async head(): Promise<string> {
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  private git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=lakeport test', '-c', 'user.email=test@lakeport.invalid'];
    return run('git', ['-C', this.folder, ...identity, '-c', 'commit.gpgsign=false', ...args], {
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    });
  }
}
