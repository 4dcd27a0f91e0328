import type { Tree } from '../../../core/write';

/** Two trees of 150 files: 100 are in both and equal, 30 in both and different, 20 in one of them only. */
export function tree(version: 'A' | 'B'): Tree {
  const files = new Map<string, string>();
  for (let index = 0; index < 100; index++)
    files.set(`same-${index % 7}/file-${index}.yaml`, `value: ${index}\n`);
  for (let index = 0; index < 30; index++) {
    files.set(`both/deep-${index % 3}/file-${index}.yaml`, `value: ${version}\n`.repeat(200));
  }
  for (let index = 0; index < 20; index++)
    files.set(`only-${version}/file-${index}.yaml`, `value: ${index}\n`);
  return files;
}
