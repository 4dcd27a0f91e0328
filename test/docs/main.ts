import fs from 'node:fs';
import { wholeSites } from '../support/sites';
import { connectionsOf } from './connections';
import { fileOf, pages, pageWith, readPage } from './pages';

/** Makes the pictures of docs/architecture anew: npm run docs */
const connections = connectionsOf(wholeSites().values());
for (const [page, picture] of Object.entries(pages)) {
  fs.writeFileSync(fileOf(page), pageWith(picture(connections), readPage(page)));
}
