import { aBoolean, aFunction, aText } from '../../core/options.js';
import type { Notification } from '../notification.js';
import { checkChannelOptions, required, type ChannelOptionRule } from './channel-options.js';
import type { Channel, Delivery, Quota, SendContext } from './channel.js';
import { callForDelivery } from './returned-delivery.js';

export interface CreateChannelOptions {
  /** The label of its metrics beside its name. Default: `custom`. */
  readonly kind?: string;
  /** How much the service takes; beyond, notifications are joined into digests. Default: any number. */
  readonly quotas?: readonly Quota[];
  /** Whether it is told of alerts that somebody acknowledged. Default: false. */
  readonly takesAcknowledgements?: boolean;
  /** Whether it is told that alerts are over. Default: true. */
  readonly sendsResolved?: boolean;
  /**
   * Whether the service keeps incidents by `groupKey` or by the alert's id, as PagerDuty does. Each notification then goes
   * alone: those beyond the quotas wait, instead of being joined into digests, which belong to no one group. Default: false.
   */
  readonly keepsIncidents?: boolean;
  /**
   * Delivers once. To return nothing means that it is delivered; to throw, that it may be tried again. Give `signal` to
   * what you call: it is aborted when the attempt has taken too long.
   */
  readonly send: (notification: Notification, context: SendContext) => Promise<Delivery | void> | Delivery | void;
  /** Lets go of what it holds. */
  readonly close?: () => Promise<void> | void;
}

export const someQuotas: ChannelOptionRule = {
  allowed: 'a list of { limit, windowMs }, both numbers from 1 on',
  accepts: value => Array.isArray(value) && value.every(isQuota),
};

/**
 * A channel of one's own.
 *
 * @example
 * createChannel({
 *   kind: 'pager',
 *   quotas: [{ limit: 10, windowMs: 60_000 }],
 *   send: async ({ alerts }, { signal }) => {
 *     const response = await fetch(url, { method: 'POST', body: JSON.stringify(alerts), signal });
 *     if (!response.ok) return { delivered: false, retryable: response.status >= 500, reason: `status ${response.status}` };
 *   },
 * })
 * @throws InvalidOptionError naming the option
 */
export function createChannel(options: CreateChannelOptions): Channel {
  checkChannelOptions('createChannel', options, {
    kind: aText,
    quotas: someQuotas,
    takesAcknowledgements: aBoolean,
    sendsResolved: aBoolean,
    keepsIncidents: aBoolean,
    send: required(aFunction),
    close: aFunction,
  });
  const { kind = 'custom', quotas = [], takesAcknowledgements = false, sendsResolved = true, keepsIncidents = false } = options;
  return {
    kind,
    quotas: [...quotas],
    takesAcknowledgements,
    sendsResolved,
    keepsIncidents,
    send: (notification, context) => callForDelivery(() => options.send(notification, context), 'send', context.signal),
    async close() {
      await options.close?.();
    },
  };
}

function isQuota(value: unknown): boolean {
  const { limit, windowMs } = (value ?? {}) as Partial<Quota>;
  return [limit, windowMs].every(number => typeof number === 'number' && Number.isFinite(number) && number >= 1);
}
