import type { ActiveWindow, ActivityEvent, ActivityOptions, ActivityStats, OnlineUsers, UserActivity } from '../../src/activity/index.js';
import { createMonitor, type Monitor, type MonitorOptions } from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

const monitor = createMonitor({ activity: { hashIds: 'a secret of the app', timeZone: 'Asia/Shanghai' } });
const { activity } = monitor;

export type Surface = [
  Expect<Equal<Monitor['activity'], UserActivity>>,
  Expect<Equal<MonitorOptions['activity'], ActivityOptions | undefined>>,
  Expect<Equal<ReturnType<typeof activity.track>, void>>,
  Expect<Equal<ReturnType<typeof activity.touch>, void>>,
  Expect<Equal<ReturnType<typeof activity.recent>, Promise<ActivityEvent[]>>>,
  Expect<Equal<ReturnType<typeof activity.onlineUsers>, Promise<OnlineUsers>>>,
  Expect<Equal<ReturnType<typeof activity.stats>, Promise<ActivityStats>>>,
  Expect<Equal<ReturnType<typeof activity.activeUsers>, Promise<number>>>,
  Expect<Equal<ActiveWindow, '5m' | '1h' | '24h' | '30d' | 'today'>>,
];

activity.track('ann', 'read');
activity.track(7, 'read', { page: 1 });
activity.track(7n, 'read', { at: new Date(), nested: { list: [1, 'two'] } });
activity.touch('ann');
void activity.forget('ann');
void activity.onlineUsers({ limit: 10 });
// @ts-expect-error no such window
void activity.activeUsers('7d');
// @ts-expect-error an action is required
activity.track('ann');
// @ts-expect-error a user is named by a text or a number
activity.touch({ id: 'ann' });
// @ts-expect-error metadata is an object
activity.track('ann', 'read', 'page 1');
createMonitor({
  // @ts-expect-error no such option
  activity: { timezone: 'UTC' },
});
