import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { Registry as PlatformaticRegistry } from '@platformatic/prom-client';
import { Registry as PrometheusRegistry } from '@prometheus-io/client';
import { AggregatorRegistry, Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { collectHostMetrics, hostMetricNames, registerHostMetrics } from '../../src/metrics/host-metrics.js';
import { findServer } from '../support/servers.mjs';
import { host, keys, machine, NORMAL, proc, render, samples, STAT } from './host/hosts.js';

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
    collectHostMetrics(registry, {}, () => {});
    expect(registry.getMetricsAsArray()).toEqual(metrics);
    expect(metrics.map(({ name }) => name)).toEqual(hostMetricNames);
  });

  test('a name that is taken stays with its owner', async () => {
    const registry = new Registry();
    new Gauge({ name: 'node_load1', help: 'mine', registers: [registry] }).set(42);
    collectHostMetrics(registry, {}, () => {});
    expect(samples(await registry.metrics()).get('node_load1')).toBe(42);
    expect(registry.getMetricsAsArray()).toHaveLength(hostMetricNames.length);
  });

  test.each([
    [{ procPath: '' }, 'metrics.host.procPath'],
    [{ ignoredFsTypes: 'overlay' }, 'metrics.host.ignoredFsTypes'],
    [{ mounts: true }, 'metrics.host.mounts'],
  ])('options that make no sense are refused: %j', (options, option) => {
    const registry = new Registry();
    const collect = (): void => collectHostMetrics(registry, options as any, () => {});
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
      registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
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
    registerHostMetrics(other, reader);
    expect(samples(await other.metrics())).toEqual(samples(await registry.metrics()));
  });

  test('workers of a cluster see one host, so their values are not added', async () => {
    const procPath = proc(NORMAL);
    const worker = host({ procPath });
    const json = await worker.registry.getMetricsAsJSON();
    writeFileSync(join(procPath, 'stat'), STAT.replace(' 400 ', ' 500 '));
    const later = await host({ procPath }).registry.getMetricsAsJSON();
    const overIpc = JSON.parse(JSON.stringify([later, json])) as object[][];
    const values = samples(await AggregatorRegistry.aggregate(overIpc).metrics());
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

  test('has counters that only grow', async () => {
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
