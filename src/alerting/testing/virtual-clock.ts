import type { Clock } from '../../core/clock.js';
import { parseDuration, type Duration } from '../../core/duration.js';
import { InvalidOptionError, SightlineError } from '../../core/errors.js';
import { DueQueue } from '../stores/due-queue.js';
import { EventLoop } from './event-loop.js';

/** A clock that stands still until a test moves it: for `createMonitor({ clock })`. */
export interface VirtualClock extends Clock {
  /**
   * Moves on by this time, and runs what falls due, one timer after the other at its own time. Before the first and
   * after each, everything that needs no time comes to its end: promises in chains of any length, immediates, files.
   * It does not wait for the network. Of two calls the second begins when the first has ended. `advance(0)` moves nothing
   * on.
   *
   * @param duration such as `'5m'`, or milliseconds
   * @throws InvalidOptionError for what is no duration; and what a timer throws: the clock then stands where that ran
   */
  advance(duration: Duration): Promise<void>;
  /** Timers that wait. */
  readonly waiting: number;
}

/** A Monday morning. */
const START = Date.UTC(2026, 0, 5, 9);
/** Timers without a delay that are set at one instant, before it is taken for an endless loop. */
const MOST_WITHOUT_DELAY = 100_000;

/**
 * Makes a clock for tests. It reads no time of the machine's, so a test sees the same at each run, with or without the
 * fake timers of a test runner.
 *
 * @param start where it stands: a date, ISO 8601, or milliseconds since the epoch. Default: 2026-01-05 09:00 UTC
 * @throws InvalidOptionError for what is no time
 * @example
 * const clock = createVirtualClock('2026-11-22T12:00:00Z');
 * const monitor = createMonitor({ clock, alerts: { channels: { oncall: recordingChannel() } } });
 * await clock.advance('5m');
 */
export function createVirtualClock(start: Date | string | number = START): VirtualClock {
  const startMs = new Date(start).getTime();
  if (Number.isNaN(startMs)) throw new InvalidOptionError('start', start, "a Date, a time such as '2026-11-22T12:00:00Z', or milliseconds since the epoch");
  return new StandingClock(startMs);
}

interface Timer {
  readonly callback: () => void;
}

class StandingClock implements VirtualClock {
  readonly #startMs: number;
  /** Since the start. */
  #elapsed = 0;
  /** Times at which something is due. */
  readonly #instants = new DueQueue();
  /** By instant, in the order in which they were set. */
  readonly #timers = new Map<string, Set<Timer>>();
  readonly #eventLoop = new EventLoop();
  #waiting = 0;
  #withoutDelay = 0;
  #moving: Promise<void> = Promise.resolve();

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  get waiting(): number {
    return this.#waiting;
  }

  now(): number {
    return this.#startMs + Math.floor(this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const at = this.#elapsed + (delayMs > 0 ? delayMs : 0);
    if (at === this.#elapsed) this.#withoutDelay++;
    const instant = String(at);
    const timer: Timer = { callback };
    const others = this.#timers.get(instant);
    if (others === undefined) {
      this.#timers.set(instant, new Set([timer]));
      this.#instants.set(instant, at);
    } else {
      others.add(timer);
    }
    this.#waiting++;
    return () => {
      this.#remove(instant, timer);
    };
  }

  async advance(duration: Duration): Promise<void> {
    const ms = parseDuration(duration, 'advance');
    const moved = this.#moving.then(() => this.#move(ms));
    this.#moving = moved.catch(() => {});
    return moved;
  }

  async #move(ms: number): Promise<void> {
    await this.#eventLoop.rest();
    const end = this.#elapsed + ms;
    for (let due = this.#instants.first(); due !== undefined && due.at <= end; due = this.#instants.first()) {
      this.#goTo(due.at);
      this.#take(due.key)?.callback();
      await this.#eventLoop.rest();
    }
    this.#goTo(end);
  }

  #goTo(elapsed: number): void {
    if (elapsed > this.#elapsed) this.#withoutDelay = 0;
    if (this.#withoutDelay > MOST_WITHOUT_DELAY) {
      throw new SightlineError(
        'SIGHTLINE_ENDLESS_TIMERS',
        `More than ${MOST_WITHOUT_DELAY} timers without a delay were set at ${new Date(this.now()).toISOString()}, so the clock can't move on: one sets itself again and again. Give it a delay.`,
      );
    }
    this.#elapsed = elapsed;
  }

  #take(instant: string): Timer | undefined {
    const [timer] = this.#timers.get(instant) ?? [];
    if (timer !== undefined) this.#remove(instant, timer);
    return timer;
  }

  #remove(instant: string, timer: Timer): void {
    const timers = this.#timers.get(instant);
    if (timers?.delete(timer) !== true) return;
    this.#waiting--;
    if (timers.size > 0) return;
    this.#timers.delete(instant);
    this.#instants.delete(instant);
  }
}
