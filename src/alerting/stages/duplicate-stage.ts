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

  constructor(severities: readonly AlertSeverity[] = ['low']) {
    this.#severities = new Set(severities);
  }

  judge({ alert, active, now }: Judged): Verdict {
    if (!this.#severities.has(alert.severity)) return PASSES;
    for (const other of active) {
      if (other.id === alert.id || other.title !== alert.title || other.source !== alert.source) continue;
      const isEarlier = other.timestamp < alert.timestamp || (other.timestamp.getTime() === alert.timestamp.getTime() && other.id < alert.id);
      const until = other.timestamp.getTime() + DUPLICATE_MS;
      if (isEarlier && until > now.getTime()) {
        return { passes: false, reason: `the same as ${other.id}, which fired less than 5 minutes ago`, until: new Date(until) };
      }
    }
    return PASSES;
  }
}
