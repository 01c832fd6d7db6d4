import type { ActiveWindow } from '../activity-event.js';

/** A user was seen; with an action, where it did something that is tracked. */
export interface Sighting {
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: { readonly action: string; /** A JSON object. */ readonly metadata: string } | undefined;
}

/** An event as it is kept. */
export interface StoredEvent {
  readonly userId: string;
  readonly at: number;
  readonly action: string;
  readonly metadata: string;
}

/** An hour's counters as they are kept. */
export interface StoredHour {
  readonly start: number;
  readonly actions: ReadonlyMap<string, number>;
}

type Answer<T> = T | Promise<T>;

/**
 * Where the activity of users is kept: in this process, which answers at once, or in Redis, by promises. What a store
 * keeps is bounded, whatever it is given.
 */
export interface ActivityStore {
  /** Keeps sightings, in their order. A rejection says whether they were kept: see {@link wasRefused}. */
  record(sightings: readonly Sighting[]): Answer<void>;
  /** The last events, the newest first. */
  recent(count: number): Answer<readonly StoredEvent[]>;
  /** The hours of the last 24 that have any action, the latest first. */
  hours(now: number): Answer<readonly StoredHour[]>;
  /** Users that were seen in the five minutes before `now`: how many, and the last of them, the latest first. */
  online(now: number, limit: number): Answer<{ readonly count: number; readonly users: readonly { readonly userId: string; readonly at: number }[] }>;
  /** About how many users were seen in each window. */
  countActive(windows: readonly ActiveWindow[], now: number): Answer<readonly number[]>;
  /** Removes what names a user: its events, and when it was last seen. */
  forget(userId: string): Answer<void>;
}
