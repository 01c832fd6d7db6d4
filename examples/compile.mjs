// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const EXAMPLES = fileURLToPath(new URL('.', import.meta.url));
const COMPILED = fileURLToPath(new URL('../.cache/examples', import.meta.url));

/**
 * Compiles an example file by file, unless that is done already: Node 20 runs no TypeScript.
 * Within the repository, because there its `import … from 'sightline'` finds the built package.
 *
 * @param {string} example a folder of this one
 * @returns {Promise<string>} URL of its compiled `main.ts`
 */
export async function compile(example) {
  const folder = join(EXAMPLES, example);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const outdir = join(COMPILED, example);
  const isCurrent = sources.every(file => changedAt(join(folder, file)) < changedAt(join(outdir, file.replace(/ts$/, 'js'))));
  if (!isCurrent) {
    await build({
      entryPoints: sources.map(file => join(folder, file)),
      outbase: folder,
      outdir,
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning',
    });
  }
  return pathToFileURL(join(outdir, 'main.js')).href;
}

/** @param {string} file */
function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
