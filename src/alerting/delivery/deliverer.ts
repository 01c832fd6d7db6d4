import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { AlertMetrics } from '../alert-metrics.js';
import type { Channel } from '../channels/channel.js';
import { isAboutChannel } from '../self-check/own-alerts.js';
import type { ChannelShare } from './channel-share.js';
import type { ChannelTrouble } from './channel-health.js';
import { ChannelLine } from './channel-line.js';
import type { FirstOutcome, Parcel } from './parcel.js';

/** Ready values for {@link Deliverer}. */
export interface DelivererParts {
  readonly channels: Readonly<Record<string, Channel>>;
  /** Channel that takes over where another one fails. */
  readonly fallback: string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
  readonly timeoutMs: number;
  readonly random: () => number;
  /** Gives a channel's share, where other processes deliver by it, too. */
  readonly shareOf?: ((name: string, channel: Channel) => ChannelShare | undefined) | undefined;
  /** Is told after each attempt what is wrong with its channel; `undefined`: nothing. */
  readonly onHealth?: (channel: string, trouble: ChannelTrouble | undefined) => void;
}

/** Delivers notifications, a line for each channel. */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #lines = new Map<string, ChannelLine>();
  #isClosed = false;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    for (const [name, channel] of Object.entries(parts.channels)) this.#lines.set(name, this.#lineOf(name, channel));
    for (const [name, line] of this.#lines) parts.metrics.watchBacklog(name, () => (this.#isClosed ? undefined : line.backlog));
  }

  get channels(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** The kind of a channel; `undefined` where there is none of that name. */
  channel(name: string): Channel | undefined {
    return this.#parts.channels[name];
  }

  /** Takes a parcel for a channel. @returns what became of it at once: `failed` where there is no such channel */
  async send(channel: string, parcel: Parcel): Promise<FirstOutcome> {
    const line = this.#lines.get(channel);
    if (line === undefined) {
      parcel.onFailed(`there is no channel \`${channel}\``);
      return 'failed';
    }
    if (isAboutChannel(parcel.notification, channel)) {
      parcel.onFailed(`it tells of \`${channel}\` itself`);
      return 'failed';
    }
    // Nobody waits for a channel that is known to fail, while another one works.
    const substituted = line.isFailing ? this.#fallBack(channel, parcel, false) : undefined;
    return substituted ?? line.send(parcel);
  }

  /**
   * Takes back what waits under a key for a channel, or for all: it is not true any more.
   * @returns whether nothing of it is under way
   */
  withdraw(key: string, channel?: string): boolean {
    let isGone = true;
    for (const name of channel === undefined ? this.#lines.keys() : [channel]) {
      const { fallback } = this.#parts;
      const substitute = fallback === undefined ? undefined : this.#lines.get(fallback);
      const isWithdrawn = [this.#lines.get(name)?.withdraw(key) ?? true, substitute?.withdraw(keyInPlaceOf(name, key)) ?? true];
      isGone &&= isWithdrawn.every(Boolean);
    }
    return isGone;
  }

  /** What waits, by channel. */
  backlog(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#lines].map(([name, line]) => [name, line.backlog]));
  }

  /** Channels that reach nobody, by their latest attempts. */
  failing(): readonly string[] {
    return [...this.#lines].filter(([, line]) => line.reachesNobody).map(([name]) => name);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#lines.values()].map(line => line.close()));
  }

  #lineOf(name: string, channel: Channel): ChannelLine {
    const { clock, diagnostics, metrics, timeoutMs, random } = this.#parts;
    return new ChannelLine({
      name,
      channel,
      share: this.#parts.shareOf?.(name, channel),
      clock,
      diagnostics,
      timeoutMs,
      random,
      onAttempt: (outcome, seconds) => {
        metrics.notified(name, outcome, seconds);
      },
      onHealth: trouble => {
        this.#parts.onHealth?.(name, trouble);
      },
      fallBack: (parcel, isLast) => this.#fallBack(name, parcel, isLast) !== undefined,
    });
  }

  /** @returns `undefined` where nobody takes it: a substitute that fails, too, does only if that is the last that can be tried */
  #fallBack(name: string, parcel: Parcel, isLast: boolean): Promise<FirstOutcome> | undefined {
    const { fallback, metrics } = this.#parts;
    const substitute = fallback === undefined || fallback === name ? undefined : this.#lines.get(fallback);
    if (substitute === undefined || (substitute.isFailing && !isLast)) return undefined;
    if (fallback !== undefined && isAboutChannel(parcel.notification, fallback)) return undefined;
    metrics.notified(name, 'fallback');
    return substitute.send({
      ...parcel,
      // It may have the same notification for itself.
      key: keyInPlaceOf(name, parcel.key),
      onDelivered: detail => {
        parcel.onDelivered(`${detail}, by \`${fallback}\` in place of \`${name}\``);
      },
    });
  }
}

function keyInPlaceOf(channel: string, key: string): string {
  return `${channel}\n${key}`;
}
