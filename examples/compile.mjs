// @ts-check
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const EXAMPLES = fileURLToPath(new URL('.', import.meta.url));
const COMPILED = fileURLToPath(new URL('../.cache/examples', import.meta.url));

/**
 * Compiles the examples file by file, unless that is done already: Node 20 runs no TypeScript.
 * Within the repository, because there their `import … from 'sightline'` finds the built package.
 *
 * @param {string} example a folder of this one
 * @returns {Promise<string>} URL of its compiled `main.ts`
 */
export async function compile(example) {
  const sources = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const isCurrent = sources.every(file => changedAt(join(EXAMPLES, file)) < changedAt(join(COMPILED, file.replace(/ts$/, 'js'))));
  if (!isCurrent) {
    const { outputFiles } = await build({
      entryPoints: sources.map(file => join(EXAMPLES, file)),
      outbase: EXAMPLES,
      outdir: COMPILED,
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning',
      write: false,
    });
    for (const { path, contents } of outputFiles) replace(path, contents);
  }
  return pathToFileURL(join(COMPILED, example, 'main.js')).href;
}

/**
 * In one step: another example may start meanwhile, and must not import half a file.
 *
 * @param {string} file
 * @param {Uint8Array} contents
 */
function replace(file, contents) {
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(unfinished, contents);
  renameSync(unfinished, file);
}

/** @param {string} file */
function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
