import type { HostMetricName, HostValue } from './families.js';

/** More CPUs, or network devices, are not shown: series must stay bounded. */
export const CPUS_LIMIT: number = 1_024;
const DEVICES_LIMIT = 200;

/** The kernel counts CPU time in hundredths of a second (USER_HZ) on all machines Node runs on. */
const TICKS_PER_SECOND = 100;
/** A CPU's columns. Those that follow, guest and guest_nice, are contained in user and nice. */
const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

const MEMORY = new Map<string, HostMetricName>([
  ['MemTotal', 'node_memory_MemTotal_bytes'],
  ['MemFree', 'node_memory_MemFree_bytes'],
  ['MemAvailable', 'node_memory_MemAvailable_bytes'],
  ['Buffers', 'node_memory_Buffers_bytes'],
  ['Cached', 'node_memory_Cached_bytes'],
  ['SwapTotal', 'node_memory_SwapTotal_bytes'],
  ['SwapFree', 'node_memory_SwapFree_bytes'],
]);

/** A network device's columns, by their place. */
const DEVICE_COLUMNS: readonly (readonly [column: number, name: HostMetricName])[] = [
  [0, 'node_network_receive_bytes_total'],
  [1, 'node_network_receive_packets_total'],
  [2, 'node_network_receive_errs_total'],
  [3, 'node_network_receive_drop_total'],
  [8, 'node_network_transmit_bytes_total'],
  [9, 'node_network_transmit_packets_total'],
  [10, 'node_network_transmit_errs_total'],
  [11, 'node_network_transmit_drop_total'],
];
const DEVICE_WIDTH = 16;

/**
 * The lines of a file of /proc (proc(5) describes them all). A reader that finds one it does not
 * understand gives up the whole file: values from a damaged one would be wrong without a sign.
 *
 * @throws Error where the last line has no end
 */
function linesOf(text: string): string[] {
  if (!text.endsWith('\n')) throw new Error(text === '' ? 'it is empty' : 'it ends within a line');
  return text.slice(0, -1).split('\n');
}

/** /proc/stat: time by CPU and mode, and when the machine was started. */
export function readStat(text: string): HostValue[] {
  const values: HostValue[] = [];
  let cpus = 0;
  for (const line of linesOf(text)) {
    if (/^cpu\d/.test(line)) {
      const [name = '', ...ticks] = line.trimEnd().split(' ');
      if (ticks.length < 4 || !/^cpu\d+$/.test(name)) throw new Error('it has a CPU without times');
      if (cpus++ >= CPUS_LIMIT) continue;
      const cpu = name.slice('cpu'.length);
      CPU_MODES.slice(0, ticks.length).forEach((mode, i) => {
        values.push({ name: 'node_cpu_seconds_total', labelValues: [cpu, mode], value: whole(ticks[i]) / TICKS_PER_SECOND });
      });
    } else if (line.startsWith('btime ')) {
      values.push({ name: 'node_boot_time_seconds', labelValues: [], value: whole(line.slice('btime '.length)) });
    }
  }
  if (cpus === 0) throw new Error('it names no CPU');
  return values;
}

/** /proc/meminfo: the memory's sizes, which it gives in KiB. */
export function readMeminfo(text: string): HostValue[] {
  const values: HostValue[] = [];
  for (const line of linesOf(text)) {
    const name = MEMORY.get(line.slice(0, Math.max(0, line.indexOf(':'))));
    if (name === undefined) continue;
    const kib = /:\s+(\d+) kB$/.exec(line)?.[1];
    values.push({ name, labelValues: [], value: whole(kib) * 1_024 });
  }
  if (values.length === 0) throw new Error('it names no memory');
  return values;
}

/** /proc/net/dev: what each network device received and sent. */
export function readNetDev(text: string, isIgnored: (device: string) => boolean): HostValue[] {
  const values: HostValue[] = [];
  let devices = 0;
  const lines = linesOf(text);
  if (!lines[1]?.includes('|')) throw new Error('it has no table of devices');
  for (const line of lines.slice(2)) {
    const colon = line.indexOf(':');
    const device = line.slice(0, Math.max(0, colon)).trim();
    const columns = line.slice(colon + 1).trim().split(/\s+/);
    if (device === '' || columns.length < DEVICE_WIDTH) throw new Error('it has a device without its columns');
    if (isIgnored(device) || devices++ >= DEVICES_LIMIT) continue;
    for (const [column, name] of DEVICE_COLUMNS) {
      values.push({ name, labelValues: [device], value: whole(columns[column]) });
    }
  }
  return values;
}

/** /proc/loadavg: how many tasks ran or waited to, on average. */
export function readLoadavg(text: string): HostValue[] {
  const loads = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(linesOf(text)[0] ?? '');
  if (!loads) throw new Error('it has no load averages');
  return (['node_load1', 'node_load5', 'node_load15'] as const).map((name, i) => ({
    name,
    labelValues: [],
    value: Number(loads[i + 1]),
  }));
}

/** One line of /proc/mounts. */
export interface Mount {
  readonly device: string;
  readonly mountPoint: string;
  readonly fsType: string;
  /** The mount point's own bytes, which need not be UTF-8. */
  readonly path: Buffer;
}

/**
 * /proc/mounts: what is mounted, in the order in which it was.
 * @param latin1 the file read as Latin-1, so that each character is one byte
 */
export function readMounts(latin1: string): Mount[] {
  return linesOf(latin1).map(line => {
    const fields = line.split(' ');
    if (fields.length < 4) throw new Error('it has a mount without its fields');
    const [device, mountPoint, fsType] = fields.slice(0, 3).map(unescaped) as [Buffer, Buffer, Buffer];
    return { device: device.toString(), mountPoint: mountPoint.toString(), fsType: fsType.toString(), path: mountPoint };
  });
}

/** A field's bytes: space, tab, line feed, backslash and `#` stand as `\` and three octal digits. */
function unescaped(field: string): Buffer {
  const bytes = field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, 'latin1');
}

function whole(digits: string | undefined): number {
  if (digits === undefined || !/^\d+$/.test(digits)) throw new Error('it has something else where a number belongs');
  return Number(digits);
}
