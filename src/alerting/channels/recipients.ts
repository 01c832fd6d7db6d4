import type { Delivery } from './channel.js';

/** Notifications whose recipients are remembered. */
const REMEMBERED = 500;

/**
 * Who has had which notification. A service that takes each recipient by itself may refuse some of them: the next
 * attempt goes to those that are left, and nobody gets it twice. It is forgotten with the process.
 */
export class Recipients {
  readonly #all: readonly string[];
  readonly #had = new Map<string, Set<string>>();

  constructor(all: readonly string[]) {
    this.#all = [...new Set(all)];
  }

  /** Those that have not had a notification. */
  left(notificationId: string): readonly string[] {
    const had = this.#had.get(notificationId);
    return had === undefined ? this.#all : this.#all.filter(recipient => !had.has(recipient));
  }

  /**
   * Notes what became of an attempt, and says what became of the whole: again as long as somebody may still get it;
   * delivered once somebody has.
   */
  settle(notificationId: string, attempts: readonly { readonly recipient: string; readonly delivery: Delivery }[]): Delivery {
    const had = this.#had.get(notificationId) ?? new Set<string>();
    for (const { recipient, delivery } of attempts) if (delivery.delivered) had.add(recipient);
    const failed = attempts.flatMap(({ delivery }) => (delivery.delivered ? [] : [delivery]));
    const [first] = failed;
    if (first === undefined) return this.#end(notificationId, { delivered: true });

    const reasons = [...new Set(failed.map(({ reason }) => reason))].join('; ');
    const reason = this.#all.length === 1 ? reasons : `${failed.length} of ${this.#all.length} did not get it: ${reasons}`;
    const temporary = failed.filter(({ retryable }) => retryable);
    if (temporary.length > 0) {
      this.#remember(notificationId, had);
      const waits = temporary.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
      return { delivered: false, retryable: true, reason, ...(waits.length > 0 && { retryAfterMs: Math.max(...waits) }) };
    }
    if (had.size > 0) return this.#end(notificationId, { delivered: true, warning: reason });
    const isMisconfigured = failed.some(({ misconfigured }) => misconfigured === true);
    return this.#end(notificationId, { delivered: false, retryable: false, reason, ...(isMisconfigured && { misconfigured: true }) });
  }

  #remember(notificationId: string, had: Set<string>): void {
    this.#had.delete(notificationId);
    if (had.size === 0) return;
    this.#had.set(notificationId, had);
    const oldest = this.#had.keys().next();
    if (this.#had.size > REMEMBERED && oldest.done !== true) this.#had.delete(oldest.value);
  }

  #end(notificationId: string, delivery: Delivery): Delivery {
    this.#had.delete(notificationId);
    return delivery;
  }
}
