import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, vi } from 'vitest';
import type { Clock } from '../../../src/core/clock.js';
import { collectHostMetrics, registerHostMetrics, type HostMetricsOptions } from '../../../src/metrics/host-metrics.js';
import { HostReader, type HostReaderParts } from '../../../src/metrics/host/host-reader.js';
import { renderRegistry, type ExpositionFormat } from '../../../src/metrics/render.js';

export const NET_DEV_HEAD =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
export const STAT =
  'cpu  110 20 30 1400 50 6 7 8 0 0\n' +
  'cpu0 10 20 30 400 50 6 7 8 9 1\n' +
  'cpu1 100 0 0 1000 0 0 0 0 0 0\n' +
  'intr 1 2 3\nctxt 99\nbtime 1700000000\nprocesses 5\n';
export const NORMAL = {
  stat: STAT,
  meminfo:
    'MemTotal:       1000 kB\nMemFree:         400 kB\nMemAvailable:    700 kB\nBuffers:          10 kB\nCached:          200 kB\n' +
    'SwapCached:        7 kB\nSwapTotal:        50 kB\nSwapFree:         40 kB\nHugePages_Total:       0\n',
  'net/dev':
    NET_DEV_HEAD +
    '    lo:  10       1    0    0    0     0          0         0       10       1    0    0    0     0       0          0\n' +
    'eth0:18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n',
  loadavg: '0.50 1.25 2.00 1/89 11887\n',
  mounts: '/dev/vda / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n',
};
export const DISK = { type: 0, bsize: 4_096, blocks: 100, bfree: 50, bavail: 40, files: 1_000, ffree: 900 };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export function folder(): string {
  const path = mkdtempSync(join(os.tmpdir(), 'sightline-host-'));
  folders.push(path);
  return path;
}

/** A /proc of these files. */
export function proc(files: Readonly<Record<string, string>>): string {
  const root = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text, 'latin1');
  }
  return root;
}

/** A clock that a test moves. */
class ManualClock implements Clock {
  time = 0;
  readonly pending = new Map<() => void, number>();
  now = (): number => this.time;
  monotonic = (): number => this.time;
  schedule = (callback: () => void, delayMs: number): (() => void) => {
    this.pending.set(callback, this.time + delayMs);
    return () => void this.pending.delete(callback);
  };
  advance(ms: number): void {
    this.time += ms;
    for (const [callback, due] of [...this.pending]) if (due <= this.time && this.pending.delete(callback)) callback();
  }
}

/** Host metrics in a registry of their own, over a /proc of a test. */
export function host(parts: Partial<HostReaderParts> & { procPath: string }) {
  const clock = new ManualClock();
  const onFault = vi.fn();
  const statfs = vi.fn((_path: Buffer) => Promise.resolve(DISK));
  const registry = new Registry();
  const linux = { ...os, platform: (): NodeJS.Platform => 'linux' };
  const reader = new HostReader({
    ignoredMountPoints: /^\/proc/,
    ignoredFsTypes: /^autofs$/,
    ignoredDevices: undefined,
    os: linux,
    statfs,
    clock,
    onFault,
    ...parts,
  });
  registerHostMetrics(registry, reader);
  /** Scrapes, the last reading being stale. */
  const scrape = async (): Promise<Map<string, number>> => {
    clock.advance(1_000);
    return samples(await registry.metrics());
  };
  const faults = (): string[] => onFault.mock.calls.map(([error]) => String(error));
  return { clock, onFault, statfs, registry, reader, scrape, faults };
}

/** The machine's own metrics, as the library collects them. */
export function machine(options: HostMetricsOptions = {}) {
  const registry = new Registry();
  const onFault = vi.fn();
  collectHostMetrics(registry, options, onFault);
  return { registry, onFault };
}

/** Values by `name{labels}`. */
export function samples(exposition: string): Map<string, number> {
  const lines = exposition.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

export async function render(registry: Registry, format: ExpositionFormat): Promise<string> {
  const onFault = (name: string, error: unknown): never => {
    throw new Error(name, { cause: error });
  };
  return Buffer.concat(await renderRegistry(registry, { format, onFault })).toString();
}

export function keys(values: ReadonlyMap<string, number>, part: string): string[] {
  return [...values.keys()].filter(key => key.includes(part));
}
