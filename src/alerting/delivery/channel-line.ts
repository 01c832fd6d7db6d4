import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { Channel, Delivery } from '../channels/channel.js';
import type { Notification } from '../notification.js';
import { attempt } from './attempt.js';
import { backoffMs } from './backoff.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { digestOf, rankOf } from './digest.js';
import { QuotaWindow } from './quota-window.js';

/** A notification on its way, and who is told of its end. */
export interface Parcel {
  /** One parcel of a key is under way at a time: a later one takes its place. */
  readonly key: string;
  readonly notification: Notification;
  onDelivered(detail: string): void;
  /** It is given up, here and by the fallback. */
  onFailed(reason: string): void;
}

/** What became of a parcel at once. */
export type FirstOutcome = 'delivered' | 'held' | 'failed';

/** Ready values for {@link ChannelLine}. */
export interface ChannelLineParts {
  readonly name: string;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Longest time of one attempt. */
  readonly timeoutMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Takes a parcel that can't be delivered here. @returns whether it did */
  readonly fallBack: (parcel: Parcel) => boolean;
  readonly onAttempt: (outcome: 'delivered' | 'retry' | 'failed', seconds: number) => void;
}

interface Item {
  readonly parcels: readonly Parcel[];
  readonly since: number;
  failures: number;
  notBefore: number;
  settle: ((outcome: FirstOutcome) => void) | undefined;
}

/** Attempts under way at once. */
const PARALLEL = 4;
/** A parcel is given up after this. */
const GIVE_UP_MS = 24 * 3_600_000;
/** Failures after which the fallback takes over. */
const FAILURES_BEFORE_FALLBACK = 3;

/**
 * What one channel has to deliver: within its quotas, the worst first, again after failures, joined into digests where
 * there is more than it takes. Nothing is dropped but by its end: delivered, given up, or taken by the fallback.
 */
export class ChannelLine {
  readonly #parts: ChannelLineParts;
  readonly #quota: QuotaWindow;
  /** Tokens kept for critical alerts. */
  readonly #reserve: number;
  /** At most one digest in this time, while tokens are short. */
  readonly #digestEveryMs: number;
  readonly #breaker = new CircuitBreaker();
  readonly #held = new Map<string, Item>();
  readonly #sending = new Set<string>();
  #lastDigest = -Infinity;
  #cancelWake: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: ChannelLineParts) {
    this.#parts = parts;
    const { quotas } = parts.channel;
    this.#quota = new QuotaWindow(quotas);
    const narrowest = quotas.reduce((a, b) => (b.limit / b.windowMs < a.limit / a.windowMs ? b : a), quotas[0] ?? { limit: Infinity, windowMs: 0 });
    this.#reserve = narrowest.limit === Infinity ? 0 : Math.max(1, Math.floor(narrowest.limit / 5));
    this.#digestEveryMs = narrowest.windowMs / 4;
  }

  /** Parcels that wait. */
  get backlog(): number {
    return this.#held.size;
  }

  /** Whether it has failed so often that others should take over. */
  get isFailing(): boolean {
    return this.#breaker.isOpen;
  }

  /** Takes a parcel. @returns what became of it at once */
  send(parcel: Parcel): Promise<FirstOutcome> {
    return new Promise(resolve => {
      const now = this.#parts.clock.now();
      const before = this.#held.get(parcel.key);
      before?.settle?.('held');
      this.#held.set(parcel.key, {
        parcels: [parcel],
        since: before?.since ?? now,
        failures: before?.failures ?? 0,
        notBefore: before?.notBefore ?? now,
        settle: resolve,
      });
      this.#pump();
    });
  }

  /** Stops. What waits is left to whoever starts next. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelWake?.();
    for (const item of this.#held.values()) item.settle?.('held');
    await this.#parts.channel.close?.();
  }

  #pump(): void {
    if (this.#isClosed) return;
    const { clock } = this.#parts;
    for (;;) {
      const now = clock.now();
      const ready = [...this.#held.entries()]
        .filter(([key, { notBefore }]) => notBefore <= now && !this.#sending.has(key))
        .sort(([, a], [, b]) => rankOfItem(a) - rankOfItem(b) || a.since - b.since);
      const next = this.#choose(ready, now);
      if (next === undefined) break;
      void this.#send(next.entries, next.isDigest);
    }
    // Who asked must not wait for a channel that can't be asked now.
    for (const [key, item] of this.#held) {
      if (this.#sending.has(key)) continue;
      item.settle?.('held');
      item.settle = undefined;
    }
    this.#scheduleWake();
  }

  /** What to send now; `undefined`: nothing. */
  #choose(ready: readonly (readonly [string, Item])[], now: number): { entries: readonly (readonly [string, Item])[]; isDigest: boolean } | undefined {
    const [first] = ready;
    if (first === undefined || this.#sending.size >= PARALLEL || this.#breaker.waitMs(now) > 0 || this.#quota.waitMs(now) > 0) return undefined;
    const left = this.#quota.left(now);
    const isCritical = rankOfItem(first[1]) === 0;
    if (left > this.#reserve || (isCritical && (left > 1 || ready.length === 1))) return { entries: [first], isDigest: false };
    // Few are left: the rest goes out as one, now and then.
    if (!isCritical && now < this.#lastDigest + this.#digestEveryMs) return undefined;
    this.#lastDigest = now;
    return { entries: ready, isDigest: ready.length > 1 };
  }

  async #send(entries: readonly (readonly [string, Item])[], isDigest: boolean): Promise<void> {
    const { channel, clock, timeoutMs, onAttempt } = this.#parts;
    const parcels = entries.flatMap(([, item]) => item.parcels);
    for (const [key] of entries) {
      this.#held.delete(key);
      this.#sending.add(key);
    }
    const started = clock.monotonic();
    this.#quota.take(clock.now());
    const [first] = parcels;
    const notification = isDigest ? digestOf(parcels.map(parcel => parcel.notification), new Date(clock.now())) : first?.notification;
    const delivery: Delivery =
      notification === undefined ? { delivered: true } : await attempt(channel, notification, clock, timeoutMs);
    const seconds = (clock.monotonic() - started) / 1_000;
    for (const [key] of entries) this.#sending.delete(key);
    if (delivery.delivered) {
      this.#breaker.succeed();
      onAttempt('delivered', seconds);
      for (const [, item] of entries) this.#end(item, 'delivered', parcel => {
        parcel.onDelivered(isDigest ? `in a digest of ${parcels.length}` : 'delivered');
      });
    } else {
      this.#fail(entries, delivery, seconds);
    }
    this.#pump();
  }

  #fail(entries: readonly (readonly [string, Item])[], delivery: Delivery & { delivered: false }, seconds: number): void {
    const { clock, onAttempt, diagnostics, name, random } = this.#parts;
    const now = clock.now();
    if (delivery.retryable) this.#breaker.fail(now);
    onAttempt(delivery.retryable ? 'retry' : 'failed', seconds);
    const hint = delivery.misconfigured ? '; look at how the channel is set up' : '';
    diagnostics.notice(`alerts ${name}`, `the channel \`${name}\` did not deliver: ${delivery.reason}${hint}`);
    for (const [key, item] of entries) {
      item.failures++;
      const isOver = !delivery.retryable || now - item.since > GIVE_UP_MS;
      if (isOver || item.failures >= FAILURES_BEFORE_FALLBACK) {
        const left = item.parcels.filter(parcel => !this.#parts.fallBack(parcel));
        if (left.length === 0) {
          this.#end(item, 'held', () => {});
          continue;
        }
      }
      if (isOver) {
        this.#end(item, 'failed', parcel => {
          parcel.onFailed(delivery.reason);
        });
        continue;
      }
      item.notBefore = now + backoffMs(item.failures, delivery.retryAfterMs, random());
      item.settle?.('held');
      item.settle = undefined;
      // A later parcel of the same key has come meanwhile, and says more.
      const newer = this.#held.get(key);
      if (newer === undefined) this.#held.set(key, item);
      else Object.assign(newer, { failures: item.failures, notBefore: item.notBefore });
    }
  }

  #end(item: Item, outcome: FirstOutcome, tell: (parcel: Parcel) => void): void {
    for (const parcel of item.parcels) {
      this.#parts.diagnostics.guard('alerts', 'a delivery could not be recorded', () => {
        tell(parcel);
      });
    }
    item.settle?.(outcome);
    item.settle = undefined;
  }

  #scheduleWake(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (this.#held.size === 0 || this.#sending.size >= PARALLEL) return;
    const { clock } = this.#parts;
    const now = clock.now();
    const soonest = Math.min(...[...this.#held.values()].map(({ notBefore }) => notBefore));
    const digest = this.#quota.left(now) <= this.#reserve ? this.#lastDigest + this.#digestEveryMs : 0;
    const at = Math.max(soonest, now + this.#quota.waitMs(now), now + this.#breaker.waitMs(now), digest === -Infinity ? 0 : digest);
    this.#cancelWake = clock.schedule(() => {
      this.#pump();
    }, Math.max(1, at - now));
  }
}

function rankOfItem({ parcels }: Item): number {
  return Math.min(...parcels.map(({ notification }) => rankOf(notification)));
}
