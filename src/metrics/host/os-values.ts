import type { CpuInfo } from 'node:os';
import type { HostValue } from './families.js';
import { CPUS_LIMIT } from './proc-files.js';

/** The part of `node:os` that is read. */
export interface OperatingSystem {
  platform(): NodeJS.Platform;
  cpus(): CpuInfo[];
  totalmem(): number;
  freemem(): number;
  loadavg(): number[];
}

/**
 * What Node knows of a host without /proc. What a system does not count, and Node shows as 0, is left out;
 * so is Windows' interrupt time, which is a part of its system time.
 */
export function readOperatingSystem(os: OperatingSystem): HostValue[] {
  const platform = os.platform();
  const values: HostValue[] = [];
  const cpus = os.cpus().slice(0, CPUS_LIMIT);
  cpus.forEach(({ times }, i) => {
    const push = (mode: string, ms: number): void => {
      values.push({ name: 'node_cpu_seconds_total', labelValues: [String(i), mode], value: ms / 1_000 });
    };
    push('user', times.user);
    push('system', times.sys);
    push('idle', times.idle);
    if (platform !== 'win32') push('nice', times.nice);
    if (platform !== 'win32' && platform !== 'darwin') push('irq', times.irq);
  });
  values.push({ name: 'node_memory_MemTotal_bytes', labelValues: [], value: os.totalmem() });
  values.push({ name: 'node_memory_MemFree_bytes', labelValues: [], value: os.freemem() });
  if (platform === 'win32') return values;
  const [load1 = 0, load5 = 0, load15 = 0] = os.loadavg();
  values.push({ name: 'node_load1', labelValues: [], value: load1 });
  values.push({ name: 'node_load5', labelValues: [], value: load5 });
  values.push({ name: 'node_load15', labelValues: [], value: load15 });
  return values;
}
