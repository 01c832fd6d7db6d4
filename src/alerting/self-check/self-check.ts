import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { readAlertInput } from '../alert-input.js';
import type { Alert, AlertInput } from '../alert.js';
import type { ChannelTrouble } from '../delivery/channel-health.js';
import { OWN_ALERTS, OWN_SOURCE } from './own-alerts.js';
import type { AlertSeverity } from '../severity.js';
import { transientAlert } from '../transient-alert.js';

/** Ready values for {@link SelfCheck}. */
export interface SelfCheckParts {
  readonly severity: AlertSeverity;
  /** Notifications that may wait for a channel. */
  readonly backlogLimit: number;
  /** Which app says so. */
  readonly service: string;
  /** All channels there are. */
  readonly channels: readonly string[];
  readonly fire: (input: AlertInput) => Promise<unknown>;
  readonly resolve: (input: AlertInput) => Promise<unknown>;
  /** Tells of an alert past the store. */
  readonly tellDirectly: (alert: Alert) => Promise<void>;
  /** What waits, by channel. */
  readonly backlog: () => Readonly<Record<string, number>>;
  /** Why the store can't be relied on; `undefined` where it can. Asked for once a look. */
  readonly storeTrouble: () => string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** An alert of ours, as it should be. */
interface Condition {
  input: AlertInput;
  isFiring: boolean;
  /** What is so must be told. At first in any case: what a process before this one has left may be over. */
  isDue: boolean;
  toldAt: number;
  isSettling: boolean;
}

const LOOK_MS = 15_000;
/** What lasts is told again after this: somebody, or another process, may have resolved it meanwhile. */
const AGAIN_MS = 60_000;
/** A backlog is over when it is no longer than this part of what it may be. */
const OVER = 0.5;

const WORDS: Readonly<Record<ChannelTrouble['kind'], (reason: string) => string>> = {
  not_answering: reason => `It does not take notifications: ${reason}. They wait, and are tried again; those of a channel with a fallback go there.`,
  misconfigured: reason => `It can't work as it is set up, which somebody must see to: ${reason}.`,
  given_up: reason => `A notification could not be delivered, and is not tried again: ${reason}.`,
  partial: reason => `Some of its recipients don't get its notifications: ${reason}.`,
};

/**
 * Raises alerts of the dispatcher's own failures, which go to the channels that are not the failing one, and resolves
 * them when it works again. That such an alert could not be delivered raises none.
 */
export class SelfCheck {
  readonly #parts: SelfCheckParts;
  readonly #conditions = new Map<string, Condition>();
  readonly #troubles = new Set<string>();
  /** What was told past the store, and is not over. */
  #storeAlert: Alert | undefined;
  #cancelLook: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: SelfCheckParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#isClosed) return;
    const { clock, diagnostics } = this.#parts;
    this.#cancelLook = clock.schedule(() => {
      diagnostics.guard('alerts', 'the dispatcher could not look after itself', () => {
        this.#look();
      });
      // Not before others had their turn: where time has jumped, what is to be seen has not happened yet.
      queueMicrotask(() => {
        this.start();
      });
    }, LOOK_MS);
  }

  /** What became of an attempt says so of its channel. @param trouble `undefined`: nothing is wrong with it */
  found(channel: string, trouble: ChannelTrouble | undefined): void {
    // Nobody else could be told.
    if (this.#parts.channels.length < 2) return;
    if (trouble === undefined) this.#troubles.delete(channel);
    else this.#troubles.add(channel);
    this.#want(this.#input(OWN_ALERTS.channel, channel, trouble && WORDS[trouble.kind](trouble.reason)), trouble !== undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook?.();
  }

  #look(): void {
    this.#lookAtStore();
    const { backlog, backlogLimit, channels } = this.#parts;
    for (const [channel, waiting] of Object.entries(backlog())) {
      if (channels.length < 2) break;
      const isRaised = this.#conditions.get(keyOf(this.#input(OWN_ALERTS.backlog, channel)))?.isFiring;
      // Where it is known already why they wait, one alert is enough.
      const isLong = waiting > backlogLimit * (isRaised === true ? OVER : 1) && !this.#troubles.has(channel);
      this.#want(this.#input(OWN_ALERTS.backlog, channel, `${waiting} notifications wait for it; ${backlogLimit} may. Look at its quota, and at what fires so many alerts.`), isLong);
    }
    // What could not be done before.
    for (const condition of this.#conditions.values()) void this.#settle(condition);
  }

  #lookAtStore(): void {
    const { storeTrouble, clock, severity } = this.#parts;
    const trouble = storeTrouble();
    const now = new Date(clock.now());
    if (trouble !== undefined && this.#storeAlert === undefined) {
      const description = `It can't keep alerts: ${trouble}. Alerts that are fired now are told directly, by each process; that they are over is told when it is back.`;
      const input = { ...this.#input(OWN_ALERTS.store, undefined, description), severity };
      this.#storeAlert = transientAlert(readAlertInput(input, OWN_SOURCE, now), now);
      this.#tellDirectly(this.#storeAlert);
    } else if (trouble === undefined && this.#storeAlert !== undefined) {
      this.#tellDirectly({ ...this.#storeAlert, status: 'resolved', resolvedAt: now, lastSeen: now });
      this.#storeAlert = undefined;
    }
  }

  #tellDirectly(alert: Alert): void {
    const { tellDirectly, diagnostics } = this.#parts;
    tellDirectly(alert).catch((error: unknown) => {
      diagnostics.fault('alerts', 'that the store fails could not be told', error);
    });
  }

  #input(title: string, channel: string | undefined, description = ''): AlertInput {
    const { severity, service } = this.#parts;
    return { title, source: OWN_SOURCE, severity, labels: { service, ...(channel !== undefined && { channel }) }, description };
  }

  #want(input: AlertInput, isFiring: boolean): void {
    const key = keyOf(input);
    const now = this.#parts.clock.monotonic();
    const known = this.#conditions.get(key);
    const condition = known ?? { input, isFiring, isDue: true, toldAt: now, isSettling: false };
    this.#conditions.set(key, condition);
    if (condition.isFiring !== isFiring || (isFiring && now - condition.toldAt >= AGAIN_MS)) condition.isDue = true;
    condition.input = input;
    condition.isFiring = isFiring;
    void this.#settle(condition);
  }

  /** Brings what is told in line with what is so; one step at a time, or the last one told might not be the last one true. Never rejects. */
  async #settle(condition: Condition): Promise<void> {
    const { fire, resolve, clock, diagnostics } = this.#parts;
    if (condition.isSettling) return;
    condition.isSettling = true;
    try {
      while (condition.isDue && !this.#isClosed) {
        condition.isDue = false;
        condition.toldAt = clock.monotonic();
        await (condition.isFiring ? fire : resolve)(condition.input);
      }
    } catch (error) {
      condition.isDue = true;
      diagnostics.fault('alerts', 'what the dispatcher found of itself could not be told', error);
    } finally {
      condition.isSettling = false;
    }
  }
}

function keyOf({ title, labels }: AlertInput): string {
  return `${title}\n${labels?.['channel'] ?? ''}`;
}
