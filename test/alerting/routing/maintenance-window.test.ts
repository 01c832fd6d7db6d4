import { describe, expect, test } from 'vitest';
import { MaintenanceWindow, type MaintenanceWindowOptions } from '../../../src/alerting/routing/maintenance-window.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

const ONCE: MaintenanceWindowOptions = { name: 'upgrade', start: new Date('2026-03-01T10:00Z'), end: new Date('2026-03-01T12:00Z') };
const BACKUPS: MaintenanceWindowOptions = { name: 'backups', every: 'day', at: '02:30', duration: '90m', timeZone: 'Europe/Berlin' };

function isOn(options: MaintenanceWindowOptions, ...times: string[]): boolean[] {
  const window = new MaintenanceWindow(options);
  return times.map(time => window.isOn(new Date(time)));
}

describe('a window is on', () => {
  test('once, from its start to before its end', () => {
    expect(isOn(ONCE, '2026-03-01T09:59:59.999Z', '2026-03-01T10:00Z', '2026-03-01T11:59:59.999Z', '2026-03-01T12:00Z')).toEqual([false, true, true, false]);
  });

  test('every day at a time of its zone, in winter and in summer', () => {
    expect(isOn(BACKUPS, '2026-01-10T01:29:59.999Z', '2026-01-10T01:30Z', '2026-01-10T02:59:59.999Z', '2026-01-10T03:00Z')).toEqual([false, true, true, false]);
    expect(isOn(BACKUPS, '2026-07-10T00:29Z', '2026-07-10T00:30Z', '2026-07-10T01:59Z', '2026-07-10T02:00Z')).toEqual([false, true, true, false]);
  });

  test('on a day that skips its start: as long as ever, from when the clock is put forward', () => {
    expect(isOn(BACKUPS, '2026-03-29T00:59:59.999Z', '2026-03-29T01:00Z', '2026-03-29T02:29:59.999Z', '2026-03-29T02:30Z')).toEqual([false, true, true, false]);
  });

  test('on a day that shows its start twice: once', () => {
    expect(isOn(BACKUPS, '2026-10-25T00:29Z', '2026-10-25T00:30Z', '2026-10-25T01:59Z', '2026-10-25T02:00Z')).toEqual([false, true, true, false]);
  });

  test('on weekdays, over midnight', () => {
    const window: MaintenanceWindowOptions = { name: 'x', every: ['friday:saturday', 'monday'], at: '23:00', duration: '2h' };
    // 2026-01-05 is a Monday.
    expect(isOn(window, '2026-01-05T23:00Z', '2026-01-06T00:59Z', '2026-01-06T01:00Z', '2026-01-06T23:30Z')).toEqual([true, true, false, false]);
    expect(isOn(window, '2026-01-09T22:59Z', '2026-01-10T00:30Z', '2026-01-11T00:30Z', '2026-01-11T23:30Z')).toEqual([false, true, true, false]);
  });

  test('for days', () => {
    const window: MaintenanceWindowOptions = { name: 'x', every: 'sunday', at: '00:00', duration: '3d' };
    expect(isOn(window, '2026-01-03T23:59Z', '2026-01-04T00:00Z', '2026-01-06T23:59Z', '2026-01-07T00:00Z')).toEqual([false, true, true, false]);
  });

  test('in the times of an interval', () => {
    expect(isOn({ name: 'x', during: { daysOfMonth: ['-1'], location: 'Asia/Shanghai' } }, '2026-01-30T15:59Z', '2026-01-30T16:00Z', '2026-01-31T16:00Z')).toEqual([false, true, false]);
  });

  test('whatever was asked before', () => {
    const window = new MaintenanceWindow(BACKUPS);
    const times = ['2026-01-10T02:00Z', '2026-01-10T12:00Z', '2026-01-09T02:00Z', '2026-01-10T02:59Z', '2026-01-10T01:00Z', '2027-01-10T02:00Z', '2026-01-10T02:00Z'];
    expect(times.map(time => window.isOn(new Date(time)))).toEqual([true, false, true, true, false, true, true]);
  });
});

describe('it mutes', () => {
  const during = new Date('2026-03-01T11:00Z');

  test('medium and low alerts, unless told which', () => {
    const window = new MaintenanceWindow(ONCE);
    expect((['critical', 'high', 'medium', 'low', 'info'] as const).filter(severity => window.mutes({}, severity, during))).toEqual(['medium', 'low']);
    expect(new MaintenanceWindow({ ...ONCE, severities: ['critical'] }).mutes({}, 'critical', during)).toBe(true);
    expect(new MaintenanceWindow({ ...ONCE, severities: ['critical'] }).mutes({}, 'low', during)).toBe(false);
  });

  test('alerts that all of its matchers match', () => {
    const window = new MaintenanceWindow({ ...ONCE, match: ['service=~"db|cache"', 'region!="eu"'] });
    expect(window.mutes({ service: 'db' }, 'low', during)).toBe(true);
    expect(window.mutes({ service: 'db', region: 'eu' }, 'low', during)).toBe(false);
    expect(window.mutes({ service: 'web' }, 'low', during)).toBe(false);
  });

  test('nothing when it is off', () => {
    const window = new MaintenanceWindow(ONCE);
    expect(window.concerns({}, 'low')).toBe(true);
    expect(window.mutes({}, 'low', new Date('2026-03-01T12:00Z'))).toBe(false);
  });
});

describe('when it goes on or off next', () => {
  test.each<[string, MaintenanceWindowOptions, from: string, change: string | undefined]>([
    ['before it', ONCE, '2026-03-01T09:00Z', '2026-03-01T10:00:00.000Z'],
    ['in it', ONCE, '2026-03-01T10:00Z', '2026-03-01T12:00:00.000Z'],
    ['after it', ONCE, '2026-03-01T12:00Z', undefined],
    ['of every day, in it', BACKUPS, '2026-01-10T02:00Z', '2026-01-10T03:00:00.000Z'],
    ['of every day, at its end', BACKUPS, '2026-01-10T03:00Z', '2026-01-11T01:30:00.000Z'],
    ['over a change of the clock', BACKUPS, '2026-03-28T03:00Z', '2026-03-29T01:00:00.000Z'],
    ['of a weekday, a week ahead', { name: 'x', every: 'monday', at: '00:00', duration: '1h' }, '2026-01-05T01:00Z', '2026-01-12T00:00:00.000Z'],
    ['days that meet are one', { name: 'x', every: 'monday:wednesday', at: '00:00', duration: '1d' }, '2026-01-05T01:00Z', '2026-01-08T00:00:00.000Z'],
    ['a window without end', { name: 'x', every: 'day', at: '00:00', duration: '1d' }, '2026-01-05T01:00Z', undefined],
    ['of an interval', { name: 'x', during: { daysOfMonth: [1] } }, '2026-01-05T01:00Z', '2026-02-01T00:00:00.000Z'],
    ['after the limit', { name: 'x', during: { months: ['december'] } }, '2026-01-05T01:00Z', undefined],
  ])('%s', (_, options, from, change) => {
    const limit = new Date(Date.parse(from) + 40 * 86_400_000);
    expect(new MaintenanceWindow(options).nextChange(new Date(from), limit)?.toISOString()).toBe(change);
  });
});

describe('what cannot be used is refused, with its path, what was given and what is allowed', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['nothing', undefined, 'w', /an object/],
    ['no name', { ...ONCE, name: undefined }, 'w.name', /a string that is not empty/],
    ['no time', { name: 'x' }, 'w', /either start and end, or every, at and duration, or during/],
    ['two kinds of time', { ...ONCE, during: {} }, 'w', /either start and end/],
    ['a start only', { name: 'x', start: new Date() }, 'w.end', /got undefined, expected a Date/],
    ['a date as a text', { ...ONCE, end: '2026-03-01' }, 'w.end', /"2026-03-01", expected a Date/],
    ['a date that is none', { ...ONCE, end: new Date('soon') }, 'w.end', /a Date/],
    ['an end before the start', { ...ONCE, end: new Date('2026-03-01T10:00Z') }, 'w.end', /2026-03-01T10:00:00\.000Z", expected a time after `start`/],
    ['no time of the day', { name: 'x', every: 'day', duration: '1h' }, 'w.at', /got undefined/],
    ['a time that is none', { ...BACKUPS, at: '25:00' }, 'w.at', /"25:00", expected a time/],
    ['the end of the day', { ...BACKUPS, at: '24:00' }, 'w.at', /'00:00' of the next day/],
    ['no duration', { ...BACKUPS, duration: '0s' }, 'w.duration', /not 0/],
    ['a long duration', { ...BACKUPS, duration: '8d' }, 'w.duration', /at most '7d'/],
    ['a duration that is none', { ...BACKUPS, duration: 'long' }, 'w.duration', /a duration such as/],
    ['a day that does not exist', { ...BACKUPS, every: 'someday' }, 'w.every', /a weekday/],
    ['a day that does not exist, in a list', { ...BACKUPS, every: ['monday', 'day'] }, 'w.every[1]', /a weekday/],
    ['no day', { ...BACKUPS, every: [] }, 'w.every', /a list of them/],
    ['a zone that does not exist', { ...BACKUPS, timeZone: 'Mars' }, 'w.timeZone', /"Mars", expected an IANA time zone/],
    ['a zone without a clock', { ...ONCE, timeZone: 'UTC' }, 'w.timeZone', /`location`/],
    ['an interval that is none', { name: 'x', during: { months: ['x'] } }, 'w.during.months[0]', /a month/],
    ['a matcher that is none', { ...ONCE, match: ['a=b', 'c'] }, 'w.match[1]', /a label's name/],
    ['a severity that does not exist', { ...ONCE, severities: ['urgent'] }, 'w.severities', /critical, high, medium, low, info/],
    ['no severity', { ...ONCE, severities: [] }, 'w.severities', /at least one/],
  ])('%s', (_, options, option, message) => {
    const refusal = (() => {
      try {
        new MaintenanceWindow(options as MaintenanceWindowOptions, 'w');
      } catch (error) {
        return error as InvalidOptionError;
      }
      throw new Error('nothing was refused');
    })();

    expect(refusal.option).toBe(option);
    expect(refusal.message).toMatch(message);
  });
});
