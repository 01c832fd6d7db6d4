const LIMIT = 20;
const WINDOW_MS = 60_000;
const SHUT_MS = 600_000;

/** What a robot takes: 20 messages a minute. One more, and it takes nothing for ten minutes. */
export class RobotQuota {
  #taken: number[] = [];
  #shutUntil = -Infinity;

  isShut(now: number): boolean {
    return now < this.#shutUntil;
  }

  /** @returns whether one more message is taken */
  take(now: number): boolean {
    this.#taken = this.#taken.filter(at => now - at < WINDOW_MS);
    if (this.#taken.length >= LIMIT) this.#shutUntil = now + SHUT_MS;
    else this.#taken.push(now);
    return !this.isShut(now);
  }
}
