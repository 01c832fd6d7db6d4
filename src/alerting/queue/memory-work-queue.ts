import { settleWithin } from '../../core/settle-within.js';
import { MemoryKind, type MemoryKindParts } from './memory-kind.js';
import { CLOSE_WAIT_MS, CONCURRENCY, WorkQueueClosedError, type Work, type WorkHandler, type WorkQueue } from './work-queue.js';

/** Ready values for {@link MemoryWorkQueue}. */
export type MemoryWorkQueueParts = Omit<MemoryKindParts, 'random' | 'kind'> & {
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
};

/** Work of this process alone, which ends with it. */
export class MemoryWorkQueue implements WorkQueue {
  readonly #parts: Omit<MemoryKindParts, 'kind'>;
  readonly #kinds = new Map<string, MemoryKind>();
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor({ random = Math.random, ...parts }: MemoryWorkQueueParts) {
    this.#parts = { ...parts, random };
  }

  /** Pieces that wait or are under way. */
  get size(): number {
    return [...this.#kinds.values()].reduce((sum, { size }) => sum + size, 0);
  }

  async schedule({ kind, key }: Work, at: Date): Promise<void> {
    const dueAt = at.getTime();
    if (Number.isNaN(dueAt)) return Promise.reject(new RangeError('Work was scheduled for a time that is none'));
    if (this.#isClosed) return Promise.reject(new WorkQueueClosedError());
    this.#kind(kind).schedule(key, dueAt);
    return Promise.resolve();
  }

  process(kind: string, handler: WorkHandler, { concurrency = CONCURRENCY }: { readonly concurrency?: number } = {}): void {
    this.#kind(kind).process(handler, concurrency);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const ended = Promise.all([...this.#kinds.values()].map(kind => kind.stop()));
    await settleWithin(ended, CLOSE_WAIT_MS, this.#parts.clock);
    this.#isClosed = true;
    this.#kinds.clear();
  }

  #kind(name: string): MemoryKind {
    let kind = this.#kinds.get(name);
    if (kind === undefined) this.#kinds.set(name, (kind = new MemoryKind({ ...this.#parts, kind: name })));
    return kind;
  }
}
