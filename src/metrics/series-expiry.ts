/** Numbers the passes in which idle series are looked for, so that the hot path reads no clock. */
export interface SeriesExpiry {
  /** Number of the present pass; a series remembers the one in which it was last written. */
  pass: number;
  /** Grows whenever any series is forgotten, so that a cached slot is known to be stale. */
  generation: number;
}

const KEY = Symbol.for('sightline.v1.series-expiry');
const holder = globalThis as { [KEY]?: SeriesExpiry };

/** One a process, whichever build of the package asks: monitors that share a registry share its metrics. */
export const seriesExpiry: SeriesExpiry = (holder[KEY] ??= { pass: 1, generation: 0 });
