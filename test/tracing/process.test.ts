import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { refusedUrl, startHangingTarget } from '../support/http-target.js';
import { startOtlpCollector } from '../support/otlp-wire.js';
import type { Plan } from './processes/traced.js';

const ENTRY = join(import.meta.dirname, 'processes/traced.ts');
const CACHE = join(import.meta.dirname, '../../.cache');
const folders: string[] = [];
const closing: { close(): Promise<void> }[] = [];
/** The process's script, in the repository: it finds the packages. */
let script: string;

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  script = await bundle(CACHE, {});
}, 30_000);
afterEach(async () => {
  await Promise.all(closing.splice(0).map(item => item.close()));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function bundle(parent: string, ssr: { noExternal?: true }): Promise<string> {
  const outDir = mkdtempSync(join(parent, 'traced-process-'));
  folders.push(outDir);
  const output = { entryFileNames: 'traced.mjs' };
  await build({ configFile: false, logLevel: 'error', ssr, build: { ssr: ENTRY, outDir, rollupOptions: { output } } });
  return join(outDir, 'traced.mjs');
}

/** Runs a process to its own end. */
async function run(plan: Plan, file = script): Promise<{ totals: Record<string, number>; active: boolean; loaded: number }> {
  // A process that does not end by itself is killed, and the test fails.
  const { stdout } = await promisify(execFile)(process.execPath, [file, JSON.stringify(plan)], { timeout: 20_000 });
  return JSON.parse(stdout);
}

describe('a process that has finished its work ends by itself', { timeout: 30_000 }, () => {
  // Enough that an export is under way when the work is done.
  const spans = 600;

  test.each(['otlp', 'jaeger'] as const)('with spans that wait for their export (%s)', async exporter => {
    await run({ options: { exporter, endpoint: await refusedUrl(), exportInterval: '1d', exportTimeout: '1d' }, spans: 10, close: false });
  });

  test.each(['otlp', 'jaeger'] as const)('while a target refuses connections (%s)', async exporter => {
    await run({ options: { exporter, endpoint: await refusedUrl(), exportTimeout: '500ms' }, spans, close: false });
  });

  test.each(['otlp', 'jaeger'] as const)('while a target never answers (%s)', async exporter => {
    const target = await startHangingTarget();
    closing.push(target);
    await run({ options: { exporter, endpoint: target.url, exportTimeout: '500ms' }, spans, close: false });
  });

  test('with a Jaeger agent, there or not', async () => {
    const { totals } = await run({ options: { exporter: 'jaeger', host: '127.0.0.1', port: 9 }, spans, close: false });
    expect(totals).toEqual({});
  });

  test.each(['otlp', 'jaeger'] as const)('after close, although the target never answered (%s)', async exporter => {
    const target = await startHangingTarget();
    closing.push(target);
    const { totals, active } = await run({ options: { exporter, endpoint: target.url, exportTimeout: '500ms' }, spans, close: true });

    expect(totals).toEqual({ failed: spans });
    expect(active).toBe(false);
  });

  test('after close, which it waits for although nothing else keeps it running', async () => {
    expect((await run({ options: 'silent', spans: 1, close: true })).totals).toEqual({ failed: 1 });
  });

  test('after close, with all its spans exported', async () => {
    const collector = await startOtlpCollector();
    closing.push(collector);
    const { totals } = await run({ options: { endpoint: collector.url }, spans, close: true });

    expect(totals).toEqual({ exported: spans });
    expect(collector.spans.all).toHaveLength(spans);
  });
});

describe('the OpenTelemetry SDK', { timeout: 30_000 }, () => {
  test('is not loaded where it is not needed', async () => {
    expect((await run({ spans: 1, close: true })).loaded).toBe(0);
    expect((await run({ options: false, spans: 1, close: true })).loaded).toBe(0);
    expect((await run({ options: { exporter: 'none' }, spans: 1, close: true })).loaded).toBeGreaterThan(0);
  });

  test('that is not installed is asked for by name', async () => {
    const elsewhere = await bundle(tmpdir(), { noExternal: true });

    expect(await run({ spans: 1, close: true }, elsewhere)).toEqual({ totals: {}, active: false, loaded: 0 });
    await expect(run({ options: { exporter: 'none' }, spans: 1, close: true }, elsewhere)).rejects.toThrow(
      /SIGHTLINE_MISSING_PEER|npm install @opentelemetry\/sdk-trace-node/,
    );
  });
});
