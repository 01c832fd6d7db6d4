import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { settleWithin } from '../../core/settle-within.js';
import type { BullJob, BullWorker } from './bull-package.js';
import { laneOf, readJobData } from './job-data.js';
import type { HeldLane, RedisLanes } from './redis-lanes.js';
import { CLOSE_WAIT_MS, type WorkHandler } from './work-queue.js';

/** Ready values for {@link BullKindWorker}. */
export interface BullKindWorkerParts {
  readonly kind: string;
  readonly handler: WorkHandler;
  readonly worker: BullWorker;
  readonly lanes: RedisLanes;
  readonly opened: Promise<void>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly concurrency: number;
  readonly lockMs: number;
  /** How often it is looked for work that others have scheduled. */
  readonly lookMs: number;
}

interface UnderWay {
  readonly id: string;
  lane?: HeldLane;
  readonly done: Promise<void>;
}

/** For the piece of its key that is under way, a piece waits so long. */
const LANE_WAIT_MS = 500;

/**
 * Does the work of a kind, as jobs of BullMQ that it fetches by hand. BullMQ's own loop would keep the process alive by
 * its timers and its connections, of which it wants another one for each worker, with settings an app's client has not.
 */
export class BullKindWorker {
  readonly #parts: BullKindWorkerParts;
  /** By token: a job whose lock was lost may come here a second time. */
  readonly #underWay = new Map<string, UnderWay>();
  #taking: Promise<void> | undefined;
  #isAskedAgain = false;
  #cancelLook: (() => void) | undefined;
  #lookAt = Infinity;
  #cancelKeep: (() => void) | undefined;
  #cancelTakeOver: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: BullKindWorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { opened } = this.#parts;
    void opened.then(() => {
      this.#look();
      this.#keepLocks();
      this.#takeOver();
    });
  }

  /** Work was scheduled by this process: there need not be looked for it. */
  wake(at: number): void {
    const { clock, lookMs } = this.#parts;
    const now = clock.now();
    if (at < now + lookMs) this.#lookIn(Math.max(0, at - now));
  }

  async close(): Promise<void> {
    const { clock, worker } = this.#parts;
    this.#isClosed = true;
    this.#cancelLook?.();
    this.#cancelTakeOver?.();
    await settleWithin(this.#settled(), CLOSE_WAIT_MS, clock);
    // What is not done yet loses its lock, and another process does it.
    this.#cancelKeep?.();
    this.#cancelKeep = undefined;
    await worker.close().catch(() => {});
  }

  async #settled(): Promise<void> {
    await this.#taking;
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
  }

  #lookIn(delayMs: number): void {
    const { clock } = this.#parts;
    const at = clock.monotonic() + delayMs;
    if (this.#isClosed || at >= this.#lookAt) return;
    this.#cancelLook?.();
    this.#lookAt = at;
    this.#cancelLook = clock.schedule(() => {
      this.#lookAt = Infinity;
      this.#look();
    }, delayMs);
  }

  #look(): void {
    if (this.#isClosed) return;
    if (this.#taking !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    const { diagnostics, lookMs } = this.#parts;
    this.#isAskedAgain = false;
    this.#taking = this.#take()
      .catch((error: unknown) => {
        diagnostics.fault('alerts', 'work could not be taken from the queue; it is tried again', error);
        this.#isAskedAgain = false;
      })
      .then(() => {
        this.#taking = undefined;
        if (this.#isAskedAgain) this.#look();
        else this.#lookIn(lookMs);
      });
  }

  async #take(): Promise<void> {
    const { worker, concurrency } = this.#parts;
    while (!this.#isClosed && this.#underWay.size < concurrency) {
      const token = randomUUID();
      const job = await worker.getNextJob(token, { block: false });
      if (job === undefined) return;
      this.#begin(job, token);
    }
  }

  #begin(job: BullJob, token: string): void {
    const { diagnostics, kind } = this.#parts;
    const done = this.#do(job, token)
      // Its lock ends; then it is done again.
      .catch((error: unknown) => {
        diagnostics.fault('alerts', `what became of the work "${kind}" could not be written down`, error);
      })
      .then(() => {
        this.#underWay.delete(token);
        this.#look();
      });
    this.#underWay.set(token, { id: job.id ?? '', done });
  }

  async #do(job: BullJob, token: string): Promise<void> {
    const { clock, diagnostics, kind, lanes } = this.#parts;
    const data = readJobData(job.data);
    if (data === undefined) {
      diagnostics.fault('alerts', `a job in Redis is no work "${kind}" and is left out`);
      await job.moveToCompleted(undefined, token, false);
      return;
    }
    // By the clock of another process it is due. By ours it will be, when that one is as far ahead as it is now.
    const early = data.at - clock.now();
    if (early > 0) {
      await job.moveToDelayed(data.at + early, token);
      return;
    }
    const lane = { lane: laneOf(kind, data.key), token };
    if (!(await lanes.enter(lane))) {
      await job.moveToDelayed(clock.now() + LANE_WAIT_MS, token);
      return;
    }
    const underWay = this.#underWay.get(token);
    if (underWay !== undefined) underWay.lane = lane;
    const isDone = await this.#run(data.key);
    // It ends by itself, too.
    await lanes.leave(lane).catch(() => {});
    // The error stays out of Redis: it may show what is nobody's business there.
    if (isDone) await job.moveToCompleted(undefined, token, false);
    else await job.moveToFailed(new Error('failed'), token, false);
  }

  async #run(key: string): Promise<boolean> {
    const { handler, diagnostics, kind } = this.#parts;
    try {
      await handler(key);
      return true;
    } catch (error) {
      // What is broken off by a close is no fault.
      if (!this.#isClosed) diagnostics.fault('alerts', `the work "${kind}" failed and is tried again`, error);
      return false;
    }
  }

  /** While this process lives, what it does is nobody else's. */
  #keepLocks(): void {
    const { clock, worker, lanes, lockMs } = this.#parts;
    if (this.#isClosed && this.#underWay.size === 0) return;
    this.#cancelKeep = clock.schedule(() => {
      const held = [...this.#underWay];
      const lanesHeld = held.flatMap(([, { lane }]) => (lane ? [lane] : []));
      void Promise.allSettled([
        held.length > 0 && worker.extendJobLocks(held.map(([, { id }]) => id), held.map(([token]) => token), lockMs),
        lanesHeld.length > 0 && lanes.renew(lanesHeld),
      ]).then(() => {
        if (this.#cancelKeep !== undefined) this.#keepLocks();
      });
    }, lockMs / 3);
  }

  /** Work of a process that died, or could not say that it was done. */
  #takeOver(): void {
    const { clock, worker, lockMs } = this.#parts;
    if (this.#isClosed) return;
    this.#cancelTakeOver = clock.schedule(() => {
      worker
        .getBackend()
        .moveStalledJobsToWait()
        .then(
          stalled => {
            if (stalled.length > 0) this.#look();
          },
          // Who looks for work tells that there is no connection.
          () => {},
        )
        .then(() => {
          this.#takeOver();
        }, () => {});
    }, lockMs / 3);
  }
}
