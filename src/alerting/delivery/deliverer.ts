import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { AlertMetrics } from '../alert-metrics.js';
import type { Channel } from '../channels/channel.js';
import { ChannelLine, type FirstOutcome, type Parcel } from './channel-line.js';

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
    if (line === undefined) return 'failed';
    const substitute = line.isFailing ? this.#substituteOf(channel) : undefined;
    // Nobody waits for a channel that is known to fail, while another one works.
    if (substitute !== undefined && !substitute.isFailing) {
      this.#parts.metrics.notified(channel, 'fallback');
      return substitute.send(parcel);
    }
    return line.send(parcel);
  }

  /** What waits, by channel. */
  backlog(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#lines].map(([name, line]) => [name, line.backlog]));
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
      clock,
      diagnostics,
      timeoutMs,
      random,
      onAttempt: (outcome, seconds) => {
        metrics.notified(name, outcome, seconds);
      },
      fallBack: parcel => {
        const substitute = this.#substituteOf(name);
        if (substitute === undefined) return false;
        metrics.notified(name, 'fallback');
        void substitute.send(parcel);
        return true;
      },
    });
  }

  #substituteOf(name: string): ChannelLine | undefined {
    const { fallback } = this.#parts;
    return fallback === undefined || fallback === name ? undefined : this.#lines.get(fallback);
  }
}
