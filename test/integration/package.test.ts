import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/command.mjs';
import { nodeBinary } from '../support/node-versions.mjs';

const execute = promisify(execFile);

/** A project with nothing but the packed package and its required peers. */
let project: string;
let packed: string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'sightline-consumer-'));
  const { stdout } = await npm(ROOT, 'pack', '--json', '--pack-destination', project);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);

  await writeFile(join(project, 'package.json'), '{ "private": true }');
  const { devDependencies } = await manifest();
  const peers = ['prom-client', '@opentelemetry/api'].map(name => `${name}@${devDependencies[name]}`);
  await npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`, ...peers);
  await cp(join(ROOT, 'test/integration/consumer'), project, { recursive: true });
});

afterAll(() => rm(project, { recursive: true, force: true }));

test('the packed package holds the build and what describes it, nothing else', () => {
  const build = /^dist\/(?:[\w-]+\/)*[\w-]+\.(?:js|cjs|js\.map|cjs\.map|d\.ts|d\.cts)$/;
  expect(packed.filter(path => !build.test(path)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
  ]);
});

test('every file that package.json points to is packed', async () => {
  const { exports, main, module, types } = await manifest();
  const targets = [main, module, types, ...leaves(exports)].map(path => path.replace('./', ''));
  expect(targets.filter(path => !packed.includes(path))).toEqual([]);
});

describe.each([20, 22, 24, 26])('on Node %i', major => {
  let node: string;
  beforeAll(() => {
    node = nodeBinary(major);
  });

  test('import and require give one shared monitor, and the same names from every entry', async () => {
    await runToEnd(node, 'both-formats.mjs');
  });

  test('a process that records and has nothing left to do exits by itself', async () => {
    await runToEnd(node, 'finishes.mjs');
  });
});

/** Rejects with what the script printed when it fails, and when it does not end. */
async function runToEnd(node: string, script: string): Promise<void> {
  try {
    await execute(node, [script], { cwd: project, timeout: 20_000 });
  } catch (error) {
    if (!(error as { killed?: boolean }).killed) throw error;
    throw new Error(`${script} was still running after 20 seconds`, { cause: error });
  }
}

function npm(cwd: string, ...args: string[]): Promise<{ stdout: string }> {
  return execute('npm', args, { cwd, shell: process.platform === 'win32' });
}

interface Manifest {
  exports: Record<string, unknown>;
  main: string;
  module: string;
  types: string;
  devDependencies: Record<string, string>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** The paths at the ends of a tree of conditions. */
function leaves(tree: unknown): string[] {
  return typeof tree === 'string' ? [tree] : Object.values(tree as object).flatMap(leaves);
}
