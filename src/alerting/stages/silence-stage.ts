import { matchesAll, type Matcher } from '../routing/matcher.js';
import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { Silence } from '../stores/alert-store.js';

/** Parsed matchers that are kept, by their text. */
const MOST_PARSED = 20_000;

/** Keeps back what a silence matches while it holds. */
export class SilenceStage implements Stage {
  readonly name = 'silence';
  readonly #parse: (text: string) => readonly Matcher[];
  readonly #parsed = new Map<string, readonly Matcher[] | undefined>();

  /** @param parse throws for a text that holds no matchers */
  constructor(parse: (text: string) => readonly Matcher[]) {
    this.#parse = parse;
  }

  judge({ labels, silences, now }: Judged): Verdict {
    for (const silence of silences) {
      if (silence.startsAt > now || silence.endsAt <= now || !this.#matches(silence, labels)) continue;
      const { id, createdBy, comment, endsAt } = silence;
      return { passes: false, reason: `silence ${id} by ${createdBy}: ${comment}`, until: endsAt };
    }
    return PASSES;
  }

  #matches({ matchers }: Silence, labels: Judged['labels']): boolean {
    return matchers.every(text => {
      const parsed = this.#matchersOf(text);
      // One that can't be read, from another version of the app, must silence nothing.
      return parsed !== undefined && matchesAll(parsed, labels);
    });
  }

  #matchersOf(text: string): readonly Matcher[] | undefined {
    if (this.#parsed.has(text)) return this.#parsed.get(text);
    if (this.#parsed.size >= MOST_PARSED) this.#parsed.clear();
    let parsed: readonly Matcher[] | undefined;
    try {
      parsed = this.#parse(text);
    } catch {
      parsed = undefined;
    }
    // Nor must one that says nothing.
    if (parsed?.length === 0) parsed = undefined;
    this.#parsed.set(text, parsed);
    return parsed;
  }
}
