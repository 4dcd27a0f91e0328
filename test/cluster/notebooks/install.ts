import { pyspark } from '../controllers/pyspark';
import { notebookPrograms } from './programs';

// Prints, a line each: the folder of the programs of JupyterHub, its proxy, and where PySpark is imported from.
const say = (line: string) => console.error(line);
pyspark(say)
  .then((spark) => notebookPrograms(spark, say))
  .then(({ bin, proxy, pyspark: packages }) => console.log([bin, proxy, packages].join('\n')))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
