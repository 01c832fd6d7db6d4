import type { Alert, Labels } from './alert.js';
import type { MaintenanceWindow } from './routing/maintenance-window.js';
import type { Silence } from './stores/alert-store.js';

/** What a stage says of an alert. */
export type Verdict =
  | { readonly passes: true }
  | {
      readonly passes: false;
      /** What keeps the alert back, by name: shown on the alert. */
      readonly reason: string;
      /** When the cause ends, where that is known. */
      readonly until?: Date | undefined;
    };

/** What stages go by. */
export interface Judged {
  readonly alert: Alert;
  /** The labels that it is routed by. */
  readonly labels: Labels;
  readonly now: Date;
  /** Names of the intervals of its route. */
  readonly muteTimes: readonly string[];
  readonly activeTimes: readonly string[];
  /** All alerts that are not resolved; none where no stage looks at them. */
  readonly active: readonly Alert[];
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
}

/** One reason to keep an alert back for a while. */
export interface Stage {
  /** The `reason` of `alerts_suppressed_total`. */
  readonly name: string;
  /** Whether it looks at all that is active to judge an alert: reading that takes time. Default: no. */
  looksAtActive?(alert: Alert): boolean;
  judge(judged: Judged): Verdict;
}

export const PASSES: Verdict = { passes: true };

/** A stage and what it said, for `explain`. */
export interface Judgement {
  readonly stage: string;
  readonly verdict: Verdict;
}

/** The stages in their order. The first that keeps an alert back decides; `explain` asks them all. */
export class Pipeline {
  readonly #stages: readonly Stage[];

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  /** The first stage that keeps the alert back; `undefined` where all let it pass. */
  judge(judged: Judged): Judgement | undefined {
    for (const stage of this.#stages) {
      const verdict = stage.judge(judged);
      if (!verdict.passes) return { stage: stage.name, verdict };
    }
    return undefined;
  }

  looksAtActive(alert: Alert): boolean {
    return this.#stages.some(stage => stage.looksAtActive?.(alert));
  }

  /** What each of the stages says. */
  explain(judged: Judged): readonly Judgement[] {
    return this.#stages.map(stage => ({ stage: stage.name, verdict: stage.judge(judged) }));
  }
}
