// From the source: a monitor would load it from the built package.
import '../../src/activity/register.js';
import type { ActivityOptions } from '../../src/activity/options.js';
import type { UserActivity } from '../../src/activity/user-activity.js';
import type { MonitorOptions } from '../../src/monitor.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

/** A Friday, far from the ends of an hour and of what stores count by. */
export const NOON: number = Date.parse('2026-11-20T12:05:07Z');

export interface TestActivity extends TestMonitor {
  readonly activity: UserActivity;
  readonly clock: ManualClock;
}

/** The activity of a monitor that is closed when the test ends; in memory, at noon, unless it says otherwise. */
export function testActivity(activity: ActivityOptions = {}, options: MonitorOptions = {}): TestActivity {
  const clock = new ManualClock(NOON);
  const made = testMonitor({ clock, activity, ...options });
  return { ...made, activity: made.monitor.activity, clock };
}
