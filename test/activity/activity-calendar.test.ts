import { describe, expect, test } from 'vitest';
import { ActivityCalendar } from '../../src/activity/activity-calendar.js';

const HOUR = 3_600_000;
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16);

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns'])('in %s', timeZone => {
  test('hours and days follow each other without a gap, for a year and a half', () => {
    const calendar = new ActivityCalendar(timeZone);
    const to = Date.parse('2010-10-01T00:00:00Z');
    let [hours, days] = [0, 0];
    for (let at = Date.parse('2012-04-01T00:00:00Z'), hour = calendar.hourAt(at), day = calendar.dayAt(at); at > to; at -= HOUR / 2) {
      const [nextHour, nextDay] = [calendar.hourAt(at), calendar.dayAt(at)];
      if (nextHour.start !== hour.start) {
        expect([iso(at), nextHour.end]).toEqual([iso(at), hour.start]);
        hours++;
      }
      if (nextDay.date !== day.date) {
        expect([iso(at), nextDay.end]).toEqual([iso(at), day.start]);
        days++;
      }
      expect(at >= nextHour.start && at < nextHour.end && at >= nextDay.start && at < nextDay.end).toBe(true);
      [hour, day] = [nextHour, nextDay];
    }
    expect(hours).toBeGreaterThan(548 * 24 - 30);
    // Samoa had no 30 December 2011.
    expect(days).toBeGreaterThanOrEqual(546);
  });
});

test('days have the length that the clock gives them', () => {
  const calendar = new ActivityCalendar('America/New_York');
  const lengthOf = (date: string): number => {
    const { start, end } = calendar.dayAt(Date.parse(`${date}T15:00:00Z`));
    return (end - start) / HOUR;
  };

  expect(['2026-03-07', '2026-03-08', '2026-11-01'].map(lengthOf)).toEqual([24, 23, 25]);
  expect(calendar.daysBefore(Date.parse('2026-03-09T04:00:00Z'), 3).map(({ date, start }) => [date, iso(start)])).toEqual([
    ['2026-03-09', '2026-03-09T04:00'],
    ['2026-03-08', '2026-03-08T05:00'],
    ['2026-03-07', '2026-03-07T05:00'],
  ]);
});

test('an hour that is shown twice is two', () => {
  const calendar = new ActivityCalendar('Europe/Berlin');

  expect(calendar.hoursBefore(Date.parse('2026-10-25T02:10:00Z'), 4).map(({ start }) => iso(start))).toEqual([
    '2026-10-25T02:00', '2026-10-25T01:00', '2026-10-25T00:00', '2026-10-24T23:00',
  ]);
});
