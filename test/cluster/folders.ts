import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/problem';
import { isProcessName, isRunning, thisProcess } from '../../core/process';
import { cacheFolder } from './cache';
import { endRecorded } from './services';

/** Name of the cluster that is left up for work by hand. */
export const BY_HAND = 'by-hand';

const clusters = (): string => path.join(cacheFolder(), 'clusters');

export const clusterFolder = (name: string): string => path.join(clusters(), name);

/**
 * Makes the folder of a new cluster; its `owner` file names the process that will end it, or says that it is left up.
 * @throws InputError where a cluster of the name is up
 */
export async function claimFolder(name?: string): Promise<string> {
  await cleanUp();
  const folder = clusterFolder(name ?? thisProcess());
  if (name && fs.existsSync(folder)) {
    const remedy = 'npm run cluster -- down ends it';
    throw new InputError([{ field: name, found: folder, message: 'this cluster is up already', remedy }]);
  }
  let unique = folder;
  for (let count = 2; fs.existsSync(unique); count++) unique = `${folder}.${count}`;
  fs.mkdirSync(unique, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(unique, 'owner'), thisProcess());
  return unique;
}

/** Leaves a cluster up when this process ends. */
export const leaveUp = (folder: string): void => fs.writeFileSync(path.join(folder, 'owner'), 'nobody');

export const dropFolder = (folder: string): void => fs.rmSync(folder, { recursive: true, force: true });

/** Ends what runs left that were killed, by the process ids that they recorded; returns how many runs. */
export async function cleanUp(): Promise<number> {
  if (!fs.existsSync(clusters())) return 0;
  let count = 0;
  for (const name of fs.readdirSync(clusters())) {
    const folder = clusterFolder(name);
    const owner = ownerOf(folder);
    if (owner === 'nobody' || (isProcessName(owner) && isRunning(owner))) continue;
    await endRecorded(folder);
    dropFolder(folder);
    count++;
  }
  return count;
}

function ownerOf(folder: string): string {
  const file = path.join(folder, 'owner');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
}
