import type { Diagnostics } from '../../core/diagnostics.js';
import type { Delivery } from '../channels/channel.js';
import type { Notification } from '../notification.js';
import { attempt, type AttemptParts } from './attempt.js';
import type { ChannelShare } from './channel-share.js';
import { digestOf } from './digest.js';
import type { HeldParcel } from './held-parcels.js';
import type { QuotaPolicy } from './quota-policy.js';

/** Ready values for {@link Attempter}. */
export interface AttempterParts extends AttemptParts {
  readonly diagnostics: Diagnostics;
  readonly quota: QuotaPolicy;
  /** Where other processes deliver by this channel, too. */
  readonly share: ChannelShare | undefined;
}

/** An attempt that was made. */
interface Attempted {
  readonly together: readonly HeldParcel[];
  readonly notification: Notification;
  readonly delivery: Delivery;
  readonly seconds: number;
}

/** What became of parcels that were to go. */
export interface AttemptResult {
  /** `undefined`: none was made. */
  readonly attempted: Attempted | undefined;
  /** Those that were not this process's to deliver any more. */
  readonly overtaken: readonly HeldParcel[];
  /** The others have used up the quotas: nothing was attempted, and is to be again after this. */
  readonly waitMs?: number;
}

/** Makes attempts to deliver: what goes together, in turn with the other processes where there are some. */
export class Attempter {
  readonly #parts: AttempterParts;

  constructor(parts: AttempterParts) {
    this.#parts = parts;
  }

  /** Begins at once where there is nobody to agree with. Never rejects. */
  make(together: readonly HeldParcel[]): Promise<AttemptResult> {
    const { share } = this.#parts;
    return share === undefined ? this.#alone(together) : this.#inTurn(together, share);
  }

  async #alone(together: readonly HeldParcel[]): Promise<AttemptResult> {
    const { quota, clock } = this.#parts;
    quota.begin();
    try {
      return await this.#attempt(together);
    } finally {
      quota.end(clock.monotonic());
    }
  }

  /** The quotas are kept by all processes together. */
  async #inTurn(together: readonly HeldParcel[], share: ChannelShare): Promise<AttemptResult> {
    const { quota, clock, diagnostics } = this.#parts;
    const turn = await share.take().catch((error: unknown) => {
      diagnostics.fault('alerts', 'the processes could not agree on a quota, so this one delivers nevertheless', error);
      return undefined;
    });
    if (turn === undefined) return this.#alone(together);
    quota.learn(clock.monotonic(), turn.agesMs);
    const { token, waitMs } = turn;
    if (token === undefined) return { attempted: undefined, overtaken: [], waitMs };
    const result = await this.#attempt(together);
    const told = result.attempted === undefined ? share.giveBack(token) : share.end(token);
    told.catch((error: unknown) => {
      diagnostics.fault('alerts', 'the end of an attempt could not be told to the other processes', error);
    });
    return result;
  }

  async #attempt(all: readonly HeldParcel[]): Promise<AttemptResult> {
    const { clock } = this.#parts;
    const claims = all.some(({ parcel }) => 'claim' in parcel) ? await Promise.all(all.map(async ({ parcel }) => (await parcel.claim?.()) ?? true)) : undefined;
    const together = all.filter((_, i) => claims?.[i] ?? true);
    const overtaken = all.filter((_, i) => claims?.[i] === false);
    const [first] = together;
    if (first === undefined) return { attempted: undefined, overtaken };
    const notification = together.length > 1 ? digestOf(together.map(({ parcel }) => parcel.notification), new Date(clock.now())) : first.parcel.notification;
    const started = clock.monotonic();
    const delivery = await attempt(notification, this.#parts);
    return { attempted: { together, notification, delivery, seconds: (clock.monotonic() - started) / 1_000 }, overtaken };
  }
}
