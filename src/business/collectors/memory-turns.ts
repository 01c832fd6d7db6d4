import type { Clock } from '../../core/clock.js';
import type { CollectedTurn, Look, Turn, Turns } from './turns.js';

/** The turns of a process that collects for itself alone. */
export class MemoryTurns implements Turns {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #start: number;
  #taken = -1;
  #cursor: number | undefined;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#start = clock.monotonic();
  }

  look(mayTake: boolean): Promise<Look> {
    const passed = this.#clock.monotonic() - this.#start;
    const interval = Math.floor(passed / this.#everyMs);
    // A timer may fire a moment early: then this interval is still the one before, which is taken.
    const isDue = interval > this.#taken;
    const isMine = isDue && mayTake;
    if (isDue) this.#taken = interval;
    return Promise.resolve({
      now: this.#clock.now(),
      againInMs: (interval + 1) * this.#everyMs - passed,
      turn: isMine ? { token: String(interval), cursor: this.#cursor } : undefined,
      isMissed: isDue && !isMine,
      latest: undefined,
    });
  }

  finish(_: Turn, { cursor }: CollectedTurn): Promise<boolean> {
    this.#cursor = cursor;
    return Promise.resolve(true);
  }

  giveUp(): Promise<void> {
    return Promise.resolve();
  }
}
