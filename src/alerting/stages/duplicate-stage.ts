import type { Alert } from '../alert.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { AlertSeverity } from '../severity.js';

const DUPLICATE_MS = 5 * 60_000;

/**
 * The plan's rule: a LOW alert is kept back while another of its title and source, which came before it, is not five
 * minutes old. Source: the monitoring plan, `duplicate_alerts`.
 */
export class DuplicateStage implements Stage {
  readonly name = 'duplicate';
  readonly #severities: ReadonlySet<AlertSeverity>;
  /** Of what is active, by title and source, the earliest first: in a storm each of thousands asks for the one before it. */
  #alike = new Map<string, Alert[]>();
  #active: readonly Alert[] = [];

  constructor(severities: readonly AlertSeverity[] = ['low']) {
    this.#severities = new Set(severities);
  }

  looksAtActive({ severity }: Alert): boolean {
    return this.#severities.has(severity);
  }

  judge({ alert, active, now }: Judged): Verdict {
    if (!this.#severities.has(alert.severity)) return PASSES;
    if (active !== this.#active) this.#sort(active);
    const before = lastBefore(this.#alike.get(keyOf(alert)) ?? [], alert);
    const until = before === undefined ? -Infinity : before.timestamp.getTime() + DUPLICATE_MS;
    if (before === undefined || until <= now.getTime()) return PASSES;
    return { passes: false, reason: `the same as ${before.id}, which fired less than 5 minutes ago`, until: new Date(until) };
  }

  #sort(active: readonly Alert[]): void {
    this.#active = active;
    this.#alike = new Map();
    for (const alert of active) {
      const alike = this.#alike.get(keyOf(alert));
      if (alike === undefined) this.#alike.set(keyOf(alert), [alert]);
      else alike.push(alert);
    }
    for (const alike of this.#alike.values()) alike.sort(inTime);
  }
}

function keyOf({ title, source }: Alert): string {
  return `${source.length} ${source}${title}`;
}

function inTime(a: Alert, b: Alert): number {
  return a.timestamp.getTime() - b.timestamp.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The last of them that came before an alert, by halving. */
function lastBefore(sorted: readonly Alert[], alert: Alert): Alert | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inTime(sorted[middle] as Alert, alert) < 0) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}
