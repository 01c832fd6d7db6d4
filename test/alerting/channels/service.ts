import { onTestFinished } from 'vitest';
import type { Channel, Delivery } from '../../../src/alerting/channels/channel.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { startHangingTarget } from '../../support/http-target.js';
import { standIn, type Received } from '../../support/stand-in.js';
import { aContext } from '../samples.js';

/** What a service answers. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A stand-in of a service on this machine, until the test is over. `answer` may look at what it got. */
export async function aService(answer: (got: Received) => Reply = () => ({})): Promise<{ url: string; got: Received[] }> {
  const { url, requests } = await standIn((request, response) => {
    const { status = 200, headers = {}, body = '' } = answer(request);
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { url, got: requests };
}

/** A URL that takes connections and never answers. */
export async function aHangingService(): Promise<string> {
  const target = await startHangingTarget();
  onTestFinished(() => target.close());
  return target.url;
}

/** Delivers once. */
export function deliver(channel: Channel, notification: Notification): Promise<Delivery> {
  return channel.send(notification, aContext());
}
