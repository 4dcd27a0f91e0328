import fs from 'node:fs';
import path from 'node:path';
import type { Validation, ValidationContext } from 'cdk8s-cli/plugins';
import { load as parse } from 'js-yaml';
import type { Manifest } from '../core/manifest';
import type { Entry } from '../core/model';
import { describeProblem, type Problem } from '../core/problem';
import { check, render } from '../core/synth';
import { loadOverlay } from './overlays';
import type { Program } from './program';

/** A validation plugin that holds the rules over the manifests as they were written, not as they are in memory. */
export function rulesPlugin(program: Program): new () => Validation {
  return class implements Validation {
    async validate(context: ValidationContext): Promise<void> {
      const problems = checkFiles(program, context.manifests);
      for (const problem of problems) {
        context.report.addViolation({
          ruleName: problem.message,
          recommendation: describeProblem(problem),
          fix: problem.remedy,
          violatingResources: [
            {
              resourceName: problem.field ?? '',
              locations: [problem.field ?? ''],
              manifestPath: path.join(problem.site ?? '', problem.component ?? ''),
            },
          ],
        });
      }
      context.report.submit(problems.length === 0 ? 'success' : 'failure');
    }
  };
}

/** What is wrong with manifest files that lie in `<any folder>/<site>/<component>/…`. */
export function checkFiles(program: Program, files: readonly string[]): Problem[] {
  const sites = new Map<string, Entry[]>();
  for (const file of files) {
    const { site, component } = placeOf(program, file);
    const manifest = parse(fs.readFileSync(file, 'utf8')) as Manifest;
    const entries = sites.get(site) ?? [];
    sites.set(site, entries);
    entries.push({ component, manifest });
  }
  return [...sites].flatMap(([site, entries]) => {
    const { model } = render(site, loadOverlay(program.root, site, program.load), program.platform);
    return check(model.with(entries));
  });
}

/** A manifest's site and component are the first two folders below the output folder. */
function placeOf({ root, platform }: Program, file: string): { site: string; component: string } {
  const names = new Set<string>([...platform.components.map(({ name }) => name), platform.delivery.name]);
  const parts = path.relative(root, path.resolve(file)).split(path.sep);
  const index = parts.findIndex((part, at) => at > 0 && names.has(part));
  return { site: parts[index - 1] ?? '', component: parts[index] ?? '' };
}
