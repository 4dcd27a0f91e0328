import path from 'node:path';
import { extendOverlay, type Overlay, overlaySchema } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { treeOf } from '../../core/tree';
import { writeTrees } from '../../core/write';
import { program } from '../../program';

// One point of the growth curve, in a process of its own so that its memory is its own: <teams> <folder>. The teams of the
// overlay are among them, since its tables and topics are theirs.
const [teams = '1', out = ''] = process.argv.slice(2);
const base = (program.load(path.join(program.root, 'overlays/onprem.ts')) as { default: Overlay }).default;
const overlay = extendOverlay(base, {
  teams: Array.from({ length: Number(teams) }, (_, index) => base.teams[index] ?? { name: `team-${index}` }),
});
overlaySchema.parse(overlay);
const start = performance.now();
const synthesis = synthesize('onprem', overlay, program.platform);
const rendered = performance.now();
writeTrees(out, new Map([['onprem', treeOf(synthesis)]]));
const written = performance.now();
console.log(
  JSON.stringify({
    objects: synthesis.model.entries.length,
    render: rendered - start,
    write: written - rendered,
    memory: process.resourceUsage().maxRSS * 1024,
  }),
);
