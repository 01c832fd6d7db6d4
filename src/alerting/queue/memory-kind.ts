import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { DueQueue } from '../stores/due-queue.js';
import { retryAfterMs } from './retry.js';
import type { WorkHandler } from './work-queue.js';

/** Ready values for {@link MemoryKind}. */
export interface MemoryKindParts {
  readonly kind: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly random: () => number;
}

interface Piece {
  readonly id: string;
  readonly key: string;
  failures: number;
}

/** The time of day may be set: what is due is looked for at least this often. */
const LOOK_MS = 60_000;

/** The work of one kind. */
export class MemoryKind {
  readonly #parts: MemoryKindParts;
  readonly #pieces = new Map<string, Piece>();
  /** Ids of pieces by their time. */
  readonly #due = new DueQueue();
  readonly #underWay = new Map<string, Promise<void>>();
  /** Pieces whose time has come, by the key of another that is under way. */
  readonly #held = new Map<string, Piece[]>();
  #handler: WorkHandler | undefined;
  #concurrency = 0;
  #cancelWake: (() => void) | undefined;
  #wakeAt = Infinity;
  #isStopped = false;

  constructor(parts: MemoryKindParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#pieces.size;
  }

  schedule(key: string, at: number): void {
    const id = `${at} ${key}`;
    if (this.#pieces.has(id)) return;
    this.#pieces.set(id, { id, key, failures: 0 });
    this.#due.set(id, at);
    this.#wake();
  }

  process(handler: WorkHandler, concurrency: number): void {
    if (this.#handler !== undefined) throw new Error(`The queue has a handler for ${this.#parts.kind} already`);
    this.#handler = handler;
    this.#concurrency = concurrency;
    this.#wake();
  }

  /** Begins nothing any more. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelWake?.();
    await Promise.all(this.#underWay.values());
  }

  #wake(): void {
    const at = this.#due.first()?.at ?? Infinity;
    // Whoever is done wakes those that are due by then.
    if (this.#isStopped || this.#handler === undefined || at >= this.#wakeAt || this.#underWay.size >= this.#concurrency) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    const { clock } = this.#parts;
    const take = (): void => {
      this.#wakeAt = Infinity;
      this.#take();
      this.#wake();
    };
    const delay = at - clock.now();
    this.#cancelWake = delay > 0 ? clock.schedule(take, Math.min(LOOK_MS, delay)) : soon(take);
  }

  #take(): void {
    while (!this.#isStopped && this.#underWay.size < this.#concurrency) {
      const [due] = this.#due.take(this.#parts.clock.now(), 1);
      const piece = due && this.#pieces.get(due.key);
      if (piece === undefined) return;
      const held = this.#held.get(piece.key);
      if (held !== undefined) held.push(piece);
      else {
        this.#held.set(piece.key, []);
        this.#underWay.set(piece.key, this.#do(piece));
      }
    }
  }

  /** Never rejects. */
  async #do(piece: Piece): Promise<void> {
    const { clock, diagnostics, random, kind } = this.#parts;
    try {
      await this.#handler?.(piece.key);
      this.#pieces.delete(piece.id);
    } catch (error) {
      // What is broken off by a close is no fault.
      if (!this.#isStopped) diagnostics.fault('alerts', `the work "${kind}" failed and is tried again`, error);
      this.#due.set(piece.id, clock.now() + retryAfterMs(++piece.failures, random()));
    }
    // Not before it is known to be under way.
    await Promise.resolve();
    this.#underWay.delete(piece.key);
    for (const { id } of this.#held.get(piece.key) ?? []) this.#due.set(id, clock.now());
    this.#held.delete(piece.key);
    this.#wake();
  }
}

/** What is due need not wait for a timer. @returns what cancels it */
function soon(callback: () => void): () => void {
  let isCancelled = false;
  queueMicrotask(() => {
    if (!isCancelled) callback();
  });
  return () => {
    isCancelled = true;
  };
}
