/** One of the host's metrics. */
export interface HostFamily {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * The metrics of the host: names, types and labels as node_exporter 1.x has them
 * (https://github.com/prometheus/node_exporter), so that its rules and dashboards work on both.
 * (The names' type is read off the table, so the label lists stand in place.)
 */
const families = {
  node_cpu_seconds_total: { type: 'counter', help: 'Time the CPUs spent in each mode.', labels: ['cpu', 'mode'] },

  node_memory_MemTotal_bytes: { type: 'gauge', help: 'Memory of the machine.', labels: [] },
  node_memory_MemFree_bytes: { type: 'gauge', help: 'Memory used for nothing at all.', labels: [] },
  node_memory_MemAvailable_bytes: {
    type: 'gauge',
    help: 'Memory that programs can still get without swapping: the free and most of the caches.',
    labels: [],
  },
  node_memory_Buffers_bytes: { type: 'gauge', help: 'Memory that buffers block devices.', labels: [] },
  node_memory_Cached_bytes: { type: 'gauge', help: 'Memory that caches files.', labels: [] },
  node_memory_SwapTotal_bytes: { type: 'gauge', help: 'Swap space of the machine.', labels: [] },
  node_memory_SwapFree_bytes: { type: 'gauge', help: 'Swap space not in use.', labels: [] },

  node_filesystem_size_bytes: { type: 'gauge', help: 'Size of a file system.', labels: ['device', 'mountpoint', 'fstype'] },
  node_filesystem_free_bytes: {
    type: 'gauge',
    help: 'Free space of a file system, with what only root may use.',
    labels: ['device', 'mountpoint', 'fstype'],
  },
  node_filesystem_avail_bytes: {
    type: 'gauge',
    help: 'Space of a file system that any user may use.',
    labels: ['device', 'mountpoint', 'fstype'],
  },
  node_filesystem_files: { type: 'gauge', help: 'Inodes of a file system.', labels: ['device', 'mountpoint', 'fstype'] },
  node_filesystem_files_free: {
    type: 'gauge',
    help: 'Free inodes of a file system.',
    labels: ['device', 'mountpoint', 'fstype'],
  },

  node_network_receive_bytes_total: { type: 'counter', help: 'Bytes a network device received.', labels: ['device'] },
  node_network_receive_packets_total: { type: 'counter', help: 'Packets a network device received.', labels: ['device'] },
  node_network_receive_errs_total: { type: 'counter', help: 'Errors of a network device when receiving.', labels: ['device'] },
  node_network_receive_drop_total: {
    type: 'counter',
    help: 'Packets received by a network device and dropped.',
    labels: ['device'],
  },
  node_network_transmit_bytes_total: { type: 'counter', help: 'Bytes a network device sent.', labels: ['device'] },
  node_network_transmit_packets_total: { type: 'counter', help: 'Packets a network device sent.', labels: ['device'] },
  node_network_transmit_errs_total: { type: 'counter', help: 'Errors of a network device when sending.', labels: ['device'] },
  node_network_transmit_drop_total: {
    type: 'counter',
    help: 'Packets that a network device should have sent and dropped.',
    labels: ['device'],
  },

  node_load1: { type: 'gauge', help: 'Load average of the last minute.', labels: [] },
  node_load5: { type: 'gauge', help: 'Load average of the last 5 minutes.', labels: [] },
  node_load15: { type: 'gauge', help: 'Load average of the last 15 minutes.', labels: [] },
  node_boot_time_seconds: { type: 'gauge', help: 'When the machine was started, in seconds since the epoch.', labels: [] },
} as const;

export type HostMetricName = keyof typeof families;

/** The table of the host's metrics. */
export const hostFamilies: Readonly<Record<HostMetricName, HostFamily>> = families;

/** One value of a metric of the host. */
export interface HostValue {
  readonly name: HostMetricName;
  /** In the order of the family's labels. */
  readonly labelValues: readonly string[];
  readonly value: number;
}
