import type { AlertInput, Alerts } from 'sightline/alerting';
import { Change } from '../live/change.js';
import type { Scrape } from '../live/exposition.js';
import { WINDOW_MS, type Rule } from './rules.js';

/** How long a fault must be gone before its alert is resolved: one that comes and goes is one alert. */
const QUIET_MS = 10_000;
/** A fault that stays is told again, in case that somebody has resolved its alert too early. */
const TELL_AGAIN_MS = 60_000;

/** An alert that this watch has fired, and has not resolved. Times are those of the scrapes. */
interface Fired {
  readonly alert: AlertInput;
  readonly toldAt: number;
  readonly seenAt: number;
}

/** Looks at the platform's own metrics, and fires and resolves alerts by rules. */
export class HealthWatch {
  readonly #alerts: Alerts;
  readonly #rules: readonly Rule[];
  readonly #fired = new Map<string, Fired>();
  #scrapes: Scrape[] = [];

  constructor(alerts: Alerts, rules: readonly Rule[]) {
    this.#alerts = alerts;
    this.#rules = rules;
  }

  /** Takes one more scrape. */
  async look(scrape: Scrape): Promise<void> {
    this.#scrapes = [...this.#scrapes.filter(({ at }) => scrape.at - at <= WINDOW_MS), scrape];
    const change = new Change(this.#scrapes[0] as Scrape, scrape);
    for (const alert of this.#rules.flatMap(rule => rule.check(change))) await this.#see(alert, scrape.at);
    for (const [key, { alert, seenAt }] of this.#fired) {
      if (scrape.at - seenAt < QUIET_MS) continue;
      this.#fired.delete(key);
      await this.#alerts.resolve(alert, 'the platform itself');
    }
  }

  async #see(alert: AlertInput, at: number): Promise<void> {
    const key = JSON.stringify([alert.title, alert.source, alert.labels]);
    const before = this.#fired.get(key);
    const isToTell = before === undefined || at - before.toldAt >= TELL_AGAIN_MS;
    this.#fired.set(key, { alert, toldAt: isToTell ? at : before.toldAt, seenAt: at });
    if (isToTell) await this.#alerts.fire(alert);
  }
}
