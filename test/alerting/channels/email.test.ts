import type { SMTPPoolOptions } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { email, type EmailOptions } from '../../../src/alerting/channels/email.js';
import { until } from '../../support/until.js';
import { refusedUrl } from '../../support/http-target.js';
import { aContext, anAlert, aNotification, aResolvedAlert } from '../samples.js';
import { aMailServer, type MailServer } from './mail-server.js';
import { aHangingService, deliver } from './service.js';

function channelTo({ port }: Pick<MailServer, 'port'>, options: Partial<EmailOptions> = {}) {
  return email({ smtp: `smtp://127.0.0.1:${port}`, from: 'Sightline <alerts@example.com>', to: 'ops@example.com', timeZone: 'UTC', ...options });
}

/** What smtp-server answers where it refuses. */
function refusal(responseCode: number, message = 'no'): Error {
  return Object.assign(new Error(message), { responseCode });
}

describe('what is sent', () => {
  test('one mail with text and HTML, to all', async () => {
    const server = await aMailServer();
    const channel = channelTo(server, { to: ['ops@example.com', 'On call <ada@example.com>'], cc: 'boss@example.com' });
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true });

    const [mail] = server.got;
    expect(server.got).toHaveLength(1);
    expect(mail).toMatchObject({ from: 'alerts@example.com', to: ['ops@example.com', 'ada@example.com', 'boss@example.com'] });
    expect(mail!.headers).toMatchObject({
      subject: '[CRITICAL] Payment provider down',
      from: 'Sightline <alerts@example.com>',
      to: 'ops@example.com, On call <ada@example.com>',
      cc: 'boss@example.com',
      'auto-submitted': 'auto-generated',
      importance: 'High',
    });
    expect(mail!.text).toMatch(/No payment has gone through[\s\S]*billing[\s\S]*2026-11-22 09:05:00/);
    expect(mail!.html).toMatch(/^<!DOCTYPE html>.*No payment has gone through/s);
  });

  test("in Chinese it is the plan's layout", async () => {
    const server = await aMailServer();
    await deliver(channelTo(server, { locale: 'zh-CN', timeZone: 'Asia/Shanghai' }), aNotification({ alerts: [anAlert({ title: '支付失败', labels: {} })] }));
    const [mail] = server.got;
    expect(mail!.headers['subject']).toBe('[CRITICAL] 支付失败');
    expect(mail!.text).toMatch(
      /系统告警通知\s+告警标题: 支付失败\s+严重程度: CRITICAL\s+告警描述: .*\s+告警来源: billing\s+触发时间: 2026-11-22 17:05:00\s+标签信息:\s+无\s+请及时登录系统查看详细信息并处理此告警。/,
    );
    expect(mail!.html).toContain('lang="zh-CN"');
  });

  test('the mails of a group are one thread; each attempt at one has one id', async () => {
    const server = await aMailServer();
    const channel = channelTo(server);
    for (const notification of [
      aNotification(),
      aNotification(),
      aNotification({ id: 'n-2', alerts: [aResolvedAlert()] }),
      aNotification({ id: 'n-3', groupKey: 'other' }),
    ]) {
      await deliver(channel, notification);
    }
    const ids = server.got.map(({ headers }) => headers['message-id']);
    const threads = server.got.map(({ headers }) => headers['references']);
    expect(ids[0]).toMatch(/^<[\da-f]{32}@example\.com>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(threads).toEqual([threads[0], threads[0], threads[0], expect.not.stringMatching(threads[0]!)]);
    expect(server.got.map(({ headers }) => headers['in-reply-to'])).toEqual(threads);
    // The first of a thread answers a mail that is never sent.
    expect(ids).not.toContain(threads[0]);
  });

  test('no title writes a header or HTML', async () => {
    const server = await aMailServer();
    const title = 'a\r\nBcc: evil@example.com\r\n\r\n<script>x</script> "&\u0000';
    const alert = anAlert({
      title,
      description: '<img src=x onerror="alert(1)">\nline & two',
      labels: { '<b>k</b>': '"><a href=x>' },
      generatorUrl: 'javascript:alert(1)',
    });
    const links = { [alert.id]: { acknowledge: 'https://app/ack?a=1&b="><script>' } };
    expect(await deliver(channelTo(server), aNotification({ alerts: [alert], links }))).toEqual({ delivered: true });

    const [mail] = server.got;
    expect(mail!.to).toEqual(['ops@example.com']);
    expect(mail!.headers).not.toHaveProperty('bcc');
    expect(mail!.headers['subject']).toBe('[CRITICAL] a Bcc: evil@example.com <script>x</script> "&');
    expect(mail!.headerLines.every(line => line.length <= 998)).toBe(true);
    expect([...mail!.html.matchAll(/<(?!\/)([a-z!]\w*)/gi)].map(([, tag]) => tag).filter(tag => /script|img|b$/i.test(tag!))).toEqual([]);
    expect(mail!.html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;<br>line &amp; two');
    expect([...mail!.html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual(['https://app/ack?a=1&amp;b=%22%3E%3Cscript%3E']);
  });

  test('a mail of any size is cut to what mail programs show, the worst alerts first', async () => {
    const server = await aMailServer();
    const alerts = Array.from({ length: 300 }, (_, i) => anAlert({ title: `alert-${i}- ${'😀'.repeat(500)}`, description: '<支>'.repeat(2_000) }));
    expect(await deliver(channelTo(server), aNotification({ alerts }))).toEqual({ delivered: true });
    const [mail] = server.got;
    expect(Buffer.byteLength(mail!.html)).toBeLessThanOrEqual(102_000);
    expect(mail!.html).toContain('alert-0-');
    expect(mail!.html).toMatch(/and \d+ more alerts/);
    expect(mail!.headers['subject']!.length).toBeLessThanOrEqual(150);
  });

  test('a template of the app’s is used', async () => {
    const server = await aMailServer();
    const template = () => ({ title: 'own', head: [{ type: 'text', text: 'body' } as const], sections: [], foot: [] });
    await deliver(channelTo(server, { template }), aNotification());
    expect(server.got[0]).toMatchObject({ headers: { subject: 'own' }, text: expect.stringContaining('body') });
  });

  test('with the credentials of the URL or of the options', async () => {
    const seen: unknown[] = [];
    const server = await aMailServer({
      onAuth({ username, password }, _, done) {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    const password = ['p:w', '@rd'].join('');
    await deliver(channelTo(server, { smtp: `smtp://ada%40x:${encodeURIComponent(password)}@127.0.0.1:${server.port}` }), aNotification());
    await deliver(channelTo(server, { smtp: { host: '127.0.0.1', port: server.port, auth: { user: 'ada@x', pass: password } } }), aNotification());
    expect(seen).toEqual([
      ['ada@x', password],
      ['ada@x', password],
    ]);
  });
});

describe('what became of it', () => {
  test.each([
    [451, { retryable: true }],
    [421, { retryable: true }],
    [550, { retryable: false }],
    [530, { retryable: false, misconfigured: true }],
  ])('a mail refused with %d', async (code, delivery) => {
    const server = await aMailServer({ onMailFrom: (_, __, done) => done(refusal(code, 'because')) });
    expect(await deliver(channelTo(server), aNotification())).toMatchObject({ delivered: false, reason: expect.stringContaining('because'), ...delivery });
  });

  test('bad credentials are a matter of the set-up, and shown nowhere', async () => {
    const password = ['hun', 'ter2'].join('');
    const server = await aMailServer({ onAuth: (auth, _, done) => done(refusal(535, `bad ${auth.password}`)) });
    const delivery = await deliver(channelTo(server, { smtp: `smtp://ada:${password}@127.0.0.1:${server.port}` }), aNotification());
    expect(delivery).toMatchObject({ delivered: false, retryable: false, misconfigured: true, reason: expect.stringContaining('credentials') });
    expect(JSON.stringify(delivery)).not.toContain(password);
  });

  test('credentials that can’t be checked now may be tried again', async () => {
    const server = await aMailServer({ onAuth: (_, __, done) => done(refusal(454)) });
    const smtp = { host: '127.0.0.1', port: server.port, auth: { user: 'a', pass: 'b' } };
    expect(await deliver(channelTo(server, { smtp }), aNotification())).toMatchObject({ delivered: false, retryable: true });
  });

  test('the next attempt goes to those who were put off', async () => {
    let isBusy = true;
    const server = await aMailServer({
      onRcptTo: ({ address }, _, done) => done(isBusy && address === 'b@example.com' ? refusal(450, 'greylisted') : null),
    });
    const channel = channelTo(server, { to: ['a@example.com', 'b@example.com'] });
    expect(await deliver(channel, aNotification())).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('greylisted') });
    isBusy = false;
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true });
    expect(server.got.map(({ to }) => to)).toEqual([['a@example.com'], ['b@example.com']]);
    // Both see who got it.
    expect(server.got[1]!.headers['to']).toBe('a@example.com, b@example.com');
  });

  test('one address that is unknown keeps no other from the mail, and is told of', async () => {
    const server = await aMailServer({ onRcptTo: ({ address }, _, done) => done(address === 'b@example.com' ? refusal(550, 'unknown user') : null) });
    const channel = channelTo(server, { to: ['a@example.com', 'b@example.com'] });
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true, warning: expect.stringContaining('unknown user') });
    expect(server.got).toHaveLength(1);
  });

  test('a server that is not there may be tried again', async () => {
    const { port } = new URL(await refusedUrl());
    expect(await deliver(channelTo({ port: Number(port) }), aNotification())).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('ECONNREFUSED') });
  });

  test('a server that hangs ends with the attempt', async () => {
    const { port } = new URL(await aHangingService());
    const controller = new AbortController();
    const sent = channelTo({ port: Number(port) }).send(aNotification(), aContext({ signal: controller.signal }));
    controller.abort();
    expect(await sent).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('too long') });
  });

  test('no answer to the greeting in time may be tried again', async () => {
    const { port } = new URL(await aHangingService());
    const smtp = { host: '127.0.0.1', port: Number(port), greetingTimeout: 20 };
    expect(await deliver(email({ smtp, from: 'a@example.com', to: 'b@example.com' }), aNotification())).toMatchObject({ delivered: false, retryable: true });
  });
});

describe('connections', () => {
  test('none is left after a mail', async () => {
    const server = await aMailServer();
    await deliver(channelTo(server), aNotification());
    await until(() => server.open() === 0);
  });

  test('a pool keeps one, until it is closed', async () => {
    const server = await aMailServer();
    // As nodemailer types them.
    const smtp: SMTPPoolOptions = { host: '127.0.0.1', port: server.port, pool: true };
    const channel = channelTo(server, { smtp });
    await deliver(channel, aNotification());
    await deliver(channel, aNotification({ id: 'n-2' }));
    expect([server.got.length, server.open()]).toEqual([2, 1]);
    await channel.close?.();
    await until(() => server.open() === 0);
  });
});

describe('options', () => {
  const good = { smtp: 'smtp://mail.example.com', from: 'a@example.com', to: 'b@example.com' };
  test.each([
    [{ smtp: undefined }, 'email.smtp'],
    [{ smtp: 'mail.example.com:hunter2' }, 'email.smtp'],
    [{ smtp: 'https://hunter2@example.com' }, 'email.smtp'],
    [{ from: 'Ops' }, 'email.from'],
    [{ from: 'a@example.com\r\nBcc: c@example.com' }, 'email.from'],
    [{ from: 'Ops\r\nBcc: c@example.com <a@example.com>' }, 'email.from'],
    [{ to: [] }, 'email.to'],
    [{ to: ['b@example.com', 'c'] }, 'email.to'],
    [{ to: 'b@example.com, c@example.com' }, 'email.to'],
    [{ cc: '<>' }, 'email.cc'],
    [{ locale: 'fr' }, 'email.locale'],
    [{ subject: 'x' }, 'email.subject'],
  ])('%j is refused, showing no secret', (options, option) => {
    expect(() => email({ ...good, ...options } as any)).toThrow(expect.objectContaining({ option, message: expect.not.stringContaining('hunter2') }));
  });
});
