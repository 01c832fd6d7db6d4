import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { Registry as PlatformaticRegistry } from '@platformatic/prom-client';
import { Registry as PrometheusRegistry } from '@prometheus-io/client';
import { AggregatorRegistry, Gauge, Registry } from 'prom-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { collectHostMetrics, hostMetricNames, registerHostMetrics, type HostMetricsOptions } from '../../src/metrics/host-metrics.js';
import { HostReader, type HostReaderParts } from '../../src/metrics/host/host-reader.js';
import type { MetricRegistry } from '../../src/metrics/registry.js';
import { renderRegistry, type ExpositionFormat } from '../../src/metrics/render.js';
import { findServer } from '../support/servers.mjs';

const NET_DEV_HEAD =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const STAT =
  'cpu  110 20 30 1400 50 6 7 8 0 0\n' +
  'cpu0 10 20 30 400 50 6 7 8 9 1\n' +
  'cpu1 100 0 0 1000 0 0 0 0 0 0\n' +
  'intr 1 2 3\nctxt 99\nbtime 1700000000\nprocesses 5\n';
const NORMAL = {
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
const DISK = { type: 0, bsize: 4_096, blocks: 100, bfree: 50, bavail: 40, files: 1_000, ffree: 900 };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(os.tmpdir(), 'sightline-host-'));
  folders.push(path);
  return path;
}

/** A /proc of these files. */
function proc(files: Readonly<Record<string, string>>): string {
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
function host(parts: Partial<HostReaderParts> & { procPath: string }) {
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
  registerHostMetrics(registry as MetricRegistry, reader);
  /** Scrapes, the last reading being stale. */
  const scrape = async (): Promise<Map<string, number>> => {
    clock.advance(1_000);
    return samples(await registry.metrics());
  };
  const faults = (): string[] => onFault.mock.calls.map(([error]) => String(error));
  return { clock, onFault, statfs, registry, reader, scrape, faults };
}

/** The machine's own metrics, as the library collects them. */
function machine(options: HostMetricsOptions = {}) {
  const registry = new Registry();
  const onFault = vi.fn();
  collectHostMetrics(registry as MetricRegistry, options, onFault);
  return { registry, onFault };
}

/** Values by `name{labels}`. */
function samples(exposition: string): Map<string, number> {
  const lines = exposition.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

async function render(registry: Registry, format: ExpositionFormat): Promise<string> {
  const onFault = (name: string, error: unknown): never => {
    throw new Error(name, { cause: error });
  };
  return Buffer.concat(await renderRegistry(registry as MetricRegistry, { format, onFault })).toString();
}

function keys(values: ReadonlyMap<string, number>, part: string): string[] {
  return [...values.keys()].filter(key => key.includes(part));
}

describe('values', () => {
  test('of a normal /proc', async () => {
    const { scrape, onFault } = host({ procPath: proc(NORMAL) });
    const disk = (mountpoint: string, device: string, fstype: string) => ({
      [`node_filesystem_size_bytes{device="${device}",mountpoint="${mountpoint}",fstype="${fstype}"}`]: 409_600,
      [`node_filesystem_free_bytes{device="${device}",mountpoint="${mountpoint}",fstype="${fstype}"}`]: 204_800,
      [`node_filesystem_avail_bytes{device="${device}",mountpoint="${mountpoint}",fstype="${fstype}"}`]: 163_840,
      [`node_filesystem_files{device="${device}",mountpoint="${mountpoint}",fstype="${fstype}"}`]: 1_000,
      [`node_filesystem_files_free{device="${device}",mountpoint="${mountpoint}",fstype="${fstype}"}`]: 900,
    });
    const cpu = (number: number, times: Record<string, number>) =>
      Object.fromEntries(
        Object.entries(times).map(([mode, value]) => [`node_cpu_seconds_total{cpu="${number}",mode="${mode}"}`, value]),
      );
    const device = (name: string, direction: string, [bytes, packets, errs, drop]: readonly (number | undefined)[]) => ({
      [`node_network_${direction}_bytes_total{device="${name}"}`]: bytes,
      [`node_network_${direction}_packets_total{device="${name}"}`]: packets,
      [`node_network_${direction}_errs_total{device="${name}"}`]: errs,
      [`node_network_${direction}_drop_total{device="${name}"}`]: drop,
    });
    expect(Object.fromEntries(await scrape())).toEqual({
      ...cpu(0, { user: 0.1, nice: 0.2, system: 0.3, idle: 4, iowait: 0.5, irq: 0.06, softirq: 0.07, steal: 0.08 }),
      ...cpu(1, { user: 1, nice: 0, system: 0, idle: 10, iowait: 0, irq: 0, softirq: 0, steal: 0 }),
      node_memory_MemTotal_bytes: 1_024_000,
      node_memory_MemFree_bytes: 409_600,
      node_memory_MemAvailable_bytes: 716_800,
      node_memory_Buffers_bytes: 10_240,
      node_memory_Cached_bytes: 204_800,
      node_memory_SwapTotal_bytes: 51_200,
      node_memory_SwapFree_bytes: 40_960,
      ...disk('/', '/dev/vda', 'ext4'),
      ...disk('/tmp', 'tmpfs', 'tmpfs'),
      ...device('lo', 'receive', [10, 1, 0, 0]),
      ...device('lo', 'transmit', [10, 1, 0, 0]),
      ...device('eth0', 'receive', [2 ** 64, 2, 3, 4]),
      ...device('eth0', 'transmit', [9, 10, 11, 12]),
      node_load1: 0.5,
      node_load5: 1.25,
      node_load15: 2,
      node_boot_time_seconds: 1_700_000_000,
    });
    expect(onFault).not.toHaveBeenCalled();
  });

  test('of an old kernel: what it does not have is missing', async () => {
    const procPath = proc({ ...NORMAL, stat: 'cpu0 1 2 3 4\n', meminfo: 'MemTotal: 10 kB\nMemFree: 5 kB\n' });
    const { scrape, onFault } = host({ procPath });
    const values = await scrape();
    expect(keys(values, 'node_cpu')).toHaveLength(4);
    expect(keys(values, 'node_memory')).toEqual(['node_memory_MemTotal_bytes', 'node_memory_MemFree_bytes']);
    expect(keys(values, 'node_boot')).toEqual([]);
    expect(onFault).not.toHaveBeenCalled();
  });

  test('are those of the time of the scrape', async () => {
    const procPath = proc(NORMAL);
    const { scrape } = host({ procPath });
    expect((await scrape()).get('node_load1')).toBe(0.5);
    writeFileSync(join(procPath, 'loadavg'), '9.00 1.25 2.00 1/89 11887\n');
    expect((await scrape()).get('node_load1')).toBe(9);
  });

  test('outside Linux are what Node knows', async () => {
    const times = { user: 1_000, nice: 2_000, sys: 3_000, idle: 4_000, irq: 5_000 };
    const of = (platform: NodeJS.Platform) => ({
      platform: () => platform,
      cpus: () => [{ model: 'x', speed: 1, times }],
      totalmem: () => 1_000,
      freemem: () => 400,
      loadavg: () => [1, 2, 3],
    });
    const cpu = (modes: Record<string, number>) =>
      Object.fromEntries(Object.entries(modes).map(([mode, value]) => [`node_cpu_seconds_total{cpu="0",mode="${mode}"}`, value]));
    const memory = { node_memory_MemTotal_bytes: 1_000, node_memory_MemFree_bytes: 400 };
    const load = { node_load1: 1, node_load5: 2, node_load15: 3 };
    const read = async (platform: NodeJS.Platform) => {
      const { scrape, onFault } = host({ procPath: '/missing', os: of(platform) });
      const values = Object.fromEntries(await scrape());
      expect(onFault).not.toHaveBeenCalled();
      return values;
    };
    expect(await read('darwin')).toEqual({ ...cpu({ user: 1, nice: 2, system: 3, idle: 4 }), ...memory, ...load });
    expect(await read('win32')).toEqual({ ...cpu({ user: 1, system: 3, idle: 4 }), ...memory });
    expect(await read('freebsd')).toEqual({ ...cpu({ user: 1, nice: 2, system: 3, idle: 4, irq: 5 }), ...memory, ...load });
  });

  test('outside Linux are missing where Node cannot tell', async () => {
    const failing = (): never => {
      throw new Error('not permitted');
    };
    const { scrape, faults } = host({ procPath: '/missing', os: { ...os, platform: () => 'darwin', totalmem: failing } });
    expect((await scrape()).size).toBe(0);
    await scrape();
    expect(faults()).toEqual(['Error: not permitted']);
  });
});

describe('counters', () => {
  test('of CPU time do not fall with the kernel, and follow a CPU that was taken away', async () => {
    const procPath = proc(NORMAL);
    const { scrape } = host({ procPath });
    const idle = async (ticks: number): Promise<number | undefined> => {
      writeFileSync(join(procPath, 'stat'), `cpu0 0 0 0 ${ticks} 0 0 0 0\n`);
      return (await scrape()).get('node_cpu_seconds_total{cpu="0",mode="idle"}');
    };
    expect(await idle(100_000)).toBe(1_000);
    expect(await idle(99_999)).toBe(1_000);
    expect(await idle(99_800)).toBe(1_000);
    expect(await idle(100_001)).toBe(1_000.01);
    expect(await idle(500)).toBe(5);
  });

  test.runIf(process.platform === 'linux')('of this machine only grow', async () => {
    const { registry } = machine();
    const before = samples(await registry.metrics());
    const end = performance.now() + 300;
    while (performance.now() < end);
    const after = samples(await registry.metrics());
    const counters = keys(before, '_total');
    expect(counters.length).toBeGreaterThan(8);
    for (const key of counters) expect(after.get(key), key).toBeGreaterThanOrEqual(before.get(key) as number);
    const busy = (values: Map<string, number>): number =>
      keys(values, 'mode="user"').reduce((sum, key) => sum + (values.get(key) as number), 0);
    expect(busy(after) - busy(before)).toBeGreaterThan(0.1);
  });
});

describe('file systems', () => {
  const mountsOf = (values: Map<string, number>): string[] =>
    keys(values, 'size_bytes').map(key => /mountpoint="((?:[^"\\]|\\.)*)"/.exec(key)?.[1] ?? '');

  test('have escapes in their names undone, whatever bytes these are', async () => {
    const mounts = [
      '/dev/a /with\\040space ext4 rw 0 0',
      '/dev/b /tab\\011line\\012feed\\134back ext4 rw 0 0',
      '/dev/my\\040disk /\\043"quoted" ext4 rw 0 0',
      `/dev/c /${Buffer.from('备份').toString('latin1')} ext4 rw 0 0`,
      '/dev/d /not\xffutf8 ext4 rw 0 0',
      '/dev/e /not\\04an\\999escape ext4 rw 0 0',
    ];
    const { scrape, statfs, registry, onFault } = host({ procPath: proc({ ...NORMAL, mounts: `${mounts.join('\n')}\n` }) });
    await scrape();
    expect(statfs.mock.calls.map(([path]) => path.toString('latin1'))).toEqual([
      '/with space',
      '/tab\tline\nfeed\\back',
      '/#"quoted"',
      `/${Buffer.from('备份').toString('latin1')}`,
      '/not\xffutf8',
      '/not\\04an\\999escape',
    ]);
    const { values } = (await (registry.getSingleMetric('node_filesystem_size_bytes') as Gauge).get()) as {
      values: { labels: Record<string, unknown> }[];
    };
    expect(values.map(({ labels }) => labels['mountpoint'])).toEqual([
      '/with space',
      '/tab\tline\nfeed\\back',
      '/#"quoted"',
      '/备份',
      '/not\uFFFDutf8',
      '/not\\04an\\999escape',
    ]);
    expect(values[2]?.labels['device']).toBe('/dev/my disk');
    expect(onFault).not.toHaveBeenCalled();
  });

  test('of a container: node_exporter’s defaults leave out overlays and the kernel’s own', async () => {
    const data = join(folder(), 'data disk');
    mkdirSync(data);
    const mounts = [
      'overlay / overlay rw,lowerdir=/var/lib/docker/overlay2/l/A:/var/lib/docker/overlay2/l/B 0 0',
      'proc /proc proc rw 0 0',
      'tmpfs /dev tmpfs rw 0 0',
      'shm /dev/shm tmpfs rw 0 0',
      'cgroup /sys/fs/cgroup cgroup2 ro 0 0',
      'none /etc/secret squashfs ro 0 0',
      'x /var/lib/docker/volumes/x ext4 rw 0 0',
      `/dev/sda1 ${data.replaceAll(' ', '\\040')} ext4 rw 0 0`,
    ];
    const { registry, onFault } = machine({ procPath: proc({ ...NORMAL, mounts: `${mounts.join('\n')}\n` }) });
    const values = samples(await registry.metrics());
    if (process.platform !== 'linux') return;
    const { blocks, bsize } = statfsSync(data);
    expect(mountsOf(values)).toEqual([data]);
    expect(values.get(`node_filesystem_size_bytes{device="/dev/sda1",mountpoint="${data}",fstype="ext4"}`)).toBe(blocks * bsize);
    expect(onFault).not.toHaveBeenCalled();
  });

  test('hidden by a later mount are not shown, nor are equal ones twice', async () => {
    const mounts = 'rootfs / rootfs rw 0 0\n/dev/a / ext4 rw 0 0\ntmpfs /t tmpfs rw 0 0\ntmpfs /t tmpfs rw 0 0\n/dev/b /auto ext4 rw 0 0\nx /auto autofs rw 0 0\n';
    const { scrape } = host({ procPath: proc({ ...NORMAL, mounts }) });
    expect(keys(await scrape(), 'size_bytes')).toEqual([
      'node_filesystem_size_bytes{device="/dev/a",mountpoint="/",fstype="ext4"}',
      'node_filesystem_size_bytes{device="tmpfs",mountpoint="/t",fstype="tmpfs"}',
    ]);
  });

  test('are chosen by the options, a global expression as well', async () => {
    const mounts = ['a', 'b', 'c', 'd'].map(name => `/dev/${name} /${name} ext4 rw 0 0\n`).join('');
    const { scrape } = host({ procPath: proc({ ...NORMAL, mounts }), ignoredMountPoints: /[bc]/g, ignoredDevices: /^l/y });
    for (let i = 0; i < 3; i++) {
      const values = await scrape();
      expect(mountsOf(values)).toEqual(['/a', '/d']);
      expect(keys(values, 'receive_bytes')).toEqual(['node_network_receive_bytes_total{device="eth0"}']);
    }
  });

  test('that refuse are missing, told once, and told again after they recovered', async () => {
    let refuses = true;
    const statfs = vi.fn(async (path: Buffer) => {
      if (refuses && String(path) === '/') throw new Error('EACCES: permission denied, statfs');
      return DISK;
    });
    const { scrape, faults } = host({ procPath: proc(NORMAL), statfs });
    expect(mountsOf(await scrape())).toEqual(['/tmp']);
    expect(mountsOf(await scrape())).toEqual(['/tmp']);
    expect(faults()).toEqual(['Error: EACCES: permission denied, statfs']);
    refuses = false;
    expect(mountsOf(await scrape())).toEqual(['/', '/tmp']);
    refuses = true;
    await scrape();
    expect(faults()).toHaveLength(2);
  });

  describe('that hang', () => {
    const MOUNTS =
      's:/x /nfs nfs4 rw 0 0\n//s/y /cifs cifs rw 0 0\n/dev/a / ext4 rw 0 0\n/dev/b /b ext4 rw 0 0\n/dev/c /c ext4 rw 0 0\n';
    /** A host whose `statfs` never answers for the given mount points until `answer()`. */
    function hanging(...mountPoints: string[]) {
      const waiting: (() => void)[] = [];
      const hung = new Set(mountPoints);
      const statfs = vi.fn((path: Buffer) =>
        hung.has(String(path)) ? new Promise<typeof DISK>(resolve => waiting.push(() => resolve(DISK))) : Promise.resolve(DISK),
      );
      const made = host({ procPath: proc({ ...NORMAL, mounts: MOUNTS }), statfs });
      /** A scrape, in the course of which time passes. */
      const scrapeFor = async (ms: number): Promise<Map<string, number>> => {
        const values = made.scrape();
        await vi.waitFor(() => expect(waiting).not.toEqual([]));
        made.clock.advance(ms);
        return values;
      };
      const answer = (): void => {
        hung.clear();
        for (const resolve of waiting.splice(0)) resolve();
      };
      const asked = (): string[] => statfs.mock.calls.splice(0).map(([path]) => String(path));
      return { ...made, scrapeFor, answer, asked };
    }

    test('hold a scrape for two seconds once, then are not asked until they answer', async () => {
      const { scrape, scrapeFor, answer, asked, faults, clock } = hanging('/nfs');
      const first = await scrapeFor(2_000);
      expect(mountsOf(first)).toEqual(['/', '/b', '/c']);
      expect(first.get('node_load1')).toBe(0.5);
      // Those that may hang are asked last; the other one waits until none does.
      expect(asked()).toEqual(['/', '/b', '/c', '/nfs']);
      expect(clock.pending.size).toBe(0);

      expect(mountsOf(await scrape())).toEqual(['/', '/b', '/c']);
      expect(asked()).toEqual(['/', '/b', '/c']);
      expect(faults()).toEqual([expect.stringContaining('/nfs did not answer statfs within 2 seconds')]);

      answer();
      expect(mountsOf(await scrape())).toEqual(['/', '/b', '/c', '/nfs', '/cifs']);
      expect(faults()).toHaveLength(1);
      expect(clock.pending.size).toBe(0);
    });

    test('never hold more than two threads', async () => {
      const { scrape, scrapeFor, answer, asked } = hanging('/', '/b', '/c', '/nfs', '/cifs');
      await scrapeFor(2_000);
      expect(asked()).toEqual(['/']);
      const second = scrape();
      await vi.waitFor(() => expect(asked()).toEqual(['/b']));
      await scrapeFor(2_000);
      await second;
      expect(mountsOf(await scrape())).toEqual([]);
      expect(asked()).toEqual([]);
      answer();
      expect(mountsOf(await scrape())).toHaveLength(5);
    });

    test('but answer in time are no fault', async () => {
      const { scrape, answer, onFault, clock } = hanging('/nfs');
      const values = scrape();
      await vi.waitFor(() => expect(clock.pending.size).toBe(1));
      clock.advance(1_999);
      await vi.waitFor(() => {
        answer();
        expect(clock.pending.size).toBe(0);
      });
      expect(mountsOf(await values)).toHaveLength(5);
      expect(onFault).not.toHaveBeenCalled();
    });
  });
});

describe('a damaged /proc', () => {
  const FAMILIES = { stat: 'node_cpu', meminfo: 'node_memory', 'net/dev': 'node_network', loadavg: 'node_load', mounts: 'node_filesystem' };
  type File = keyof typeof FAMILIES;
  const garbage = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 256)).toString('latin1');
  const ways: [way: string, damage: (text: string, file: File) => string | undefined][] = [
    ['missing', () => undefined],
    ['empty', () => ''],
    ['truncated', text => text.slice(0, -4)],
    ['garbage', () => garbage],
    ['garbage with an end', () => `${garbage}\n`],
    ['lines of nothing', () => '\n\n\n'],
  ];
  const cases = ways.flatMap(([way, damage]) => (Object.keys(FAMILIES) as File[]).map(file => ({ way, damage, file })));

  test.each(cases)('$file $way loses its own metrics only, told once', async ({ damage, file }) => {
    const files: Record<string, string> = { ...NORMAL };
    const damaged = damage(NORMAL[file], file);
    if (damaged === undefined) delete files[file];
    else files[file] = damaged;
    const { scrape, faults } = host({ procPath: proc(files) });
    const whole = await host({ procPath: proc(NORMAL) }).scrape();
    const lost = (key: string): boolean => key.startsWith(FAMILIES[file]) || (file === 'stat' && key.startsWith('node_boot'));
    const rest = [...whole].filter(([key]) => !lost(key));
    expect([...(await scrape())]).toEqual(rest);
    expect([...(await scrape())]).toEqual(rest);
    expect(faults()).toEqual([expect.stringContaining(file)]);
  });

  test.each([
    ['stat', STAT.replace('400', 'x')],
    ['stat', 'cpu0 1 2\n'],
    ['stat', 'cpux0\ncpu0x 1 2 3 4\n'],
    ['stat', `${STAT}btime -5\n`],
    ['meminfo', 'MemTotal: 12 MB\n'],
    ['meminfo', 'MemTotal: kB\n'],
    ['net/dev', `${NET_DEV_HEAD}eth0: 1 2 3\n`],
    ['net/dev', `${NET_DEV_HEAD}eth0: 1 2 3 4 5 6 7 8 9 10 -11 12 13 14 15 16\n`],
    ['net/dev', `${NET_DEV_HEAD}no colon\n`],
    ['loadavg', 'a b c\n'],
    ['mounts', '/dev/a /\n'],
  ])('%s %j is refused', async (file, text) => {
    const { scrape, faults } = host({ procPath: proc({ ...NORMAL, [file]: text }) });
    expect(keys(await scrape(), FAMILIES[file as File])).toEqual([]);
    expect(faults()).toEqual([expect.stringContaining(`${file} cannot be understood: it `)]);
  });

  test('without any file gives no value, and leaves no file open', async () => {
    const { scrape, faults } = host({ procPath: join(folder(), 'missing') });
    expect((await scrape()).size).toBe(0);
    expect(faults()).toHaveLength(5);
  });

  test.runIf(process.platform === 'linux')('leaves no file open', async () => {
    const { scrape } = host({ procPath: proc({ ...NORMAL, stat: garbage, mounts: '' }) });
    await scrape();
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 50; i++) await scrape();
    expect(open()).toBeLessThanOrEqual(before + 5);
  });

  test('without network devices is whole', async () => {
    const { scrape, onFault } = host({ procPath: proc({ ...NORMAL, 'net/dev': NET_DEV_HEAD }) });
    expect(keys(await scrape(), 'node_network')).toEqual([]);
    expect(onFault).not.toHaveBeenCalled();
  });
});

test('a huge /proc is shown up to a limit, and read up to one', async () => {
  const many = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('');
  const procPath = proc({
    ...NORMAL,
    stat: many(5_000, i => `cpu${i} 1 2 3 4 5 6 7 8 0 0\n`) + `intr${' 0'.repeat(500_000)}\n`,
    'net/dev': NET_DEV_HEAD + many(10_000, i => `veth${i}: ${'1 '.repeat(16)}\n`),
    // 12 MB: cut within a line.
    mounts: many(60_000, i => `/dev/${i} /m${i} ext4 ${'x'.repeat(200)} 0 0\n`),
  });
  const { scrape, statfs, onFault } = host({ procPath });
  const values = await scrape();
  expect(keys(values, 'node_cpu')).toHaveLength(1_024 * 8);
  expect(keys(values, 'receive_bytes')).toHaveLength(200);
  expect(keys(values, 'filesystem_files_free')).toHaveLength(200);
  expect(statfs).toHaveBeenCalledTimes(200);
  expect(onFault).not.toHaveBeenCalled();
});

describe('in a registry', () => {
  test('all families of a scrape, and scrapes at the same time, share one reading', async () => {
    const { registry, statfs, clock } = host({ procPath: proc(NORMAL) });
    await Promise.all([render(registry, 'text'), render(registry, 'openmetrics'), registry.metrics(), registry.getMetricsAsJSON()]);
    expect(statfs).toHaveBeenCalledTimes(2);
    clock.advance(249);
    await render(registry, 'text');
    expect(statfs).toHaveBeenCalledTimes(2);
    clock.advance(1);
    await render(registry, 'text');
    expect(statfs).toHaveBeenCalledTimes(4);
    expect(clock.pending.size).toBe(0);
  });

  test('nothing is read before a scrape', async () => {
    const { statfs, onFault, clock } = host({ procPath: '/missing' });
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(statfs).not.toHaveBeenCalled();
    expect(onFault).not.toHaveBeenCalled();
    expect(clock.pending.size).toBe(0);
  });

  test('a second time changes nothing', async () => {
    const { registry } = machine();
    const metrics = registry.getMetricsAsArray();
    collectHostMetrics(registry as MetricRegistry, {}, () => {});
    expect(registry.getMetricsAsArray()).toEqual(metrics);
    expect(metrics.map(({ name }) => name)).toEqual(hostMetricNames);
  });

  test('a name that is taken stays with its owner', async () => {
    const registry = new Registry();
    new Gauge({ name: 'node_load1', help: 'mine', registers: [registry] }).set(42);
    collectHostMetrics(registry as MetricRegistry, {}, () => {});
    expect(samples(await registry.metrics()).get('node_load1')).toBe(42);
    expect(registry.getMetricsAsArray()).toHaveLength(hostMetricNames.length);
  });

  test.each([
    [{ procPath: '' }, 'metrics.host.procPath'],
    [{ ignoredFsTypes: 'overlay' }, 'metrics.host.ignoredFsTypes'],
    [{ mounts: true }, 'metrics.host.mounts'],
  ])('options that make no sense are refused: %j', (options, option) => {
    const registry = new Registry();
    const collect = (): void => collectHostMetrics(registry as MetricRegistry, options as any, () => {});
    expect(collect).toThrow(expect.objectContaining({ code: 'SIGHTLINE_INVALID_OPTION', option }));
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  test('an OpenMetrics scrape renames nothing for good', async () => {
    const { registry } = host({ procPath: proc(NORMAL) });
    const text = await registry.metrics();
    const rendered = await render(registry, 'text');
    const openMetrics = await render(registry, 'openmetrics');
    for (let i = 0; i < 2; i++) {
      registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
      const theirs = await registry.metrics();
      expect(samples(theirs)).toEqual(samples(text));
      expect(theirs).toContain('# TYPE node_cpu_seconds counter\nnode_cpu_seconds_total{cpu="0",mode="user"} 0.1');
      registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE as never);
      expect(await registry.metrics()).toBe(text);
      expect(await render(registry, 'text')).toBe(rendered);
      expect(await render(registry, 'openmetrics')).toBe(openMetrics);
    }
    expect(samples(rendered)).toEqual(samples(text));
    expect(samples(openMetrics)).toEqual(samples(text));
  });

  test.each([
    ['@prometheus-io/client', PrometheusRegistry],
    ['@platformatic/prom-client', PlatformaticRegistry],
  ])('of %s shows the same', async (_, OtherRegistry) => {
    const { registry, reader } = host({ procPath: proc(NORMAL) });
    const other = new OtherRegistry();
    registerHostMetrics(other as unknown as MetricRegistry, reader);
    expect(samples(await other.metrics())).toEqual(samples(await registry.metrics()));
  });

  test('workers of a cluster see one host, so their values are not added', async () => {
    const procPath = proc(NORMAL);
    const worker = host({ procPath });
    const json = await worker.registry.getMetricsAsJSON();
    writeFileSync(join(procPath, 'stat'), STAT.replace('400', '500'));
    const later = await host({ procPath }).registry.getMetricsAsJSON();
    const overIpc = JSON.parse(JSON.stringify([later, json])) as object[][];
    const values = samples(await AggregatorRegistry.aggregate(overIpc as never).metrics());
    const own = samples(await worker.registry.metrics());
    // A counter is as high as the latest worker's.
    own.set('node_cpu_seconds_total{cpu="0",mode="idle"}', 5);
    expect(values).toEqual(own);
  });

  test('resetting the registry leaves the host as it is', async () => {
    const { registry, scrape } = host({ procPath: proc(NORMAL) });
    const before = await scrape();
    registry.resetMetrics();
    expect(await scrape()).toEqual(before);
  });

  test('default labels stand beside the host’s', async () => {
    const { registry } = host({ procPath: proc(NORMAL) });
    registry.setDefaultLabels({ app: 'x', device: 'y' });
    const expected = ['node_network_receive_bytes_total{device="lo",app="x"}', 'node_network_receive_bytes_total{device="eth0",app="x"}'];
    expect(keys(samples(await render(registry, 'text')), 'receive_bytes')).toEqual(expected);
    expect(keys(samples(await registry.metrics()), 'receive_bytes')).toEqual(expected);
    registry.setDefaultLabels({});
    expect(samples(await registry.metrics()).has('node_network_receive_bytes_total{device="lo"}')).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('this machine', () => {
  test('has the values that others read', async () => {
    const { registry, onFault } = machine();
    const values = samples(await registry.metrics());
    const cpus = os.cpus();
    const meminfo = readFileSync('/proc/meminfo', 'utf8');
    expect(onFault).not.toHaveBeenCalled();

    expect(keys(values, 'mode="idle"')).toHaveLength(cpus.length);
    cpus.forEach(({ times }, cpu) => {
      const seconds = (mode: string): number | undefined => values.get(`node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"}`);
      expect(Math.abs((seconds('user') ?? NaN) - times.user / 1_000)).toBeLessThan(5);
      expect(Math.abs((seconds('system') ?? NaN) - times.sys / 1_000)).toBeLessThan(5);
      expect(Math.abs((seconds('idle') ?? NaN) - times.idle / 1_000)).toBeLessThan(5);
    });

    expect(values.get('node_memory_MemTotal_bytes')).toBe(os.totalmem());
    const available = Number(/MemAvailable:\s+(\d+)/.exec(meminfo)?.[1]) * 1_024;
    expect(Math.abs((values.get('node_memory_MemAvailable_bytes') ?? NaN) - available)).toBeLessThan(os.totalmem() * 0.2);
    const booted = Date.now() / 1_000 - os.uptime();
    expect(Math.abs((values.get('node_boot_time_seconds') ?? NaN) - booted)).toBeLessThan(60);
    expect(Math.abs((values.get('node_load5') ?? NaN) - (os.loadavg()[1] as number))).toBeLessThan(2);
    for (const device of Object.keys(os.networkInterfaces())) {
      expect(values.get(`node_network_receive_bytes_total{device="${device}"}`)).toBeGreaterThanOrEqual(0);
    }
  });

  test('has the file systems that df shows', async () => {
    const { registry } = machine({ ignoredMountPoints: /^$/, ignoredFsTypes: /^$/ });
    const values = samples(await registry.metrics());
    const rows = execFileSync('df', ['-P', '-B1', '/'], { encoding: 'utf8' }).trim().split('\n').slice(1);
    for (const row of rows) {
      const [, size, , avail, , mountPoint] = row.split(/\s+/) as [string, string, string, string, string, string];
      const of = (name: string): number | undefined => values.get(keys(values, `mountpoint="${mountPoint}"`).find(key => key.startsWith(name)) ?? '');
      expect(of('node_filesystem_size_bytes')).toBe(Number(size));
      expect(Math.abs((of('node_filesystem_avail_bytes') ?? NaN) - Number(avail))).toBeLessThan(Number(size) * 0.05);
    }
  });

  const promtool = findServer('promtool');
  test.runIf(promtool).each(['render', 'prom-client'])('is accepted by promtool as %s writes it', async writer => {
    const { registry } = machine({ ignoredMountPoints: /^$/, ignoredFsTypes: /^$/ });
    const input = writer === 'render' ? await render(registry, 'text') : await registry.metrics();
    const { stderr, stdout } = spawnSync(promtool as string, ['check', 'metrics'], { input, encoding: 'utf8' });
    // node_exporter's own names, which go against the conventions.
    const camelCase = ['MemAvailable', 'MemFree', 'MemTotal', 'SwapFree', 'SwapTotal'].map(
      field => `node_memory_${field}_bytes metric names should be written in 'snake_case' not 'camelCase'`,
    );
    expect(`${stdout}${stderr}`.trim().split('\n').sort()).toEqual(camelCase);
  });
});
