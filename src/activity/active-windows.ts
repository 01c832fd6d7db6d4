import type { ActiveWindow } from './activity-event.js';

/** The windows of `activity.activeUsers` and of `active_users_total{time_window}`. */
export const ACTIVE_WINDOWS: readonly ActiveWindow[] = ['5m', '1h', '24h', '30d', 'today'];

/** The windows that move with the clock. */
export const ROLLING_MS = { '5m': 300_000, '1h': 3_600_000, '24h': 86_400_000 } as const;

/** The days of `30d` and of `today`, which are days of a calendar. */
export const CALENDAR_DAYS = { '30d': 30, today: 1 } as const;

/** How long after a user was last seen it counts as online. */
export const ONLINE_MS = 300_000;

/** Hours of which actions are counted. */
export const HOURS_KEPT = 24;

/** Actions counted by their name in one hour; a name made of what users send must not grow without bound. */
export const MOST_ACTIONS = 1_000;

/** Where the others are counted. */
export const OTHER_ACTIONS = 'other';

export function isRolling(window: ActiveWindow): window is keyof typeof ROLLING_MS {
  return Object.hasOwn(ROLLING_MS, window);
}
