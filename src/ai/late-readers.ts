import type { Clock } from '../core/clock.js';

/** Who makes several calls at a time and awaits one after the other comes late by as long as the slowest takes. */
const PATIENCE_MS = 10_000;

/** Responses that came before anybody asked for what they hold. Most are asked for soon; those that never are must count, too. */
export class LateReaders {
  readonly #clock: Clock;
  /** What counts a response as one that nobody reads. */
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for the reader of a response.
   * @param onNobody called once, when nobody has come in time
   * @returns what ends the wait
   */
  wait(onNobody: () => void): () => void {
    if (this.#isClosed) {
      onNobody();
      return () => {};
    }
    const giveUp = (): void => {
      end();
      onNobody();
    };
    const cancel = this.#clock.schedule(giveUp, PATIENCE_MS);
    const end = (): void => {
      this.#waiting.delete(giveUp);
      cancel();
    };
    this.#waiting.add(giveUp);
    return end;
  }

  /** Waits no longer, for these and for those to come. */
  close(): void {
    this.#isClosed = true;
    for (const giveUp of [...this.#waiting]) giveUp();
  }
}
