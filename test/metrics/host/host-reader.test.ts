import { readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, host, keys, NET_DEV_HEAD, NORMAL, proc, STAT } from './hosts.js';

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
    ['stat', STAT.replace(' 400 ', ' x ')],
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

  test('without any file gives no value', async () => {
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
