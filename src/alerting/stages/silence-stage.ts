import { matchesAll, type Matcher } from '../routing/matcher.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { Silence } from '../stores/alert-store.js';

/** Keeps back what a silence matches while it holds. */
export class SilenceStage implements Stage {
  readonly name = 'silence';
  readonly #parse: (text: string) => Matcher;
  /** Parsed once for each silence; a changed one is another object. */
  readonly #parsed = new WeakMap<Silence, readonly Matcher[]>();

  constructor(parse: (text: string) => Matcher) {
    this.#parse = parse;
  }

  judge({ labels, silences, now }: Judged): Verdict {
    for (const silence of silences) {
      if (silence.startsAt > now || silence.endsAt <= now || !matchesAll(this.#matchersOf(silence), labels)) continue;
      const { id, createdBy, comment, endsAt } = silence;
      return { passes: false, reason: `silence ${id} by ${createdBy}: ${comment}`, until: endsAt };
    }
    return PASSES;
  }

  #matchersOf(silence: Silence): readonly Matcher[] {
    let matchers = this.#parsed.get(silence);
    if (matchers === undefined) {
      matchers = silence.matchers.map(this.#parse);
      this.#parsed.set(silence, matchers);
    }
    return matchers;
  }
}
