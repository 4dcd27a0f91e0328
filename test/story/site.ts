import fs from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { program } from '../../program';

/** Prints every object of a site as JSON, as it is committed in dist: node bin/run.js test/story/site.ts onprem */
const [site = ''] = process.argv.slice(2);
const root = path.join(program.root, 'dist', site);
const files = fs
  .readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort();
const objects = files.flatMap((file) => loadAll(fs.readFileSync(path.join(root, file), 'utf8')));
console.log(JSON.stringify(objects));
