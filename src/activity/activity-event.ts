/** One action of a user, as {@link UserActivity.recent} gives it. */
export interface ActivityEvent {
  /** As it was given, or its hash where `activity.hashIds` is set. */
  readonly userId: string;
  readonly action: string;
  /** When it was tracked. */
  readonly at: Date;
  /** What of the metadata could be kept: values of JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Users seen in the last five minutes. */
export interface OnlineUsers {
  /** How many there are. */
  readonly count: number;
  /** Who was seen last comes first; as many as were asked for. */
  readonly users: readonly { readonly userId: string; readonly lastSeen: Date }[];
}

/** How often each action was tracked in one hour of the configured zone's wall clock. */
export interface ActivityHour {
  readonly start: Date;
  /** By action; beyond 1,000 actions in an hour the others are counted as `other`. */
  readonly actions: Readonly<Record<string, number>>;
}

/** What {@link UserActivity.stats} gives. */
export interface ActivityStats {
  readonly onlineUsers: number;
  /** By window: see {@link ActiveWindow}. Estimates, within about 1.5 %. */
  readonly activeUsers: Readonly<Record<ActiveWindow, number>>;
  /** The last 24 hours with actions, the current one first. */
  readonly hours: readonly ActivityHour[];
}

/**
 * A stretch of time up to now. `5m`, `1h` and `24h` move with the clock. `today` began at midnight of the configured zone;
 * `30d` is today and the 29 days before it, however long they were: with daily and monthly active users in mind.
 */
export type ActiveWindow = '5m' | '1h' | '24h' | '30d' | 'today';
