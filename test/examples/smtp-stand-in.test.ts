import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSmtpStandIn, type ReceivedMail, type SmtpStandIn } from '../../examples/stand-ins/smtp-stand-in.js';
import { email } from '../../src/alerting/channels/email.js';
import { aContext, anAlert, aNotification } from '../alerting/samples.js';

let standIn: SmtpStandIn;
let mails: ReceivedMail[];

beforeEach(async () => {
  mails = [];
  standIn = await startSmtpStandIn(mail => mails.push(mail));
});

afterEach(async () => {
  await standIn.close();
});

test('takes the mails of the channel, with subject, text and recipients', async () => {
  const channel = email({ smtp: standIn.url, from: 'a@platform.example', to: ['b@platform.example', 'c@platform.example'], locale: 'zh-CN' });
  const description = '连续三次失败 — '.repeat(20).trim();
  expect(await channel.send(aNotification({ alerts: [anAlert({ title: '支付服务已连续多次无法访问，请尽快检查', description })] }), aContext())).toEqual({ delivered: true });

  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ subject: '[CRITICAL] 支付服务已连续多次无法访问，请尽快检查', to: ['b@platform.example', 'c@platform.example'] });
  expect(mails[0]?.text).toContain('告警标题: 支付服务已连续多次无法访问，请尽快检查');
  expect(mails[0]?.text).toContain(description);
  expect(mails[0]?.text).not.toContain('<html');
  expect(standIn.taken).toBe(1);
});

const long = 'Häuser und Brücken, '.repeat(12).trim();

test.each([
  ['one part, quoted-printable', { text: long, textEncoding: 'quoted-printable' as const }, long],
  ['one part, base64', { text: long, textEncoding: 'base64' as const }, long],
  ['parts within parts', { text: 'Plain = text', html: '<p>Not plain</p>', attachments: [{ filename: 'a.txt', content: 'Attached' }] }, 'Plain = text'],
  ['no plain text', { html: '<p>Not plain</p>' }, ''],
])('reads a mail of %s', async (_, mail, text) => {
  const transport = createTransport(standIn.url);
  await transport.sendMail({ from: 'a@platform.example', to: 'b@platform.example', subject: 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich', ...mail });
  transport.close();
  expect(mails[0]?.subject).toBe('Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich');
  expect(mails[0]?.text.trimEnd()).toBe(text);
});

test('refuses what is too large', async () => {
  const transport = createTransport(standIn.url);
  const sent = transport.sendMail({ from: 'a@platform.example', to: 'b@platform.example', text: 'x'.repeat(1_100_000) });
  await expect(sent).rejects.toMatchObject({ responseCode: 552 });
  transport.close();
  expect(mails).toEqual([]);
});
