const FAILURES = 5;
const OPEN_MS = 30_000;

/**
 * Stops asking a service that does not answer: after five failures in a row nothing is sent for 30 seconds, then one
 * attempt shows whether it is back.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil = 0;

  /** Milliseconds until the next attempt may be made; 0: now. */
  waitMs(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES;
  }

  succeed(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  fail(now: number): void {
    this.#failures++;
    if (this.#failures >= FAILURES) this.#openUntil = now + OPEN_MS;
  }
}
