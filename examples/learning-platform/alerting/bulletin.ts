import type { Alert, Alerts, HistoryEntry } from 'sightline/alerting';

/** What no channel tells: who takes care of an alert, and what the platform did by itself. */
const TOLD: Readonly<Partial<Record<HistoryEntry['event'], string>>> = {
  acknowledged: 'Acknowledged',
  unacknowledged: 'No longer acknowledged',
  remediated: 'Automated response',
};

/** Finds what has happened to alerts since it was asked last. */
export class Bulletin {
  readonly #alerts: Alerts;
  #until = -Infinity;
  /** Of the last millisecond it has told of, in which more may happen yet. */
  #told = new Set<string>();

  constructor(alerts: Alerts) {
    this.#alerts = alerts;
  }

  /** Lines such as `Acknowledged: High error rate, by Ann`. */
  async news(): Promise<string[]> {
    const { items } = await this.#alerts.list();
    const events = items.flatMap(eventsOf).filter(({ at, key }) => at >= this.#until && !this.#told.has(key));
    events.sort((a, b) => a.at - b.at);
    const latest = events.at(-1)?.at ?? this.#until;
    if (latest > this.#until) this.#told.clear();
    this.#until = latest;
    for (const { at, key } of events) if (at === latest) this.#told.add(key);
    return events.flatMap(({ line }) => line ?? []);
  }
}

function eventsOf(alert: Alert): { at: number; key: string; line: string | undefined }[] {
  return alert.history.map(entry => ({ at: entry.at.getTime(), key: `${alert.id} ${entry.event} ${entry.reason}`, line: lineOf(alert, entry) }));
}

function lineOf({ title }: Alert, { event, reason, by }: HistoryEntry): string | undefined {
  const words = TOLD[event];
  return words && `${words}: ${title}, ${event === 'remediated' ? reason : `by ${by ?? 'somebody'}`}`;
}
