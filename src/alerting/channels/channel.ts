import type { Notification } from '../notification.js';

/** What became of an attempt to deliver. */
export type Delivery =
  | {
      readonly delivered: true;
      /** Who did not get it, and why, where some did and some never will: shown on the alert. */
      readonly warning?: string;
    }
  | {
      readonly delivered: false;
      /** Whether another attempt may succeed: the network, a 5xx, a quota. */
      readonly retryable: boolean;
      /** What the service said, without secrets: shown on the alert and in the log. */
      readonly reason: string;
      /** When the service asks to come back. */
      readonly retryAfterMs?: number;
      /** The channel can't work as it is set up (a bad signature, an unknown key): a person must act. */
      readonly misconfigured?: boolean;
    };

/** How much a service takes: `limit` messages in `windowMs`. */
export interface Quota {
  readonly limit: number;
  readonly windowMs: number;
}

/** What an attempt may use. */
export interface SendContext {
  /** Aborted when the attempt has taken too long. */
  readonly signal: AbortSignal;
  /** The time by the monitor's clock, in milliseconds since the epoch. */
  readonly now: number;
}

/** A way to reach people. */
export interface Channel {
  /** `dingtalk`, `email`, …; the label of its metrics beside its name. */
  readonly kind: string;
  /** Documented limits of the service; all of them hold. Notifications beyond are joined into digests. */
  readonly quotas: readonly Quota[];
  /** Whether it is told of alerts that somebody acknowledged. Default: false. */
  readonly takesAcknowledgements?: boolean;
  /** Whether it is told that alerts are over. Default: true. */
  readonly sendsResolved?: boolean;
  /** Whether it keeps incidents, by group or by alert: each notification then goes alone, never in a digest. Default: false. */
  readonly keepsIncidents?: boolean;
  /** Delivers once. Failure is a value; what it throws counts as retryable. */
  send(notification: Notification, context: SendContext): Promise<Delivery>;
  close?(): Promise<void>;
}
