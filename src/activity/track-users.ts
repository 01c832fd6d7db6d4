import type { ServerResponse } from 'node:http';
import { aFunction, checkOptions, withMethods } from '../core/options.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { UserId } from './stored-ids.js';
import type { UserActivity } from './user-activity.js';

/** What `trackUsers` takes, in any framework. */
export interface TrackUsersOptions<M> {
  /**
   * Who sent a request (in Koa: a context); `undefined` where nobody is known. Asked when the request comes, and where it
   * knows nobody then once more when the response is over: what signs users in may come later.
   */
  // The framework decides what it is; `any` lets an app write its own type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly userId: (request: any) => UserId | null | undefined;
  /** Default: the shared monitor. */
  readonly monitor?: M;
}

/** What is used of a monitor. */
interface TrackingMonitor {
  readonly activity: UserActivity;
  readonly diagnostics: Diagnostics;
}

/** @throws InvalidOptionError for what `trackUsers` can't take */
export function checkTrackOptions(options: unknown): void {
  checkOptions('', options ?? null, { userId: aFunction, monitor: withMethods('a monitor made by createMonitor()', 'observeRequests', 'metricsEndpoint') });
  const { userId } = options as { userId?: unknown };
  checkOptions('', { userId: userId ?? null }, { userId: aFunction });
}

/** Notes the users of requests as online, behind the requests' backs. */
export class UserTracker {
  readonly #activity: UserActivity;
  readonly #diagnostics: Diagnostics;
  readonly #userId: TrackUsersOptions<unknown>['userId'];

  constructor({ activity, diagnostics }: TrackingMonitor, userId: TrackUsersOptions<unknown>['userId']) {
    this.#activity = activity;
    this.#diagnostics = diagnostics;
    this.#userId = userId;
  }

  /** Never throws. @param subject what `userId` is asked about */
  see(subject: unknown, response: ServerResponse): void {
    let isKnown = false;
    try {
      isKnown = this.#touch(subject);
    } catch {
      // `req.user.id` before anyone is signed in.
    }
    if (!isKnown) {
      response.once('close', () => {
        this.#diagnostics.guard('activity', '`userId` of trackUsers failed; for a request without a user it gives undefined', () => this.#touch(subject));
      });
    }
  }

  #touch(subject: unknown): boolean {
    const userId = this.#userId(subject) as UserId | Promise<unknown> | null | undefined;
    if (userId === undefined || userId === null) return false;
    // It is refused, and with it nobody else would hear of its rejection.
    if (userId instanceof Promise) userId.catch(() => {});
    this.#activity.touch(userId as UserId);
    return true;
  }
}
