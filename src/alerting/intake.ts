import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { rejectAfter } from '../core/reject-after.js';
import type { Alert, HistoryEntry } from './alert.js';
import type { Dispatcher } from './dispatcher.js';
import type { Notifier, ToldDirectly } from './notifier.js';
import type { Outbox } from './outbox.js';
import type { FiredAlert } from './stores/alert-store.js';
import { transientAlert } from './transient-alert.js';

/** Ready values for {@link Intake}. */
export interface IntakeParts {
  readonly dispatcher: Dispatcher;
  readonly notifier: Notifier;
  readonly outbox: Outbox;
  /** Whether the store may keep one waiting: it is not in this process. */
  readonly isShared: boolean;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** An alert began to fire, anew or worse. */
  readonly onNews: (alert: Alert) => void;
  /** An alert that fires is told again. */
  readonly onAgain: (alert: Alert) => void;
}

/** An alert whose channels were told directly. */
interface Told {
  readonly at: number;
  readonly directly: ToldDirectly;
}

/** Who fires an alert waits no longer for the store, and then for the first attempt to tell its channels. */
const STORE_MS = 5_000;
const TELL_MS = 1_000;
/** Alerts that are told directly, in this time once each. */
const DIRECT_MS = 5 * 60_000;
const MOST_DIRECT = 1_000;

/**
 * Takes in what is told of alerts, whether the store is there or not: without it the channels are told directly, and the
 * store when it is back.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #direct = new Map<string, Told>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** An alert is told. Never rejects for the store's sake. */
  async fire(told: FiredAlert): Promise<Alert> {
    const { clock, diagnostics, outbox, isShared } = this.#parts;
    const thing = thingOf(told.fingerprint);
    if (outbox.has(thing)) return this.#fireLater(told);
    try {
      const fired = this.#fire(told);
      return await (isShared ? rejectAfter(fired, STORE_MS, 'the store', clock) : fired);
    } catch (error) {
      diagnostics.fault('alerts', 'the store could not take an alert, so its channels are told directly', error);
      return this.#fireLater(told);
    }
  }

  /**
   * An alert is over.
   * @returns `undefined` where that changes nothing: there is none, or it is resolved already; or nothing yet: the store
   *   is told when it is back
   */
  async resolve(id: string, entry: HistoryEntry): Promise<Alert | undefined> {
    const { dispatcher, outbox, diagnostics, isShared, clock } = this.#parts;
    const thing = thingOf(id);
    if (!outbox.has(thing)) {
      try {
        const resolved = dispatcher.resolve(id, entry);
        return await (isShared ? rejectAfter(resolved, STORE_MS, 'the store', clock) : resolved);
      } catch (error) {
        diagnostics.fault('alerts', 'the store could not be told that an alert is over; it is tried again', error);
      }
    }
    outbox.keep(thing, 'resolve', async () => {
      const resolved = await dispatcher.resolve(id, entry, true);
      // Its end will be told after that.
      if (resolved !== undefined) this.#direct.get(id)?.directly.to.clear();
    });
    return undefined;
  }

  async #fire(told: FiredAlert, directly?: ToldDirectly): Promise<Alert> {
    const { alert, change } = await this.#parts.dispatcher.fire(told, directly?.to);
    if (directly !== undefined) {
      directly.isKept = true;
      // Told again, it may have been over meanwhile, in any process.
      if (this.#direct.get(told.fingerprint)?.directly === directly) this.#direct.delete(told.fingerprint);
    }
    if (change === 'merged') this.#parts.onAgain(alert);
    else this.#parts.onNews(alert);
    return alert;
  }

  async #fireLater(told: FiredAlert): Promise<Alert> {
    const { outbox, notifier, clock, isShared } = this.#parts;
    const now = clock.now();
    const alert = transientAlert(told, new Date(now));
    const before = this.#direct.get(told.fingerprint);
    const isTold = before !== undefined && now - before.at < DIRECT_MS;
    const directly: ToldDirectly = isTold ? before.directly : { to: new Map<string, number>(), isKept: false };
    outbox.keep(thingOf(told.fingerprint), 'fire', () => this.#fire(told, directly));
    if (isTold) return alert;
    if (this.#direct.size >= MOST_DIRECT) this.#direct.clear();
    this.#direct.set(told.fingerprint, { at: now, directly });
    const telling = notifier.tellDirectly(alert, directly);
    // It goes on, however long a channel takes.
    await (isShared ? rejectAfter(telling, TELL_MS, 'to tell its channels', clock).catch(() => {}) : telling);
    return alert;
  }
}

function thingOf(id: string): string {
  return `alert ${id}`;
}
