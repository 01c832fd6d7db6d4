import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Gauge } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import { DISK, folder, host, keys, machine, NORMAL, proc, samples } from './hosts.js';

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
