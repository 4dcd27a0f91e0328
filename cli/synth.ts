import path from 'node:path';
import { loadOf } from '../core/demand';
import { InputError, type Problem } from '../core/problem';
import type { Synthesis } from '../core/synth';
import { treeOf } from '../core/tree';
import { type Change, compareTree, strangers, type Tree, writeTrees } from '../core/write';
import { colors } from './colors';
import { siteNames } from './overlays';
import type { Program } from './program';
import { progressLine } from './progress';
import { refuseShrinking } from './shrink';
import { synthesizeSites } from './sites';
import { table } from './table';

/** Options of the command. */
export interface SynthFlags {
  readonly check?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly allowShrink?: boolean;
}

/** What synth tells about one site. */
interface SiteReport {
  readonly site: string;
  readonly components: number;
  readonly objects: number;
  readonly files: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
  };
  readonly waves: number;
  /** At the working load: cores, bytes and the shares that are pinned to spot. */
  readonly regular: { readonly cpu: number; readonly memory: number };
  readonly spot: { readonly cpu: number; readonly memory: number };
  readonly spotShare: Readonly<
    Record<'idle' | 'working' | 'maximum', { readonly cpu: number; readonly memory: number }>
  >;
  readonly spotFloor: number | undefined;
  readonly milliseconds: number;
}

/**
 * Renders sites and writes what changed; with `check` it only compares.
 * @throws InputError where an overlay is wrong, where `check` finds dist out of date, or where a site would lose most
 *   of its files and `allowShrink` does not say that this is meant
 */
export function synth(program: Program, asked: readonly string[], flags: SynthFlags): void {
  // `cdk8s synth` says by this variable where it wants the manifests.
  const out = path.resolve(program.root, flags.out ?? process.env.CDK8S_OUTDIR ?? 'dist');
  const rendered = renderSites(program, asked);
  const trees = new Map<string, Tree>();
  for (const [site, { synthesis }] of rendered) trees.set(site, treeOf(synthesis));
  const stale = staleSites(out, program, asked);
  const changes = flags.check
    ? new Map([...trees].map(([site, tree]) => [site, compareTree(out, site, tree)] as const))
    : writeTrees(out, trees, {
        remove: stale,
        approve: (planned) => {
          if (!flags.allowShrink) refuseShrinking(planned, new Set(trees.keys()), path.basename(out));
        },
      });
  const reports = [...rendered].map(([site, { synthesis, milliseconds }]) =>
    report(site, synthesis, changes.get(site), milliseconds),
  );
  const problems = flags.check ? outOfDate(changes, stale) : [];
  if (flags.json) {
    console.log(JSON.stringify({ out, sites: reports, removedSites: stale, problems }, undefined, 2));
    if (problems.length > 0) process.exitCode = 1;
    return;
  }
  show(reports, flags.check ? [] : stale);
  if (problems.length > 0) throw new InputError(problems);
}

function renderSites(program: Program, asked: readonly string[]) {
  const progress = progressLine(process.stderr);
  try {
    return synthesizeSites(program, asked, progress.show);
  } finally {
    progress.clear();
  }
}

/** Folders of dist whose overlay is gone; only a run over all sites can tell. */
function staleSites(out: string, { root }: Program, asked: readonly string[]): string[] {
  const found = strangers(out, siteNames(root));
  const foreign = found.filter(({ kind }) => kind === 'foreign');
  if (foreign.length > 0) {
    throw new InputError(
      foreign.map(({ name }) => ({
        field: `${path.basename(out)}/${name}`,
        message: 'was not written by lakeport, and this folder is output only',
        remedy: 'move it elsewhere or delete it',
      })),
    );
  }
  return asked.length > 0 ? [] : found.map(({ name }) => name);
}

/** What `check` finds. */
function outOfDate(changes: ReadonlyMap<string, Change>, stale: readonly string[]): Problem[] {
  const problems = [...changes].flatMap(([site, { added, changed, removed }]): Problem[] => {
    const files = [...added, ...changed, ...removed];
    if (files.length === 0) return [];
    const found = files.length > 5 ? [...files.slice(0, 5), `and ${files.length - 5} more`] : files;
    return [
      {
        site,
        field: 'dist',
        found,
        message: 'is not what the overlay renders',
        remedy: 'run npm run synth and commit dist',
      },
    ];
  });
  for (const site of stale) {
    problems.push({
      site,
      field: 'dist',
      found: [site],
      message: 'has no overlay any more',
      remedy: 'run npm run synth and commit dist',
    });
  }
  return problems;
}

function report(
  site: string,
  { model, order }: Synthesis,
  change: Change | undefined,
  milliseconds: number,
): SiteReport {
  const demands = [...model.recorded.values()].flatMap((each) => each.demands);
  const working = loadOf(demands, 'typical');
  return {
    site,
    components: model.components.length,
    objects: model.entries.length,
    files: {
      added: change?.added.length ?? 0,
      changed: change?.changed.length ?? 0,
      removed: change?.removed.length ?? 0,
      unchanged: change?.unchanged ?? 0,
    },
    waves: new Set(order.waves.values()).size,
    regular: working.regular,
    spot: working.spot,
    spotShare: {
      idle: loadOf(demands, 'min').share,
      working: working.share,
      maximum: loadOf(demands, 'max').share,
    },
    spotFloor: model.site.cloud.hasSpot ? model.site.spotFloor : undefined,
    milliseconds: Math.round(milliseconds),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const compute = ({ cpu, memory }: { readonly cpu: number; readonly memory: number }): string =>
  `${cpu.toFixed(1)} CPU ${(memory / 2 ** 30).toFixed(0)} Gi`;
const shares = ({ cpu, memory }: { readonly cpu: number; readonly memory: number }): string =>
  `${percent(cpu)} / ${percent(memory)}`;

const HEAD = [
  'site',
  'components',
  'objects',
  'files + ~ −',
  'waves',
  'regular',
  'spot',
  'spot share',
  'at most',
  'idle',
  'ms',
];

function show(reports: readonly SiteReport[], stale: readonly string[]): void {
  const rows = reports.map(
    ({ site, components, objects, files, waves, regular, spot, spotShare, ...rest }) => [
      colors.bold(site),
      String(components),
      String(objects),
      files.added + files.changed + files.removed === 0
        ? 'none changed'
        : [
            colors.green(`+${files.added}`),
            colors.yellow(`~${files.changed}`),
            colors.red(`−${files.removed}`),
          ].join(' '),
      String(waves),
      compute(regular),
      compute(spot),
      `${shares(spotShare.working)}${rest.spotFloor === undefined ? ' (no floor)' : ''}`,
      shares(spotShare.maximum),
      shares(spotShare.idle),
      String(rest.milliseconds),
    ],
  );
  console.log(table(HEAD, rows, { right: ['components', 'objects', 'waves', 'regular', 'spot', 'ms'] }));
  console.log(
    colors.dim('CPU and memory are requests at the working load; spot shares are of CPU / of memory.'),
  );
  for (const site of stale) console.log(`${colors.red('removed')} ${site}: its overlay is gone`);
}
