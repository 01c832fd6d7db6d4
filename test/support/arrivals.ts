/** What has arrived at a server of a test; waiting for it needs no sleep. */
export class Arrivals<T> {
  readonly #items: T[] = [];
  #waiting: { count: number; resolve: (items: readonly T[]) => void; reject: (error: unknown) => void }[] = [];
  #error: Error | undefined;

  get all(): readonly T[] {
    return this.#items;
  }

  /** Adds what `decode` gives; an error it throws reaches whoever waits. */
  take(decode: () => readonly T[]): void {
    try {
      this.#items.push(...decode());
    } catch (error) {
      this.#error = error as Error;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) void this.atLeast(waiter.count).then(waiter.resolve, waiter.reject);
  }

  /** Resolves with all items once there are that many. */
  atLeast(count: number): Promise<readonly T[]> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) reject(this.#error);
      else if (this.#items.length >= count) resolve(this.#items);
      else this.#waiting.push({ count, resolve, reject });
    });
  }
}
