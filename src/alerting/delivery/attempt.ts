import type { Clock } from '../../core/clock.js';
import type { Channel, Delivery } from '../channels/channel.js';
import { callForDelivery } from '../channels/returned-delivery.js';
import type { Notification } from '../notification.js';

/** What an attempt needs. */
export interface AttemptParts {
  readonly channel: Channel;
  readonly clock: Clock;
  /** Longest time that it takes. */
  readonly timeoutMs: number;
  /** Ends it before. */
  readonly signal: AbortSignal;
}

/** Sends once, and takes no longer than it may, whatever the channel does or answers. Never rejects. */
export async function attempt(notification: Notification, { channel, clock, timeoutMs, signal }: AttemptParts): Promise<Delivery> {
  const controller = new AbortController();
  let release = (): void => {};
  const ended = new Promise<Delivery>(resolve => {
    const end = (reason: string) => (): void => {
      // Before the channel hears of it: what it says then is no news.
      resolve({ delivered: false, retryable: true, reason });
      controller.abort();
    };
    const cancel = clock.schedule(end(`no answer in ${timeoutMs / 1_000} s`), timeoutMs);
    const stop = end('the process ended before there was an answer');
    signal.addEventListener('abort', stop);
    release = () => {
      cancel();
      signal.removeEventListener('abort', stop);
    };
  });
  try {
    const context = { signal: controller.signal, now: clock.now() };
    return await Promise.race([callForDelivery(() => channel.send(notification, context), 'send', controller.signal), ended]);
  } finally {
    release();
  }
}
