// Teaches require to read TypeScript as it stands. A file is transpiled by what jest uses, too, and kept by its text
// in node_modules/.cache, so that there is no build step between an edit and a run.
// Lines of a stack are those of the sources under `node --enable-source-maps`.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const nodeModule = require('node:module');
const path = require('node:path');
const { version } = require('@swc/core/package.json');

const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
};
const KEY = JSON.stringify([version, OPTIONS]);
const cache = path.join(__dirname, '../node_modules/.cache/lakeport');

// Node.js 22 keeps what V8 has compiled, too.
nodeModule.enableCompileCache?.(path.join(cache, 'compiled'));

require.extensions['.ts'] = (module, file) => module._compile(transpile(file), file);

/**
 * The JavaScript of a TypeScript file.
 * @throws SyntaxError «<file>:<line>: …» where it does not parse
 */
function transpile(file) {
  const source = fs.readFileSync(file, 'utf8');
  const name = path.basename(file);
  const hash = createHash('sha256').update(KEY).update(name).update(source).digest('hex');
  const kept = path.join(cache, `${name}-${hash}.js`);
  try {
    return fs.readFileSync(kept, 'utf8');
  } catch {
    const code = compile(source, file);
    keep(kept, code);
    return code;
  }
}

function compile(source, file) {
  try {
    const { transformSync } = require('@swc/core');
    return transformSync(source, { ...OPTIONS, filename: file, sourceFileName: path.basename(file) }).code;
  } catch (error) {
    const [what, place] = error.message.split('\n');
    const line = /:(\d+):\d+\]/.exec(place)?.[1];
    throw new SyntaxError(`${file}${line ? `:${line}` : ''}: ${what.replace(/^\s*[x×]\s*/, '')}`);
  }
}

/** Other runs read and write here at the same time; where nothing can be written, the next run transpiles again. */
function keep(file, code) {
  const own = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(own, code);
    fs.renameSync(own, file);
  } catch {}
}

module.exports = { transpile };
