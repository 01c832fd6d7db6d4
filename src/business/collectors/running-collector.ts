import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { settleWithin } from '../../core/settle-within.js';
import type { CheckedCollector } from './check-collector.js';
import type { CollectionContext } from './collector.js';
import type { CollectionOutcome, CollectorHealth } from './collector-health.js';
import { readRows, type Row } from './rows.js';
import type { Look, Turn, Turns } from './turns.js';

/** Where the values of a collector are shown. */
export interface Display {
  /** A gauge's present values, which were collected so long ago. */
  show(rows: readonly Row[], ageMs: number): void;
  /** What a counter grew by. */
  add(rows: readonly Row[]): void;
  hide(): void;
}

/** Ready values for {@link RunningCollector}. */
export interface RunningCollectorParts {
  readonly collector: CheckedCollector;
  readonly turns: Turns;
  readonly display: Display;
  readonly health: CollectorHealth;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly random: () => number;
  readonly aiServices: () => Promise<ReadonlySet<string>>;
  /** Told before each look. Never rejects. */
  readonly beforeLook: () => Promise<void>;
}

/** A tenth of the interval spreads the processes; more than this spreads nothing more. */
const LONGEST_JITTER_MS = 10_000;
/** Redis may be back any moment. */
const LONGEST_RETRY_MS = 10_000;
/** How long the end of a monitor waits for a collection that was told to end. */
const FAREWELL_MS = 2_000;

interface Unsure {
  readonly turn: Turn;
  readonly look: Look;
  readonly rows: readonly Row[];
  readonly cursor: number | undefined;
}

const TIMED_OUT = Symbol('timed out');

/** One collector's loop: looks whose turn it is, collects or takes over what was collected, and waits. */
export class RunningCollector {
  readonly name: string;
  readonly #parts: RunningCollectorParts;
  #cancel: () => void = () => {};
  #isStopped = false;
  /** The app's function, for as long as it runs, even if its time is over. */
  #underway: Promise<unknown> | undefined;
  #abort: AbortController | undefined;
  #step: Promise<void> | undefined;
  /** A counter's collection of which is not known whether it was stored. */
  #unsure: Unsure | undefined;

  constructor(parts: RunningCollectorParts) {
    this.#parts = parts;
    this.name = parts.collector.metric.name;
    this.#wait(0);
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancel();
    this.#abort?.abort(new Error(`the collection of \`${this.name}\` was ended`));
    if (this.#step !== undefined) await settleWithin(this.#step, FAREWELL_MS, this.#parts.clock);
    this.#parts.display.hide();
  }

  #wait(ms: number): void {
    if (this.#isStopped) return;
    const { clock, collector, random } = this.#parts;
    const jitter = random() * Math.min(collector.everyMs / 10, LONGEST_JITTER_MS);
    this.#cancel = clock.schedule(() => {
      this.#step = this.#lookAndWait();
    }, ms + jitter);
  }

  async #lookAndWait(): Promise<void> {
    const { clock, collector, diagnostics, health } = this.#parts;
    const begin = clock.monotonic();
    let againInMs = Math.min(collector.everyMs, LONGEST_RETRY_MS);
    try {
      againInMs = await this.#look();
    } catch (error) {
      health.count('unshared');
      diagnostics.fault('business', `\`${this.name}\` is not collected: Redis, which says whose turn it is, could not be asked`, error);
    }
    this.#wait(Math.max(0, againInMs - (clock.monotonic() - begin)));
  }

  /** @returns when to look again, from the begin of this look on */
  async #look(): Promise<number> {
    const { turns, display, health, beforeLook } = this.#parts;
    await beforeLook();
    if (this.#unsure !== undefined) await this.#settleUnsure(this.#unsure);
    const isFree = this.#underway === undefined;
    const look = await turns.look(isFree && !this.#isStopped);
    if (look.isMissed && !this.#isStopped) health.count('overlapped');
    if (look.latest !== undefined && !this.#isStopped) {
      display.show(this.#capped(look.latest.rows), look.latest.ageMs);
      health.succeeded(look.latest.at);
    }
    if (look.turn !== undefined) await this.#collect(look, look.turn);
    return look.againInMs;
  }

  async #collect(look: Look, turn: Turn): Promise<void> {
    const { collector, clock, diagnostics, health, turns } = this.#parts;
    const span = this.#span(look, turn);
    const begin = clock.monotonic();
    const result = await this.#run(look, span);
    health.took((clock.monotonic() - begin) / 1_000);
    if (this.#isStopped || 'error' in result) {
      if (!this.#isStopped && 'error' in result) {
        const isLate = result.error === TIMED_OUT;
        health.count(isLate ? 'timed_out' : 'failed');
        diagnostics.fault(`business ${this.name}`, isLate ? `\`${this.name}\` was not collected within ${collector.timeoutMs / 1_000} s` : `\`${this.name}\` could not be collected`, isLate ? undefined : result.error);
      }
      // The lease ends by itself, too.
      await turns.giveUp(turn).catch(() => {});
      return;
    }
    await this.#finish(look, turn, result.rows, span?.until);
  }

  /**
   * What a counter is to count. The first time nothing, and of the time before nothing ever: nobody knows what a process
   * that has ended, its instruments included, has counted of it.
   */
  #span({ now }: Look, { cursor }: Turn): { readonly since: number; readonly until: number } | undefined {
    const { type, settleMs } = this.#parts.collector;
    if (type === 'gauge') return undefined;
    const since = cursor ?? now;
    return { since, until: Math.max(Math.floor(now - settleMs), since) };
  }

  async #run({ now }: Look, span: { since: number; until: number } | undefined): Promise<{ rows: readonly Row[] } | { error: unknown }> {
    const { collector, clock, aiServices } = this.#parts;
    const { metric, type, timeoutMs } = collector;
    if (span !== undefined && span.since >= span.until) return { rows: [] };
    const abort = (this.#abort = new AbortController());
    const context: CollectionContext = { now, since: span?.since ?? now, until: span?.until ?? now, signal: abort.signal, aiServices };
    const work = Promise.resolve().then(() => collector.collect(context));
    const isOver = work.then(ended, ended);
    this.#underway = isOver;
    void isOver.then(() => {
      this.#underway = undefined;
    });
    let cancel = (): void => {};
    const gone = new Promise<never>((_, reject) => {
      cancel = clock.schedule(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- told apart below, shown to nobody
        reject(TIMED_OUT);
      }, timeoutMs);
      abort.signal.addEventListener('abort', () => {
        reject(abort.signal.reason as Error);
      });
    });
    try {
      return { rows: this.#capped(readRows(await Promise.race([work, gone]), metric.labels, type)) };
    } catch (error) {
      if (error === TIMED_OUT) abort.abort(new Error(`the collection of \`${this.name}\` took longer than ${timeoutMs / 1_000} s`));
      return { error };
    } finally {
      cancel();
      // It is raced no more, and may still reject by the abort.
      gone.catch(ended);
    }
  }

  /** A gauge's rows beyond the cap can't fold into `other`: the last of them would stand for all. */
  #capped(rows: readonly Row[]): readonly Row[] {
    const { collector, health } = this.#parts;
    return collector.type === 'gauge' ? health.capped(rows) : rows;
  }

  async #finish(look: Look, turn: Turn, rows: readonly Row[], cursor: number | undefined): Promise<void> {
    const { collector, turns, display } = this.#parts;
    const isCounter = collector.type === 'counter';
    let isOurs: boolean;
    try {
      // Other processes have nothing to show of a counter.
      isOurs = await turns.finish(turn, { at: look.now, rows: isCounter ? [] : rows, cursor });
    } catch (error) {
      if (isCounter) this.#unsure = { turn, look, rows, cursor };
      // It was collected all the same, and nobody else will in this interval.
      else if (!this.#isStopped) display.show(rows, 0);
      throw error;
    }
    this.#conclude(isOurs, look, rows);
  }

  /** Adds what was stored, whichever time: once. */
  async #settleUnsure({ turn, look, rows, cursor }: Unsure): Promise<void> {
    const isOurs = await this.#parts.turns.finish(turn, { at: look.now, rows: [], cursor });
    this.#unsure = undefined;
    this.#conclude(isOurs, look, rows);
  }

  #conclude(isOurs: boolean, look: Look, rows: readonly Row[]): void {
    const { collector, display, health, diagnostics } = this.#parts;
    const outcome: CollectionOutcome = isOurs ? 'succeeded' : 'lost';
    health.count(outcome);
    if (!isOurs) {
      diagnostics.notice(`business ${this.name}`, `\`${this.name}\` was collected too late: another process has taken over, and what was collected is left out`);
      return;
    }
    health.succeeded(look.now);
    if (collector.type === 'counter') display.add(rows);
    else if (!this.#isStopped) display.show(rows, 0);
  }
}

function ended(): void {}
