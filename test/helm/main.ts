import { loadOverlay, siteNames } from '../../cli/overlays';
import { InputError } from '../../core/problem';
import { synthesize } from '../../core/synth';
import { program } from '../../program';
import { type ChartUpstream, renderChart } from './chart';
import { type AskedChart, judgeCharts } from './judge';

// Renders the charts of publishers with our values and holds the rules over them:
//   node bin/run.js test/helm/main.ts [site…]
// Needs Helm 4 in PATH or in HELM. Charts are downloaded, or taken from the folder that LAKEPORT_CHARTS names.

/** The Kubernetes that the proofs run. */
const KUBERNETES = '1.36.1';

const HELM = process.env.HELM ?? 'helm';

async function main(sites: readonly string[]): Promise<number> {
  let failed = 0;
  for (const site of sites) {
    const { model } = synthesize(site, loadOverlay(program.root, site, program.load), program.platform);
    for (const [component, { upstream }] of model.recorded) {
      const charts = upstream.filter((each): each is ChartUpstream => each.kind === 'chart');
      if (charts.length === 0) continue;
      const title = `${site}: ${charts.map(({ name, version }) => `${name} ${version}`).join(', ')}`;
      try {
        const asked: AskedChart[] = [];
        for (const each of charts)
          asked.push({ upstream: each, ...(await renderChart(each, KUBERNETES, HELM)) });
        const problems = judgeCharts(model, component, asked);
        const count = asked.reduce((sum, { manifests }) => sum + manifests.length, 0);
        console.log(`${problems.length === 0 ? '✔' : '✖'} ${title}: ${count} objects`);
        for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
        failed += problems.length;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        console.log(`– ${title}: left out\n  ${error.message.replaceAll('\n', '\n  ')}`);
      }
    }
  }
  return failed === 0 ? 0 : 1;
}

const asked = process.argv.slice(2);
main(asked.length > 0 ? asked : siteNames(program.root)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
