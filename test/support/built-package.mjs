// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';

/** Builds `dist/` unless it is newer than everything it is made from. Throws when the build fails. */
export function ensureBuilt() {
  const sources = ['package.json', 'tsconfig.json', 'tsup.config.ts', ...filesIn('src')];
  if (Math.max(...sources.map(changedAt)) < changedAt('dist/index.d.cts')) return;
  console.log('Building dist');
  const code = run('npm', ['run', '--silent', 'build', '--', '--silent']);
  if (code !== 0) throw new Error(`npm run build ended with exit code ${code}`);
}

/** For tests of the built package: vitest calls it once before the first of them. */
export const setup = ensureBuilt;

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true }).map(file => join(folder, String(file)));
}

/** @param {string} file */
function changedAt(file) {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
