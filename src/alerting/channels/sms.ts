import { aFunction } from '../../core/options.js';
import type { Notification } from '../notification.js';
import { TimeFormat } from '../templates/times.js';
import { checkChannelOptions, phoneNumbers, required } from './channel-options.js';
import type { Channel, Delivery, SendContext } from './channel.js';
import { callForDelivery } from './returned-delivery.js';
import { SMS_TEXT_RULES, smsText, type SmsTextOptions } from './sms-text.js';

export interface SmsOptions extends SmsTextOptions {
  readonly phoneNumbers: readonly string[];
  /** Sends one text to these numbers. To return nothing means that it is delivered; to throw, that it may be tried again. */
  readonly send: (text: string, phoneNumbers: readonly string[], context: SmsContext) => Promise<Delivery | void> | Delivery | void;
}

export interface SmsContext extends SendContext {
  readonly notification: Notification;
}

/**
 * SMS by any provider: makes the text, and leaves the sending to you.
 *
 * @example sms({ phoneNumbers: ['+4915112345678'], send: (text, numbers) => provider.send({ text, numbers }) })
 * @throws InvalidOptionError naming the option
 */
export function sms(options: SmsOptions): Channel {
  checkChannelOptions('sms', options, { phoneNumbers: required(phoneNumbers), send: required(aFunction), ...SMS_TEXT_RULES });
  const times = new TimeFormat(options.timeZone);
  return {
    kind: 'sms',
    quotas: [],
    send(notification, context) {
      const text = smsText(notification, times, options);
      return callForDelivery(() => options.send(text, options.phoneNumbers, { ...context, notification }), 'send', context.signal);
    },
  };
}
