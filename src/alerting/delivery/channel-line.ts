import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { settleWithin } from '../../core/settle-within.js';
import type { Channel, Delivery } from '../channels/channel.js';
import { Attempter, type AttemptResult } from './attempter.js';
import { backoffMs } from './backoff.js';
import type { ChannelShare } from './channel-share.js';
import { ChannelHealth, type ChannelTrouble } from './channel-health.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { rankOf } from './digest.js';
import { HeldParcels, type HeldParcel } from './held-parcels.js';
import { saysTheSame, type FirstOutcome, type Parcel } from './parcel.js';
import { QuotaPolicy } from './quota-policy.js';

/** Ready values for {@link ChannelLine}. */
export interface ChannelLineParts {
  readonly name: string;
  readonly channel: Channel;
  /** Where other processes deliver by this channel, too. */
  readonly share?: ChannelShare | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Longest time of one attempt. */
  readonly timeoutMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Takes a parcel that can't be delivered here; `isLast`: no more is tried here. @returns whether it did */
  readonly fallBack: (parcel: Parcel, isLast: boolean) => boolean;
  readonly onAttempt: (outcome: 'delivered' | 'retry' | 'failed', seconds: number) => void;
  /** Is given what is wrong with the channel after each attempt; `undefined`: nothing. */
  readonly onHealth: (trouble: ChannelTrouble | undefined) => void;
}

type Failure = Extract<Delivery, { delivered: false }>;

/** Attempts under way at once. */
const PARALLEL = 4;
/** A parcel is given up after this. */
const GIVE_UP_MS = 24 * 3_600_000;
/** Failures after which the fallback takes over. */
const FAILURES_BEFORE_FALLBACK = 3;
/** A service that asks for more time is asked again after this nevertheless. */
const LONGEST_PAUSE_MS = 3_600_000;
/** Where a service asks for more time than this, others take over. */
const LONG_PAUSE_MS = 30_000;
/** Alerts that wait here; twice as many where critical ones are among them. As many as a store holds. */
const MOST_ALERTS = 50_000;
/** How long `close()` waits for attempts that are under way. */
const CLOSE_MS = 2_000;

/**
 * What one channel has to deliver: within its quotas, the worst first, again after failures, joined into digests where
 * there is more than it takes. Nothing is dropped but by its end: delivered, given up, or taken by the fallback. All
 * times are monotonic, so that nothing is late, or too early, because somebody sets the clock.
 */
export class ChannelLine {
  readonly #parts: ChannelLineParts;
  readonly #quota: QuotaPolicy;
  readonly #attempter: Attempter;
  readonly #breaker = new CircuitBreaker();
  readonly #health: ChannelHealth;
  readonly #held = new HeldParcels();
  readonly #sending = new Map<string, HeldParcel>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #pausedUntil = -Infinity;
  #cancelWake: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: ChannelLineParts) {
    this.#parts = parts;
    this.#health = new ChannelHealth(trouble => {
      this.#tell(() => {
        parts.onHealth(trouble);
      });
    });
    this.#quota = new QuotaPolicy(parts.channel.quotas, parts.channel.keepsIncidents !== true);
    const { channel, clock, timeoutMs, diagnostics, share } = parts;
    this.#attempter = new Attempter({ channel, clock, timeoutMs, diagnostics, share, quota: this.#quota, signal: this.#closing.signal });
  }

  /** Parcels that wait. */
  get backlog(): number {
    return this.#held.size;
  }

  /** Whether it reaches nobody, by the latest attempts. */
  get reachesNobody(): boolean {
    return this.#health.isFailing;
  }

  /** Whether others should take over: it fails, or asks for a long time. Not so where a parcel is wanted to see if it is back. */
  get isFailing(): boolean {
    const now = this.#now();
    if (this.#pausedUntil - now > LONG_PAUSE_MS) return true;
    return this.#breaker.isOpen && (this.#held.size > 0 || this.#breaker.waitMs(now, this.#underWay.size) > 0);
  }

  /** Takes a parcel. @returns what became of it at once */
  send(parcel: Parcel): Promise<FirstOutcome> {
    if (this.#isClosed) {
      this.#tell(() => parcel.onLeft?.());
      return Promise.resolve('held');
    }
    if (this.#isFull(parcel)) {
      this.#health.gaveUp(parcel.notification, 'the channel has too much to deliver');
      this.#tell(() => {
        parcel.onFailed('the channel has too much to deliver');
      });
      return Promise.resolve('held');
    }
    return new Promise(resolve => {
      const held = this.#held.add(parcel, this.#now(), resolve);
      if (this.#sending.has(parcel.key)) this.#held.postpone(held, Infinity);
      this.#pump();
      // Who asked must not wait for a channel that can't be asked now.
      if (this.#held.get(parcel.key) === held) settle(held, 'held');
    });
  }

  /** Takes back what waits under a key: it is not true any more. @returns whether nothing of it is under way */
  withdraw(key: string): boolean {
    this.#held.remove(key);
    return !this.#sending.has(key);
  }

  /** Stops, when what is under way has ended. What waits is left to whoever starts next. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelWake?.();
    for (const held of this.#sending.values()) settle(held, 'held');
    const waiting = this.#held.all();
    for (const { parcel } of waiting) this.#held.remove(parcel.key);
    this.#leave(waiting);
    const { channel, clock } = this.#parts;
    // What is delivered now need not be delivered again by whoever starts next.
    await settleWithin(Promise.all(this.#underWay), CLOSE_MS, clock);
    this.#closing.abort();
    await settleWithin((async () => channel.close?.())(), CLOSE_MS, clock);
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }

  #isFull({ key, notification }: Parcel): boolean {
    if (this.#held.get(key) !== undefined) return false;
    return this.#held.alerts >= (rankOf(notification) === 0 ? 2 * MOST_ALERTS : MOST_ALERTS);
  }

  #pump(): void {
    if (this.#isClosed) return;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    for (;;) {
      const now = this.#now();
      this.#held.ripen(now);
      const wait = this.#waitMs(now);
      if (wait > 0) {
        this.#wakeIn(wait);
        return;
      }
      this.#start(this.#held.takeReady(this.#quota.takeTurn(now, this.#held)));
    }
  }

  #wakeIn(ms: number): void {
    if (ms === Infinity) return;
    this.#cancelWake = this.#parts.clock.schedule(() => {
      this.#pump();
    }, Math.max(1, Math.ceil(ms)));
  }

  /** Milliseconds until the next attempt; `Infinity`: until something else happens. */
  #waitMs(now: number): number {
    if (this.#held.size === 0 || this.#underWay.size >= PARALLEL) return Infinity;
    const next = this.#held.ready > 0 ? this.#quota.waitMs(now, this.#held) : Infinity;
    return Math.max(Math.min(next, this.#held.nextAt - now), this.#breaker.waitMs(now, this.#underWay.size), this.#pausedUntil - now);
  }

  #start(together: readonly HeldParcel[]): void {
    if (together.length === 0) return;
    for (const held of together) this.#sending.set(held.parcel.key, held);
    const work = this.#attempter
      .make(together)
      .then(result => {
        this.#underWay.delete(work);
        this.#conclude(together, result);
        this.#pump();
      })
      .catch((error: unknown) => {
        this.#parts.diagnostics.fault('alerts', 'a delivery could not be brought to its end', error);
      });
    this.#underWay.add(work);
  }

  #conclude(together: readonly HeldParcel[], { attempted, overtaken, waitMs }: AttemptResult): void {
    for (const held of overtaken) {
      this.#sending.delete(held.parcel.key);
      settle(held, 'held');
      this.#tell(() => {
        held.parcel.onOvertaken?.();
      });
    }
    this.#letNewerGo(overtaken);
    if (waitMs !== undefined) {
      for (const { parcel } of together) this.#sending.delete(parcel.key);
      if (this.#isClosed) this.#leave(together);
      else for (const held of together) this.#keep(held, this.#now() + waitMs);
      return;
    }
    if (attempted === undefined) return;
    const { notification, delivery, seconds } = attempted;
    // A process that ends breaks its attempts off.
    if (delivery.delivered || !this.#isClosed) this.#health.attempted(notification, delivery);
    this.#end(attempted.together, delivery, seconds);
  }

  #end(together: readonly HeldParcel[], delivery: Delivery, seconds: number): void {
    for (const { parcel } of together) this.#sending.delete(parcel.key);
    this.#tell(() => {
      this.#parts.onAttempt(delivery.delivered ? 'delivered' : delivery.retryable ? 'retry' : 'failed', seconds);
    });
    if (delivery.delivered) this.#delivered(together, delivery.warning);
    else if (this.#isClosed) this.#leave(together);
    else this.#failed(together, delivery);
    this.#letNewerGo(together);
  }

  /** What came meanwhile under their keys has waited for this. */
  #letNewerGo(together: readonly HeldParcel[]): void {
    for (const { parcel } of together) {
      const newer = this.#held.get(parcel.key);
      if (newer?.notBefore === Infinity) this.#held.postpone(newer, this.#now());
    }
  }

  #delivered(together: readonly HeldParcel[], warning: string | undefined): void {
    const { diagnostics, name } = this.#parts;
    const wasOpen = this.#breaker.isOpen;
    this.#breaker.succeed();
    if (warning !== undefined) diagnostics.notice(`alerts ${name}`, `the channel \`${name}\` did not reach everybody: ${warning}`);
    const detail = (together.length > 1 ? `in a digest of ${together.length}` : 'delivered') + (warning === undefined ? '' : `, but ${warning}`);
    for (const held of together) {
      const newer = this.#held.get(held.parcel.key);
      const isRepeated = newer !== undefined && saysTheSame(newer.parcel.notification, held.parcel.notification);
      if (isRepeated) this.#held.remove(held.parcel.key);
      for (const each of isRepeated ? [held, newer] : [held]) {
        this.#tell(() => {
          each.parcel.onDelivered(detail);
        });
        settle(each, 'delivered');
      }
    }
    // The service is back: nothing waits any longer for its own next attempt.
    if (wasOpen) for (const held of this.#held.all()) if (held.notBefore < Infinity) this.#held.postpone(held, this.#now());
  }

  #failed(together: readonly HeldParcel[], delivery: Failure): void {
    const { diagnostics, name } = this.#parts;
    const { retryable, misconfigured, reason, retryAfterMs } = delivery;
    const hint = misconfigured ? '; look at how the channel is set up' : '';
    diagnostics.notice(`alerts ${name}`, `the channel \`${name}\` did not deliver: ${reason}${hint}`);
    const now = this.#now();
    // Who refuses answers.
    if (retryable) this.#breaker.fail(now);
    else this.#breaker.succeed();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS));
    // A digest that is refused for good may be so for one of its parts.
    const isTakenApart = !retryable && !misconfigured && together.length > 1;
    for (const held of together) {
      if (isTakenApart) this.#keep(held, now, Math.ceil(together.length / 2));
      else if (retryable && !isTooOld(held, now)) this.#tryAgain(held, delivery, now);
      else this.#giveUp(held, reason);
    }
    // Where the channel fails nothing waits that somebody else takes, or that has waited for too long.
    if (this.isFailing) for (const held of this.#held.all()) this.#handOver(held, reason, now);
  }

  #tryAgain(held: HeldParcel, { retryAfterMs, reason }: Failure, now: number): void {
    held.failures++;
    const left = this.#keep(held, now + Math.min(backoffMs(held.failures, retryAfterMs, this.#parts.random()), LONGEST_PAUSE_MS));
    if (left.failures >= FAILURES_BEFORE_FALLBACK) this.#handOver(left, reason, now);
  }

  /** @returns what waits now: a later parcel of the same key, where one has come meanwhile, because that says more */
  #keep(held: HeldParcel, notBefore: number, mostTogether = Infinity): HeldParcel {
    settle(held, 'held');
    const left = this.#held.get(held.parcel.key) ?? held;
    left.failures = held.failures;
    left.mostTogether = mostTogether;
    this.#held.postpone(left, notBefore);
    return left;
  }

  #handOver(held: HeldParcel, reason: string, now: number): void {
    if (this.#held.get(held.parcel.key) !== held) return;
    if (isTooOld(held, now)) this.#giveUp(held, reason);
    else if (this.#parts.fallBack(held.parcel, false)) {
      this.#held.remove(held.parcel.key);
      settle(held, 'held');
    }
  }

  #giveUp(held: HeldParcel, reason: string): void {
    if (this.#held.get(held.parcel.key) === held) this.#held.remove(held.parcel.key);
    const isTaken = this.#parts.fallBack(held.parcel, true);
    this.#health.gaveUp(held.parcel.notification, reason);
    if (!isTaken) {
      this.#tell(() => {
        held.parcel.onFailed(reason);
      });
    }
    settle(held, isTaken ? 'held' : 'failed');
  }

  #leave(together: Iterable<HeldParcel>): void {
    for (const held of together) {
      settle(held, 'held');
      this.#tell(() => held.parcel.onLeft?.());
    }
  }

  #tell(work: () => void): void {
    this.#parts.diagnostics.guard('alerts', 'a delivery could not be recorded', work);
  }
}

function isTooOld({ since }: HeldParcel, now: number): boolean {
  return now - since > GIVE_UP_MS;
}

function settle(held: HeldParcel, outcome: FirstOutcome): void {
  held.settle?.(outcome);
  held.settle = undefined;
}
