import { randomBytes } from 'node:crypto';
import type { MonitorOptions } from 'sightline';
import type { AlertsOptions } from 'sightline/alerting';

/** What differs from one run to the next. */
interface Settings {
  /** Where the platform is reached. */
  readonly url: string;
  readonly channels: NonNullable<AlertsOptions['channels']>;
}

/** How the platform is watched: what it calls itself, what its AI models may cost, and who hears of its faults. */
export function monitorOptions({ url, channels }: Settings): MonitorOptions {
  return {
    service: 'learning-platform',
    ai: {
      // US dollars. Small, so that it is passed while one looks on; `onExceeded: 'reject'` would stop the calls at 1.
      // With `alerts` set up each threshold fires one.
      budgets: [{ name: 'essays', limit: 0.005, window: 'day', thresholds: [1] }],
    },
    alerts: {
      // By default high goes to `dingtalk` and `email`, medium to `dingtalk`: it is the names that count.
      channels,
      // A new secret with each start: links of an earlier run, whose alerts are forgotten, do nothing.
      links: { baseUrl: `${url}/alerting`, secret: randomBytes(32).toString('hex') },
    },
  };
}
