import type { Alert } from '../alert.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';

/** When an alert counts as flapping. */
export interface FlappingRule {
  /** How often it opened again. */
  readonly times: number;
  /** In how long, in milliseconds. It stops to count as flapping when it has been steady for as long. */
  readonly withinMs: number;
}

/** Keeps an alert back that opens and resolves again and again: it is told once, and again when it holds still. */
export class FlappingStage implements Stage {
  readonly name = 'flapping';
  readonly #rule: FlappingRule;

  constructor(rule: FlappingRule) {
    this.#rule = rule;
  }

  judge({ alert, now }: Judged): Verdict {
    // Who was told that it fires hears that it does not, now: it may stay so.
    if (alert.status === 'resolved') return PASSES;
    const { times, withinMs } = this.#rule;
    const reopened = reopenings(alert, now.getTime() - withinMs);
    const last = reopened.at(-1);
    if (last === undefined || reopened.length < times) return PASSES;
    return {
      passes: false,
      reason: `flapping: it opened again ${reopened.length} times in ${Math.round(withinMs / 60_000)} minutes`,
      // When enough of them are too long ago.
      until: new Date((reopened[reopened.length - times] ?? last) + withinMs),
    };
  }
}

function reopenings(alert: Alert, since: number): number[] {
  return alert.history.filter(({ event, at }) => event === 'reopened' && at.getTime() > since).map(({ at }) => at.getTime());
}
