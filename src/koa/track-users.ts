import type { ServerResponse } from 'node:http';
import { checkTrackOptions, UserTracker, type TrackUsersOptions } from '../activity/track-users.js';
import { reportUnusable } from '../http/unusable-monitor.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';
import type { KoaMiddleware } from './monitor-requests.js';

/** What {@link trackUsers} takes. */
export type KoaTrackUsersOptions = TrackUsersOptions<Monitor>;

/** What is used of a Koa context. */
interface KoaContext {
  readonly res: ServerResponse;
}

/**
 * Notes who sends requests: `monitor.activity` counts them as online and active. It delays no request, and a `userId` that
 * throws does no harm.
 *
 * @throws InvalidOptionError naming the option
 * @example app.use(trackUsers({ userId: ctx => ctx.state.user?.id }));
 */
export function trackUsers(options: KoaTrackUsersOptions): KoaMiddleware {
  checkTrackOptions(options);
  const tracker = perMonitor(options.monitor, monitor => new UserTracker(monitor, options.userId));
  return function trackUsers(context: KoaContext, next: () => Promise<unknown>): Promise<unknown> {
    try {
      tracker().see(context, context.res);
    } catch (error) {
      reportUnusable(error);
    }
    return next();
  };
}
