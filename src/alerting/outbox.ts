import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { AlertStoreFullError } from './stores/alert-store.js';

/** Ready values for {@link Outbox}. */
export interface OutboxParts {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

interface Write {
  readonly kind: string;
  readonly run: () => Promise<unknown>;
}

/** Writes that wait. A store is away for long where there are more, and memory must not grow for ever. */
const MOST_WAITING = 50_000;
/** Writes that the store may refuse at a time, before the others have to wait: it may refuse all of them. */
const MOST_REFUSALS = 100;
/** More of one thing say nothing new: what came last holds, and what it follows. */
const MOST_OF_ONE = 2;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

/** Writes that the store did not take, because it could not be reached: made in their order, once it can. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #waiting = new Map<string, Write[]>();
  #cancelRetry: (() => void) | undefined;
  #flushing: Promise<void> | undefined;
  #retryMs = RETRY_MS;
  #isClosed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** What things have writes that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Whether something of a thing waits: what is written of it now must come after that. */
  has(thing: string): boolean {
    return this.#waiting.has(thing);
  }

  /**
   * Keeps a write until it succeeds.
   * @param kind of what is done to the thing: of two of a kind that follow each other the later one is made
   */
  keep(thing: string, kind: string, run: () => Promise<unknown>): void {
    const before = this.#waiting.get(thing) ?? [];
    if (before.length === 0 && this.#waiting.size >= MOST_WAITING) {
      this.#parts.diagnostics.fault('alerts', `${MOST_WAITING} things wait for the store already: what else is to be written is lost`);
      return;
    }
    const kept = before.at(-1)?.kind === kind ? before.slice(0, -1) : before;
    this.#waiting.set(thing, [...kept, { kind, run }].slice(-MOST_OF_ONE));
    this.#retryIn(this.#retryMs);
  }

  /** Writes, and keeps what fails. */
  write(thing: string, kind: string, what: string, run: () => Promise<unknown>): void {
    if (this.has(thing)) {
      this.keep(thing, kind, run);
      return;
    }
    run().catch((error: unknown) => {
      this.#parts.diagnostics.fault('alerts', `${what}; it is tried again`, error);
      this.keep(thing, kind, run);
    });
  }

  /** Tries once more. What fails then is lost, and told of. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    await this.#flushing;
    await this.#flush();
    if (this.size > 0) this.#parts.diagnostics.fault('alerts', `the store could not be reached until the end: writes of ${this.size} things are lost`);
  }

  #retryIn(ms: number): void {
    if (this.#isClosed || this.#cancelRetry !== undefined || this.#flushing !== undefined) return;
    this.#cancelRetry = this.#parts.clock.schedule(() => {
      this.#cancelRetry = undefined;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
        if (this.size > 0) this.#retryIn(this.#retryMs);
      });
    }, ms);
  }

  /** Makes what waits, until the store does not answer. Never rejects. */
  async #flush(): Promise<void> {
    let refusals = 0;
    for (const thing of [...this.#waiting.keys()]) {
      try {
        for (const write of this.#waiting.get(thing) ?? []) {
          await write.run();
          // Others may have come meanwhile.
          this.#done(thing, write);
        }
        this.#retryMs = RETRY_MS;
      } catch (error) {
        // It was told when the first of them failed. What fails each time must not keep the others from their turn.
        this.#putLast(thing);
        this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
        if (!isRefusal(error) || ++refusals >= MOST_REFUSALS) return;
      }
    }
  }

  #putLast(thing: string): void {
    const writes = this.#waiting.get(thing);
    if (writes === undefined) return;
    this.#waiting.delete(thing);
    this.#waiting.set(thing, writes);
  }

  #done(thing: string, write: Write): void {
    const left = (this.#waiting.get(thing) ?? []).filter(each => each !== write);
    if (left.length > 0) this.#waiting.set(thing, left);
    else this.#waiting.delete(thing);
  }
}

/** Whether the store has answered: it is full, or what it holds there is something else. */
function isRefusal(error: unknown): boolean {
  return error instanceof AlertStoreFullError || (error instanceof Error && error.name === 'ReplyError');
}
