import { describe, expect, test } from 'vitest';
import { durationText, TimeFormat } from '../../../src/alerting/templates/times.js';

describe('a time', () => {
  test.each([
    ['UTC', '2026-01-05T00:00:00Z', '2026-01-05 00:00:00', 'UTC'],
    ['Asia/Shanghai', '2026-12-31T16:30:05Z', '2027-01-01 00:30:05', 'UTC+08:00'],
    ['Asia/Kolkata', '2026-11-22T06:03:09Z', '2026-11-22 11:33:09', 'UTC+05:30'],
    // The hour that comes twice, when clocks are put back
    ['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01 01:30:00', 'UTC-04:00'],
    ['America/New_York', '2026-11-01T06:30:00Z', '2026-11-01 01:30:00', 'UTC-05:00'],
  ])('in %s at %s is %s', (zone, time, written, offset) => {
    const format = new TimeFormat(zone);

    expect(format.full(new Date(time), 'zh-CN')).toBe(written);
    expect(format.full(new Date(time), 'en')).toBe(`${written} ${offset}`);
    expect(format.short(new Date(time))).toBe(written.slice(11, 16));
  });
});

describe('a duration', () => {
  const SECOND = 1_000;
  const HOUR = 3_600 * SECOND;
  test.each([
    [0, '0秒', '0s'],
    [59.9 * SECOND, '59秒', '59s'],
    [60 * SECOND, '1分钟0秒', '1m 0s'],
    [125 * SECOND, '2分钟5秒', '2m 5s'],
    [3 * HOUR + 5 * 60 * SECOND + 9 * SECOND, '3小时5分钟', '3h 5m'],
    // The plan's sketch forgot the days
    [51 * HOUR, '2天3小时', '2d 3h'],
    [24 * HOUR, '1天0小时', '1d 0h'],
    [400 * 24 * HOUR, '400天0小时', '400d 0h'],
    // The clock was put back
    [-5 * SECOND, '0秒', '0s'],
    [NaN, '0秒', '0s'],
  ])('of %d ms is %s', (ms, chinese, english) => {
    const from = new Date(Date.UTC(2026, 0, 1));
    const to = new Date(from.getTime() + ms);

    expect(durationText(from, to, 'zh-CN')).toBe(chinese);
    expect(durationText(from, to, 'en')).toBe(english);
  });
});
