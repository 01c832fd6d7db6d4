// Not by `node:fs/promises`: loading it takes 100 KB in a CommonJS app, and few collect these metrics.
import { promises as fs } from 'node:fs';
import os from 'node:os';
import { types } from 'node:util';
import { systemClock } from '../core/clock.js';
import { aText, checkOptions, type OptionRule } from '../core/options.js';
import { hostFamilies, type HostFamily, type HostMetricName } from './host/families.js';
import { HostReader } from './host/host-reader.js';
import type { PromValue } from './metric.js';
import type { MetricRegistry } from './registry.js';

/**
 * What the host's metrics are read from and what they leave out.
 *
 * On Linux all of them come from /proc. Elsewhere only what Node itself knows is there: CPU time,
 * total and free memory and, not on Windows, the load.
 *
 * @example
 * // In a container: its own file system is an overlay, which the default leaves out.
 * createMonitor({ metrics: { host: { ignoredFsTypes: /^(proc|sysfs|tmpfs)$/ } } });
 */
export interface HostMetricsOptions {
  /** Where /proc is mounted. Default: `/proc`. */
  readonly procPath?: string;
  /**
   * File systems left out, by mount point. A mount whose server is gone should be: it holds a thread of
   * Node's pool, and `process.exit()` waits for that.
   * Default, as node_exporter's: below /dev, /proc, /sys, /run/credentials, and what Docker and Podman mount.
   */
  readonly ignoredMountPoints?: RegExp;
  /** File systems left out, by type. Default, as node_exporter's: the kernel's own, images, and overlays. */
  readonly ignoredFsTypes?: RegExp;
  /** Network devices left out. Default, as node_exporter's: none. */
  readonly ignoredDevices?: RegExp;
}

const IGNORED_MOUNT_POINTS = /^\/(dev|proc|sys|run\/credentials\/.+|var\/lib\/(docker|containers\/storage)\/.+)($|\/)/;
const IGNORED_FS_TYPES = new RegExp(
  `^(${[
    // The kernel's own, which hold no files of anybody's
    ...['proc', 'procfs', 'sysfs', 'devtmpfs', 'devpts', 'mqueue', 'hugetlbfs', 'cgroup', 'cgroup2', 'configfs', 'debugfs'],
    ...['tracefs', 'securityfs', 'selinuxfs', 'pstore', 'bpf', 'binfmt_misc', 'fusectl', 'nsfs', 'rpc_pipefs', 'autofs'],
    // Images, always full
    ...['iso9660', 'squashfs', 'erofs'],
    // Shown where its upper layer is mounted
    'overlay',
  ].join('|')})$`,
);

const aRegExp: OptionRule = { allowed: 'a regular expression', accepts: types.isRegExp };
const OPTION_RULES = { procPath: aText, ignoredMountPoints: aRegExp, ignoredFsTypes: aRegExp, ignoredDevices: aRegExp };

/** The names of all metrics of the host. */
export const hostMetricNames: readonly HostMetricName[] = Object.keys(hostFamilies) as HostMetricName[];

/**
 * Metrics of the machine under node_exporter's names, for where no node_exporter runs. They are read
 * when scraped. Names that the registry already holds are left as they are.
 *
 * @param onFault told once of what cannot be read; only its metrics are missing. Must not throw
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function collectHostMetrics(
  registry: MetricRegistry,
  options: HostMetricsOptions,
  onFault: (error: unknown) => void,
): void {
  checkOptions('metrics.host', options, OPTION_RULES);
  const reader = new HostReader({
    procPath: options.procPath ?? '/proc',
    ignoredMountPoints: options.ignoredMountPoints ?? IGNORED_MOUNT_POINTS,
    ignoredFsTypes: options.ignoredFsTypes ?? IGNORED_FS_TYPES,
    ignoredDevices: options.ignoredDevices,
    os,
    statfs: path => fs.statfs(path),
    clock: systemClock,
    onFault,
  });
  registerHostMetrics(registry, reader);
}

/** Puts the host's metrics, read by this reader, into a registry. */
export function registerHostMetrics(registry: MetricRegistry, reader: HostReader): void {
  for (const name of hostMetricNames) {
    if (registry.getSingleMetric(name) === undefined) registry.registerMetric(new HostMetric(name, reader) as never);
  }
}

/** One family in a prom-client `Registry`, by the contract that also {@link Metric} fulfils. */
class HostMetric {
  readonly type: HostFamily['type'];
  readonly help: string;
  /**
   * How prom-client's cluster mode joins the workers' values: all see the same host, so never by adding.
   * Of counters the highest counts, lest they fall when another worker answers first.
   */
  readonly aggregator: 'first' | 'max';
  readonly labelNames: readonly string[];
  readonly #name: HostMetricName;
  readonly #reader: HostReader;
  #renamed: string | undefined;

  constructor(name: HostMetricName, reader: HostReader) {
    const { type, help, labels } = hostFamilies[name];
    this.type = type;
    this.help = help;
    this.aggregator = type === 'counter' ? 'max' : 'first';
    this.labelNames = labels;
    this.#name = name;
    this.#reader = reader;
  }

  get name(): string {
    return this.#name;
  }

  /** Serves one read and is then forgotten: see {@link Metric.name}. */
  set name(renamed: string) {
    this.#renamed = renamed;
  }

  /** The host's values are not ours to reset. */
  reset(): void {}

  /** prom-client's contract: all values with their labels, in fresh objects. */
  async get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: PromValue[] }> {
    const name = this.#renamed ?? this.#name;
    this.#renamed = undefined;
    const { help, type, aggregator, labelNames } = this;
    const read = (await this.#reader.read()).get(this.#name) ?? [];
    const values = read.map(({ labelValues, value }) => {
      const labels: Record<string, string> = {};
      labelNames.forEach((label, i) => {
        labels[label] = labelValues[i] ?? '';
      });
      return { value, labels };
    });
    return { name, help, type, aggregator, values };
  }
}
