// @ts-check
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run, ROOT } from '../../support/command.mjs';

/** A project of its own, in which the compared packages are installed and ours is one of them. */
export const PROJECT = join(ROOT, '.cache', 'bench');
const MANIFEST = join(PROJECT, 'package.json');
const PINNED = join(ROOT, 'test', 'bench', 'peers.json');

/** Loads a package as that project's code would: all of them CommonJS, ours too, and one copy of prom-client. */
export const load = createRequire(MANIFEST);

/** Installs the packages that peers.json pins, unless they are there. Throws when that fails. */
export function ensurePeers() {
  const pinned = readFileSync(PINNED, 'utf8');
  if (textOf(MANIFEST) === pinned && existsSync(join(PROJECT, 'node_modules', '.package-lock.json'))) return;
  console.log('Installing the packages to compare with into .cache/bench');
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(PROJECT, { recursive: true });
  writeFileSync(MANIFEST, pinned);
  // One of them would compile an add-on that it does without.
  const options = ['--prefix', PROJECT, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = run('npm', ['install', ...options]);
  if (code !== 0) throw new Error(`npm install ended with exit code ${code}`);
}

/** Puts the built package beside them, as an install would. */
export function placePackage() {
  const target = join(PROJECT, 'node_modules', 'sightline');
  rmSync(target, { recursive: true, force: true });
  for (const entry of ['package.json', 'dist']) cpSync(join(ROOT, entry), join(target, entry), { recursive: true });
}

/** @param {string} file */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
