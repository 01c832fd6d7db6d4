const FAILURES = 5;
const OPEN_MS = 30_000;

/**
 * Stops asking a service that does not answer: after five failures in a row nothing is sent for 30 seconds, then one
 * attempt shows whether it is back.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil = -Infinity;

  /** Whether the last that is known of the service is that it does not answer. */
  get isOpen(): boolean {
    return this.#failures >= FAILURES;
  }

  /** Milliseconds until the next attempt may be made; 0: now. @param underWay attempts, of which only one may be the test */
  waitMs(now: number, underWay: number): number {
    if (!this.isOpen) return 0;
    return underWay > 0 ? Infinity : Math.max(0, this.#openUntil - now);
  }

  succeed(): void {
    this.#failures = 0;
    this.#openUntil = -Infinity;
  }

  fail(now: number): void {
    this.#failures++;
    if (this.isOpen) this.#openUntil = now + OPEN_MS;
  }
}
