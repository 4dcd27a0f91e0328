import fs from 'node:fs';
import path from 'node:path';
import type { DistObject } from '../site';

/** An archive without files. */
const EMPTY_JAR = Buffer.from('504b0506'.padEnd(44, '0'), 'hex');

/** Packages that the jobs of dist ask for themselves, as Maven coordinates. */
export function packagesOf(objects: readonly DistObject[]): string[] {
  const found = objects.flatMap(({ manifest: { kind, spec } }) => {
    if (kind !== 'SparkApplication') return [];
    // The CRD holds the shape.
    const { sparkConf = {} } = spec as { readonly sparkConf?: Readonly<Record<string, string>> };
    return (sparkConf['spark.jars.packages'] ?? '').split(',').filter(Boolean);
  });
  return [...new Set(found)];
}

/**
 * Gives Ivy packages where it looks before it asks the network, which is not there: jars without classes. spark-submit
 * looks for those of a job before it asks for a driver, which would fetch them anew.
 * @param folder what `spark.jars.ivy` names
 */
export function writePackages(folder: string, packages: readonly string[]): void {
  for (const each of packages) {
    const [organisation = '', module = '', revision = ''] = each.split(':');
    const home = path.join(folder, 'local', organisation, module, revision);
    for (const part of ['ivys', 'jars']) fs.mkdirSync(path.join(home, part), { recursive: true });
    fs.writeFileSync(path.join(home, 'jars', `${module}.jar`), EMPTY_JAR);
    fs.writeFileSync(
      path.join(home, 'ivys/ivy.xml'),
      `<ivy-module version="2.0">
  <info organisation="${organisation}" module="${module}" revision="${revision}"/>
  <configurations><conf name="default"/></configurations>
  <publications><artifact name="${module}" type="jar" ext="jar" conf="default"/></publications>
</ivy-module>
`,
    );
  }
}
