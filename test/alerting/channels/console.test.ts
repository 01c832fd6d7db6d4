import { afterEach, expect, test, vi } from 'vitest';
import { consoleChannel } from '../../../src/alerting/channels/console.js';
import { aNotification, anAlert, aResolvedAlert } from '../samples.js';
import { deliver } from './service.js';

afterEach(() => vi.restoreAllMocks());

function aLogger() {
  return { info: vi.fn(), warn: vi.fn() };
}

test('what fires is a warning of several lines; what is over is for information', async () => {
  const logger = aLogger();
  const channel = consoleChannel({ logger, timeZone: 'UTC' });
  expect(await deliver(channel, aNotification())).toEqual({ delivered: true });
  await deliver(channel, aNotification({ alerts: [aResolvedAlert()] }));

  expect(logger.warn).toHaveBeenCalledOnce();
  const text = logger.warn.mock.lastCall?.[0] as string;
  expect(text.split('\n')[0]).toContain('Payment provider down');
  expect(text).toMatch(/billing[\s\S]*2026-11-22 09:05:00[\s\S]*region: eu/);
  expect(logger.info).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Resolved'));
});

test('no text of an alert steers the terminal or makes a line that looks like ours', async () => {
  const logger = aLogger();
  await deliver(consoleChannel({ logger }), aNotification({ alerts: [anAlert({ title: '\u001b[2J\u0007x', description: 'a\nSeverity: INFO' })] }));
  const text = logger.warn.mock.lastCall?.[0] as string;
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(text).not.toMatch(/^Severity: INFO/m);
});

test('without a logger it is the console of the moment', async () => {
  const channel = consoleChannel();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await deliver(channel, aNotification());
  expect(warn).toHaveBeenCalledOnce();
});

test('in Chinese where that is asked for', async () => {
  const logger = aLogger();
  await deliver(consoleChannel({ logger, locale: 'zh-CN' }), aNotification());
  expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('严重程度'));
});

test('a logger without its methods is refused', () => {
  expect(() => consoleChannel({ logger: { warn() {} } as any })).toThrow(expect.objectContaining({ option: 'consoleChannel.logger' }));
});
