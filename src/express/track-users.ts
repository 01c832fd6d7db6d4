import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkTrackOptions, UserTracker, type TrackUsersOptions } from '../activity/track-users.js';
import { reportUnusable } from '../http/unusable-monitor.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';
import type { ExpressMiddleware } from './monitor-requests.js';

/** What {@link trackUsers} takes. */
export type ExpressTrackUsersOptions = TrackUsersOptions<Monitor>;

/**
 * Notes who sends requests: `monitor.activity` counts them as online and active. It delays no request, and a `userId` that
 * throws does no harm.
 *
 * @throws InvalidOptionError naming the option
 * @example app.use(trackUsers({ userId: req => req.user?.id }));
 */
export function trackUsers(options: ExpressTrackUsersOptions): ExpressMiddleware {
  checkTrackOptions(options);
  const tracker = perMonitor(options.monitor, monitor => new UserTracker(monitor, options.userId));
  return function trackUsers(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    try {
      tracker().see(request, response);
    } catch (error) {
      reportUnusable(error);
    }
    next();
  };
}
