// @ts-check
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, run } from '../../support/command.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PINNED = join(HERE, 'sdks');

/** A project of its own, in which the SDKs are installed and ours is one of the packages. */
export const PROJECT = join(ROOT, '.cache', 'ai-sdks');

/** Installs the SDKs that `sdks/` pins, unless they are there. Throws when that fails. */
export function ensureSdks() {
  const files = ['package.json', 'package-lock.json'];
  // npm writes the hidden lock file last: without it an install was cut short.
  const isWhole = existsSync(join(PROJECT, 'node_modules', '.package-lock.json'));
  if (isWhole && files.every(file => textOf(join(PROJECT, file)) === textOf(join(PINNED, file)))) return;
  console.log('Installing the SDKs into .cache/ai-sdks (about 330 MB)');
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(PROJECT, { recursive: true });
  for (const file of files) cpSync(join(PINNED, file), join(PROJECT, file));
  const code = run('npm', ['ci', '--prefix', PROJECT, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new Error(`npm ci ended with exit code ${code}`);
}

/**
 * Puts the built package beside the SDKs, as an install would, and the programs with what they import at the same
 * places as here: so their imports find the SDKs there, and the other files in both.
 */
export function placeFiles() {
  const package_ = join(PROJECT, 'node_modules', 'sightline');
  rmSync(package_, { recursive: true, force: true });
  for (const entry of ['package.json', 'dist']) cpSync(join(ROOT, entry), join(package_, entry), { recursive: true });
  rmSync(join(PROJECT, 'test'), { recursive: true, force: true });
  for (const folder of [join(HERE, 'harness'), join(HERE, 'matrix'), join(ROOT, 'test', 'support', 'ai-wire')]) {
    cpSync(folder, join(PROJECT, relative(ROOT, folder)), { recursive: true });
  }
}

/**
 * The path of a program of `matrix/`, where it can be run.
 *
 * @param {string} name
 */
export const programPath = name => join(PROJECT, relative(ROOT, HERE), 'matrix', `${name}.mjs`);

/** @param {string} file */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
