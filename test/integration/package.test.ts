import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
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

  test('what alerts need is loaded where the environment asks for a channel', async () => {
    await runToEnd(node, 'alerts-on-demand.mjs');
  });

  test("the test in docs/alerting-testing.md passes in a newcomer's project", async () => {
    const guide = await readFile(join(ROOT, 'docs/alerting-testing.md'), 'utf8');
    await writeFile(join(project, 'alerts.test.mjs'), /```js\n(\/\/ alerts\.test\.mjs[^]*?)```/.exec(guide)?.[1] ?? '');
    const { stdout } = await execute(node, ['--test', 'alerts.test.mjs'], { cwd: project, timeout: 20_000 });
    expect(stdout).toMatch(/a payment provider that is down all night[^]*pass 1\b/);
  });

  test.each(['ai-on-demand.mjs', 'ai-on-demand.cjs'])('what AI calls need is loaded with the first one that is wrapped: %s', async script => {
    await runToEnd(node, script);
  });
});

test.each(['mts', 'cts'])('the test kit has its types for a project that has none of the optional packages: .%s', async extension => {
  await writeFile(
    join(project, `kit.${extension}`),
    `import { createMonitor, type Monitor } from 'sightline';
     import { dingTalk, type Alert } from 'sightline/alerting';
     import { alertsForTest, createVirtualClock, recordingChannel } from 'sightline/alerting/testing';
     export const monitor: Monitor = createMonitor({ clock: createVirtualClock(0), alerts: { channels: { chat: recordingChannel() } } });
     const { alerts, channels } = alertsForTest({ channels: { chat: dingTalk({ webhookUrl: 'https://x' }) } });
     export const fired: Promise<Alert> = alerts.fire({ title: 'x' });
     export const titles: string[] = channels.chat.takeAll().flatMap(({ alerts }) => alerts.map(({ title }) => title));
     // @ts-expect-error there is no such channel
     void channels.sms;`,
  );
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,esnext.disposable', '--types', 'node'];
  const compiler = [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, '--typeRoots', join(ROOT, 'node_modules/@types')];
  await expect(execute(process.execPath, [...compiler, `kit.${extension}`], { cwd: project })).resolves.toMatchObject({ stdout: '' });
});

describe.each(['esm', 'cjs'] as const)('bundled into one file, %s', format => {
  test('AI calls are measured where the app imports their part', async () => {
    await execute(process.execPath, [await bundle(format, "import 'sightline/ai'; import './ai-call.mjs';")]);
  });

  test('else the error says what to import', async () => {
    const running = execute(process.execPath, [await bundle(format, "import './ai-call.mjs';")]);
    await expect(running).rejects.toThrow("write `import 'sightline/ai';` where the app starts");
  });
});

/** Makes one file of an app and all its packages, in a folder without packages. */
async function bundle(format: 'esm' | 'cjs', app: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
  await build({
    stdin: { contents: app, resolveDir: project },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    outfile,
    // The packages in CommonJS need it.
    banner: format === 'esm' ? { js: "import * as module from 'node:module'; const require = module.createRequire(import.meta.url);" } : {},
    logLevel: 'error',
  });
  return outfile;
}

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
