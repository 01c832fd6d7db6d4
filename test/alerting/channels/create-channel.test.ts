import { describe, expect, test, vi } from 'vitest';
import type { Channel } from '../../../src/alerting/channels/channel.js';
import { createChannel } from '../../../src/alerting/channels/create-channel.js';
import { sms } from '../../../src/alerting/channels/sms.js';
import { aContext, aNotification, NOW } from '../samples.js';
import { deliver } from './service.js';

const notification = aNotification();

describe.each<[string, (send: (...parameters: any[]) => any) => Channel]>([
  ['createChannel', send => createChannel({ send })],
  ['sms', send => sms({ phoneNumbers: ['+4915112345678'], send })],
])('what the function of %s returns', (_, make) => {
  test.each<[string, unknown, object]>([
    ['nothing', undefined, { delivered: true }],
    ['that it is delivered', { delivered: true }, { delivered: true }],
    ['that some did not get it', { delivered: true, warning: '1 of 3' }, { delivered: true, warning: '1 of 3' }],
    ['a warning that is none', { delivered: true, warning: 3 }, { delivered: true }],
    ['a failure', { delivered: false, retryable: true, reason: 'busy', retryAfterMs: 5 }, { delivered: false, retryable: true, reason: 'busy', retryAfterMs: 5 }],
    ['a set-up that is wrong', { delivered: false, retryable: false, reason: 'no key', misconfigured: true }, { delivered: false, retryable: false, reason: 'no key', misconfigured: true }],
    ['a wait that is none', { delivered: false, retryable: true, reason: 'busy', retryAfterMs: NaN }, { delivered: false, retryable: true, reason: 'busy' }],
  ])('%s', async (_name, returned, delivery) => {
    expect(await deliver(make(() => returned), notification)).toEqual(delivery);
    expect(await deliver(make(async () => returned), notification)).toEqual(delivery);
  });

  test.each<[unknown, string]>([
    [false, 'returned false'],
    [true, 'returned true'],
    [null, 'returned null'],
    ['hunter2', 'returned a string'],
    [{}, 'returned an object without fields'],
    [{ delivered: 'yes' }, 'an object with delivered'],
    [{ delivered: false, reason: 'hunter2' }, 'an object with delivered, reason'],
    [{ status: 500, password: 'hunter2' }, 'an object with status, password'],
  ])('%j is a clear failure that a person must look at, and shows no value', async (returned, words) => {
    const delivery = await deliver(make(() => returned), notification);
    expect(delivery).toMatchObject({ delivered: false, retryable: false, misconfigured: true, reason: expect.stringContaining(words) });
    expect(JSON.stringify(delivery)).not.toContain('hunter2');
  });

  test.each([new TypeError('no route'), 'a text', null, { toString: () => { throw new Error(); } }])('what it throws may be tried again: %#', async thrown => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- apps do
    const rejecting = () => Promise.reject(thrown);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- apps do
    const throwing = () => { throw thrown; };
    for (const send of [throwing, rejecting]) {
      expect(await deliver(make(send), notification)).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('send threw') });
    }
  });

  test('a secret in what it throws or says is masked', async () => {
    const secret = ['password', 'hunter2'].join('=');
    const threw = await deliver(make(() => { throw new Error(secret); }), notification);
    const said = await deliver(make(() => ({ delivered: false, retryable: true, reason: secret })), notification);
    expect(JSON.stringify([threw, said])).not.toContain('hunter2');
  });

  test('one that never ends ends with its attempt, and is given the signal', async () => {
    const controller = new AbortController();
    const send = vi.fn(() => new Promise(() => {}));
    const sent = make(send).send(notification, aContext({ signal: controller.signal }));
    controller.abort();
    expect(await sent).toMatchObject({ delivered: false, retryable: true, reason: 'send took too long' });
    expect((send.mock.lastCall as unknown[]).at(-1)).toMatchObject({ signal: controller.signal, now: NOW.getTime() });
  });

  test('one that is over before it begins is not called', async () => {
    const send = vi.fn();
    expect(await make(send).send(notification, aContext({ signal: AbortSignal.abort() }))).toMatchObject({ delivered: false, retryable: true });
    expect(send).not.toHaveBeenCalled();
  });
});

test('a channel of one’s own has what was given', async () => {
  const close = vi.fn();
  const quotas = [{ limit: 3, windowMs: 1_000 }];
  const channel = createChannel({ kind: 'pager', quotas, takesAcknowledgements: true, keepsIncidents: true, send: () => {}, close });
  expect(channel).toMatchObject({ kind: 'pager', quotas, takesAcknowledgements: true, keepsIncidents: true });
  await channel.close?.();
  expect(close).toHaveBeenCalledOnce();
  expect(createChannel({ send: () => {} })).toMatchObject({ kind: 'custom', quotas: [], takesAcknowledgements: false, keepsIncidents: false });
});

test('the function for SMS gets the text, the numbers and the notification', async () => {
  const send = vi.fn();
  await deliver(sms({ phoneNumbers: ['+4915112345678'], timeZone: 'UTC', send }), notification);
  expect(send).toHaveBeenCalledWith('[CRITICAL] Payment provider down - 09:05', ['+4915112345678'], expect.objectContaining({ notification }));
});

test.each([
  [{}, 'createChannel.send'],
  [{ send: 'x' }, 'createChannel.send'],
  [{ send() {}, quotas: [{ limit: 0, windowMs: 1 }] }, 'createChannel.quotas'],
  [{ send() {}, quotas: [null] }, 'createChannel.quotas'],
  [{ send() {}, quota: [] }, 'createChannel.quota'],
  [{ send() {}, kind: '' }, 'createChannel.kind'],
])('%j is refused', (options, option) => {
  expect(() => createChannel(options as any)).toThrow(expect.objectContaining({ option }));
});
