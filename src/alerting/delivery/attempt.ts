import type { Clock } from '../../core/clock.js';
import type { Channel, Delivery } from '../channels/channel.js';
import type { Notification } from '../notification.js';

/** Sends once, and takes no longer than `timeoutMs`, whatever the channel does. Never rejects. */
export async function attempt(channel: Channel, notification: Notification, clock: Clock, timeoutMs: number): Promise<Delivery> {
  const controller = new AbortController();
  let cancel = (): void => {};
  const timeout = new Promise<Delivery>(resolve => {
    cancel = clock.schedule(() => {
      resolve({ delivered: false, retryable: true, reason: `no answer in ${timeoutMs / 1_000} s` });
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([send(channel, notification, controller.signal, clock.now()), timeout]);
  } finally {
    cancel();
  }
}

async function send(channel: Channel, notification: Notification, signal: AbortSignal, now: number): Promise<Delivery> {
  try {
    return await channel.send(notification, { signal, now });
  } catch (error) {
    return { delivered: false, retryable: true, reason: error instanceof Error ? `${error.name}: ${error.message}` : 'it threw' };
  }
}
