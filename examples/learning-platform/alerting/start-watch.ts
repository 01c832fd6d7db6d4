import { setTimeout as delay } from 'node:timers/promises';
import type { Alerts } from 'sightline/alerting';
import type { Scrape } from '../live/exposition.js';
import { Bulletin } from './bulletin.js';
import { HealthWatch } from './health-watch.js';
import { RULES } from './rules.js';

const LOOK_EVERY_MS = 1_000;

/**
 * Has the platform look at its own metrics every second, as a Prometheus with rules like these would.
 *
 * @param read scrapes the platform
 * @param print told what becomes of alerts, for a person
 */
export function startWatch(alerts: Alerts, read: () => Promise<Scrape>, print: (lines: readonly string[]) => void): { close(): Promise<void> } {
  const watch = new HealthWatch(alerts, RULES);
  const bulletin = new Bulletin(alerts);
  const look = async (): Promise<void> => {
    await watch.look(await read());
    const news = await bulletin.news();
    if (news.length > 0) print(news);
  };
  const closing = new AbortController();
  const watching = (async () => {
    while (!closing.signal.aborted) {
      await look().catch((error: unknown) => {
        print([`The platform could not look at its metrics: ${String(error)}`]);
      });
      await delay(LOOK_EVERY_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  })();
  return {
    async close() {
      closing.abort();
      await watching;
    },
  };
}
