import type { Delivery } from '../channels/channel.js';
import type { Notification } from '../notification.js';
import { isOnlyOwn } from '../self-check/own-alerts.js';

/** What is wrong with a channel. */
export interface ChannelTrouble {
  readonly kind:
    /** Attempts fail, one after the other. */
    | 'not_answering'
    /** It can't work as it is set up. */
    | 'misconfigured'
    /** It refused a notification, or could not deliver one for too long. */
    | 'given_up'
    /** Some of its recipients don't get it. */
    | 'partial';
  /** What the service said, without secrets. */
  readonly reason: string;
}

/** Failures in a row that are more than a moment's. */
const FAILURES = 5;

/** What the latest attempts say. */
class Findings {
  trouble: ChannelTrouble | undefined;
  #failures = 0;

  attempted(delivery: Delivery): void {
    if (delivery.delivered) {
      this.#failures = 0;
      this.trouble = delivery.warning === undefined ? undefined : { kind: 'partial', reason: delivery.warning };
      return;
    }
    const { retryable, misconfigured, reason } = delivery;
    this.#failures = retryable ? this.#failures + 1 : 0;
    if (misconfigured === true) this.trouble = { kind: 'misconfigured', reason };
    else if (this.#failures >= FAILURES) this.trouble = { kind: 'not_answering', reason };
    // Who refuses answers.
    else if (!retryable && this.trouble?.kind === 'not_answering') this.trouble = { kind: 'given_up', reason };
  }

  gaveUp(reason: string): void {
    if (!this.isFailing) this.trouble = { kind: 'given_up', reason };
  }

  get isFailing(): boolean {
    return this.trouble?.kind === 'not_answering' || this.trouble?.kind === 'misconfigured';
  }
}

/**
 * What is known of a channel by what became of its latest attempts. It stays known until the next one: nobody can say
 * that a channel works which nobody used.
 */
export class ChannelHealth {
  readonly #onFinding: (trouble: ChannelTrouble | undefined) => void;
  readonly #all = new Findings();
  /** Without those that tell of nothing but the dispatcher's own failures: one must not lead to the next. */
  readonly #others = new Findings();

  /** @param onFinding is given what is wrong after each attempt; `undefined`: nothing */
  constructor(onFinding: (trouble: ChannelTrouble | undefined) => void) {
    this.#onFinding = onFinding;
  }

  /** Whether it reaches nobody. */
  get isFailing(): boolean {
    return this.#all.isFailing;
  }

  attempted(notification: Notification, delivery: Delivery): void {
    this.#all.attempted(delivery);
    // That it works is news, whatever it was that it delivered.
    if (!delivery.delivered && isOnlyOwn(notification)) return;
    this.#others.attempted(delivery);
    this.#onFinding(this.#others.trouble);
  }

  /** A notification is not tried again here. */
  gaveUp(notification: Notification, reason: string): void {
    this.#all.gaveUp(reason);
    if (isOnlyOwn(notification)) return;
    this.#others.gaveUp(reason);
    this.#onFinding(this.#others.trouble);
  }
}
