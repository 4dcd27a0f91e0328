import path from 'node:path';
import { delivery } from './argocd/delivery';
import { components } from './charts';
import { servingAdvisor } from './charts/serving/advisor';
import type { Program } from './cli/program';

// cdk8s reads these when it names and sorts; the same overlay must give the same bytes in every environment.
delete process.env.CDK8S_DISABLE_SORT;
delete process.env.CDK8S_LEGACY_HASH;

/** lakeport, put together: the one place that knows both the generator and the products. */
export const program: Program = {
  root: __dirname,
  platform: { components, delivery, serving: servingAdvisor },
  // The loader that runs this file also runs overlays, which are found by looking, not by name.
  load: (file) => require(path.resolve(file)),
};
