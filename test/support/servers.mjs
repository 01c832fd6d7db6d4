// @ts-check
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';

/** The programs that tests start, each with the Debian package it comes from. */
const SERVERS = {
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  promtool: 'prometheus',
  'redis-server': 'redis-server',
  mariadbd: 'mariadb-server',
};

/** @typedef {keyof typeof SERVERS} Server */

/**
 * The path of a server's program, for a test to start it: `undefined` where it is not installed,
 * and the test is to be skipped. Under `CI` nothing may be skipped: there it throws.
 *
 * @param {Server} name
 * @returns {string | undefined}
 */
export function findServer(name) {
  const path = findOnPath(name);
  if (path === undefined && allAreRequired()) throw new Error(advice([name]));
  return path;
}

/**
 * The path of a program that a test can do without, even under `CI`: a second server for what another
 * test covers, too big to install for that. `undefined` where it is not installed.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function findOptionalServer(name) {
  return findOnPath(name);
}

/** Installs the missing servers as root on Debian. Elsewhere says what to install; throws under `CI`. */
export function ensureServers() {
  if (missingServers().length > 0 && canInstall()) install(missingServers());
  const missing = missingServers();
  if (missing.length === 0) return;
  if (allAreRequired()) throw new Error(advice(missing));
  console.warn(`${advice(missing)} Tests that need them are SKIPPED.`);
}

function missingServers() {
  return /** @type {Server[]} */ (Object.keys(SERVERS)).filter(name => findOnPath(name) === undefined);
}

/** @param {string} name */
function findOnPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  return folders.map(folder => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function allAreRequired() {
  return !['', 'false', '0'].includes(process.env['CI'] ?? '');
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** @param {Server[]} names */
function install(names) {
  console.log(`Installing Debian packages: ${debianPackages(names).join(', ')}`);
  // The run level keeps the packages from starting the servers as services.
  const env = { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...debianPackages(names)], env);
}

/** @param {Server[]} names */
function debianPackages(names) {
  return [...new Set(names.map(name => SERVERS[name]))];
}

/** @param {Server[]} names */
function advice(names) {
  return `Not installed: ${names.join(', ')} (on Debian: apt-get install ${debianPackages(names).join(' ')}).`;
}
