import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../core/problem';
import { program } from '../../../program';
import type { Say } from '../binaries';
import { cacheFolder } from '../cache';
import { run } from '../shell';

const REQUIREMENTS = path.join(program.root, 'charts/processing/spark/examples/requirements.txt');

/** A real Spark, as its image has it: programs, jars and Python. */
export interface PySpark {
  /** What SPARK_HOME names. */
  readonly home: string;
  readonly python: string;
}

/**
 * Spark as PyPI has it, in the release that the example pins; installed once into the cache, where `npm run
 * test:spark` finds it too.
 * @throws InputError without Python, Java or network
 */
export async function pyspark(say: Say): Promise<PySpark> {
  const python = process.env.PYTHON ?? 'python3';
  await need(python, ['-c', 'import venv, ensurepip'], 'install Python 3.10 or newer with venv');
  await need('java', ['-version'], 'install Java 17 or 21');
  const identity = await run(python, ['-c', 'import sys; print(f"{sys.version} {sys.executable}", end="")']);
  const requirements = fs.readFileSync(REQUIREMENTS);
  const key = createHash('sha256').update(requirements).update(identity).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder(), `spark-${key}`);
  if (!fs.existsSync(folder)) await install(python, folder, say);
  const own = path.join(folder, 'bin/python');
  const home = await run(own, ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__), end="")']);
  return { home, python: own };
}

async function install(python: string, folder: string, say: Say): Promise<void> {
  say('installing Spark from PyPI: once, then it is kept');
  const partial = `${folder}.${process.pid}`;
  try {
    await run(python, ['-m', 'venv', partial]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement'];
    await run(path.join(partial, 'bin/python'), [...pip, REQUIREMENTS], { timeoutMs: 900_000 });
    fs.renameSync(partial, folder);
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true });
    const message = `Spark could not be installed: ${error instanceof Error ? error.message : error}`;
    throw new InputError([{ field: 'pyspark', message, remedy: 'connect to the network and try again' }]);
  }
}

async function need(command: string, args: readonly string[], remedy: string): Promise<void> {
  try {
    await run(command, args);
  } catch {
    throw new InputError([{ field: 'pyspark', message: `${command} does not run here`, remedy }]);
  }
}
