import type { IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Channel, Delivery, SendContext } from '../../../src/alerting/channels/channel.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { startHangingTarget, startHttpTarget } from '../../support/http-target.js';
import { NOW } from '../samples.js';

/** A request that a service got. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a service answers. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A stand-in of a service on this machine, until the test is over. `answer` may look at what it got. */
export async function aService(answer: (got: Got) => Reply = () => ({})): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const target = await startHttpTarget((request, body, response) => {
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: body.toString() };
    got.push(one);
    const { status = 200, headers = {}, body: reply = '' } = answer(one);
    response.writeHead(status, headers).end(typeof reply === 'string' ? reply : JSON.stringify(reply));
  });
  onTestFinished(() => target.close());
  return { url: target.url, got };
}

/** A URL that takes connections and never answers. */
export async function aHangingService(): Promise<string> {
  const target = await startHangingTarget();
  onTestFinished(() => target.close());
  return target.url;
}

/** What an attempt at {@link NOW} is given. */
export function aContext(signal: AbortSignal = new AbortController().signal): SendContext {
  return { signal, now: NOW.getTime() };
}

/** Delivers once. */
export function deliver(channel: Channel, notification: Notification): Promise<Delivery> {
  return channel.send(notification, aContext());
}
