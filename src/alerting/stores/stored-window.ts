import type { MaintenanceWindowOptions } from '../routing/maintenance-window.js';

/** A window of maintenance as it is kept: its times in milliseconds. */
export interface StoredWindow extends Omit<MaintenanceWindowOptions, 'start' | 'end'> {
  readonly start?: number;
  readonly end?: number;
}

export function toStoredWindow({ start, end, ...rest }: MaintenanceWindowOptions): StoredWindow {
  return structuredClone({ ...rest, ...(start && { start: start.getTime() }), ...(end && { end: end.getTime() }) });
}

export function toWindow({ start, end, ...rest }: StoredWindow): MaintenanceWindowOptions {
  return structuredClone({
    ...rest,
    ...(start !== undefined && { start: new Date(start) }),
    ...(end !== undefined && { end: new Date(end) }),
  });
}
