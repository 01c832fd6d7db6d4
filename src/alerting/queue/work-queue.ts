/** What is to be done: something of a kind, such as `escalate`, for what the key names. */
export interface Work {
  readonly kind: string;
  readonly key: string;
}

/**
 * Does one piece of work. It may run more than once and for something that has changed since it was scheduled, so it
 * looks at what is true now. What it throws has it run again, later.
 */
export type WorkHandler = (key: string) => Promise<void>;

/**
 * Work that is to be done later, each piece by one process.
 *
 * - It is done at its time or soon after, never before by the clock of the process that does it.
 * - Of one kind and key, one piece is under way at a time, over all processes.
 * - The same kind, key and time is one piece for as long as it waits or is under way: to schedule it again changes nothing.
 *   Whoever has news for work that may be under way therefore schedules it for another time.
 * - Where its handler throws it is tried again after 1, 2, 4 … seconds, up to a minute, until it succeeds.
 * - Where others can see the queue, what a process has left by its close or its death is done by another one.
 */
export interface WorkQueue {
  /**
   * Resolves when the work is kept as well as this queue can keep it.
   * @throws where it could not be: the queue is closed, or what it keeps its work in can't be reached
   */
  schedule(work: Work, at: Date): Promise<void>;
  /**
   * From now on this process does work of a kind. Once a kind; until then its work waits.
   * @param options.concurrency pieces at once, by this process; default: 50
   */
  process(kind: string, handler: WorkHandler, options?: { readonly concurrency?: number }): void;
  /** Begins no more work, and waits a few seconds for what is under way, which may still schedule what follows. Never rejects. */
  close(): Promise<void>;
}

/** {@link WorkQueue.schedule} was asked for after {@link WorkQueue.close}. */
export class WorkQueueClosedError extends Error {
  constructor() {
    super('The queue is closed: no more work can be scheduled');
    this.name = 'WorkQueueClosedError';
  }
}

/** Work under way may take so long when the queue closes. */
export const CLOSE_WAIT_MS = 5_000;
/** Pieces of work of a kind that one process does at once, where it does not say otherwise. */
export const CONCURRENCY = 50;
