import { describe, expect, test, vi } from 'vitest';
import { BudgetWindow } from '../../../src/ai/budget/budget-window.js';

const HOUR = 3_600_000;

/** The window around an instant, as ISO texts. */
function windowAt(window: string | number, timeZone: string, instant: string): [start: string, end: string] {
  const { start, end } = new BudgetWindow(window, timeZone, 'window').at(Date.parse(instant));
  return [new Date(start).toISOString(), new Date(end).toISOString()];
}

/** Hours of the window around an instant. */
function hoursAt(window: string, timeZone: string, instant: string): number {
  const { start, end } = new BudgetWindow(window, timeZone, 'window').at(Date.parse(instant));
  return (end - start) / HOUR;
}

function wallClock(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return instant => format.format(instant);
}

test.each([
  ['hour', 'UTC', '2026-11-20T08:59:59.999Z', '2026-11-20T08:00:00.000Z', '2026-11-20T09:00:00.000Z'],
  ['day', 'UTC', '2026-11-20T08:30:00Z', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
  ['day', 'Asia/Shanghai', '2026-11-20T17:00:00Z', '2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z'],
  ['hour', 'Asia/Kolkata', '2026-11-20T08:10:00Z', '2026-11-20T07:30:00.000Z', '2026-11-20T08:30:00.000Z'],
  ['day', 'Asia/Kolkata', '2026-11-20T18:29:00Z', '2026-11-19T18:30:00.000Z', '2026-11-20T18:30:00.000Z'],
  ['day', 'Asia/Kathmandu', '2026-11-20T18:20:00Z', '2026-11-20T18:15:00.000Z', '2026-11-21T18:15:00.000Z'],
  ['week', 'UTC', '2026-11-22T23:59:59Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['week', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  ['week', 'UTC', '2027-01-02T12:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['month', 'America/New_York', '2026-12-01T04:59:59Z', '2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z'],
  ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
])('the %s in %s around %s', (window, timeZone, instant, start, end) => {
  expect(windowAt(window, timeZone, instant)).toEqual([start, end]);
});

test.each([
  ['90m', '1970-01-01T01:29:59Z', '1970-01-01T00:00:00.000Z', '1970-01-01T01:30:00.000Z'],
  ['90m', '1970-01-01T01:30:00Z', '1970-01-01T01:30:00.000Z', '1970-01-01T03:00:00.000Z'],
  [60_000, '2026-11-20T08:30:59.999Z', '2026-11-20T08:30:00.000Z', '2026-11-20T08:31:00.000Z'],
])('windows of a length follow each other from the epoch: %s around %s', (window, instant, start, end) => {
  expect(windowAt(window, 'UTC', instant)).toEqual([start, end]);
});

describe('where clocks are put forward or back', () => {
  test.each([
    ['the day has 23 hours', 'day', 'America/New_York', '2026-03-08T15:00:00Z', 23],
    ['the day has 25 hours', 'day', 'America/New_York', '2026-11-01T15:00:00Z', 25],
    ['the days around are whole', 'day', 'America/New_York', '2026-11-02T15:00:00Z', 24],
    ['the week has an hour less', 'week', 'America/New_York', '2026-03-08T15:00:00Z', 167],
    ['the month has an hour more', 'month', 'America/New_York', '2026-11-20T15:00:00Z', 721],
    ['the day is shorter at the beginning of Ramadan', 'day', 'Africa/Casablanca', '2026-02-15T12:00:00Z', 25],
    ['and longer at its end', 'day', 'Africa/Casablanca', '2026-03-22T12:00:00Z', 23],
    ['the change may be of half an hour', 'day', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z', 24.5],
  ])('%s', (_, window, timeZone, instant, hours) => {
    expect(hoursAt(window, timeZone, instant)).toBe(hours);
  });

  test('a day whose midnight is skipped begins at one', () => {
    // Cairo puts its clocks forward at midnight.
    expect(windowAt('day', 'Africa/Cairo', '2026-04-24T12:00:00Z')).toEqual(['2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z']);
  });

  test('a day whose midnight comes twice begins at the first', () => {
    // Havana puts its clocks back from one to midnight.
    expect(windowAt('day', 'America/Havana', '2026-11-01T12:00:00Z')).toEqual(['2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z']);
  });

  test('a day that the zone skips has no window', () => {
    // Samoa went from the 29th to the 31st of December 2011.
    expect(windowAt('day', 'Pacific/Apia', '2011-12-30T09:59:59Z')).toEqual(['2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z']);
    expect(windowAt('day', 'Pacific/Apia', '2011-12-30T10:00:00Z')).toEqual(['2011-12-30T10:00:00.000Z', '2011-12-31T10:00:00.000Z']);
  });

  test('an hour that is shown twice is two windows', () => {
    expect(windowAt('hour', 'America/New_York', '2026-11-01T05:30:00Z')).toEqual(['2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z']);
    expect(windowAt('hour', 'America/New_York', '2026-11-01T06:30:00Z')).toEqual(['2026-11-01T06:00:00.000Z', '2026-11-01T07:00:00.000Z']);
  });

  test('a change within an hour ends its window', () => {
    // From two back to half past one, and from two forward to half past two.
    expect(windowAt('hour', 'Australia/Lord_Howe', '2026-04-04T15:10:00Z')).toEqual(['2026-04-04T15:00:00.000Z', '2026-04-04T15:30:00.000Z']);
    expect(windowAt('hour', 'Australia/Lord_Howe', '2026-10-03T15:40:00Z')).toEqual(['2026-10-03T15:30:00.000Z', '2026-10-03T16:00:00.000Z']);
  });
});

const ZONES = [
  'UTC', 'America/New_York', 'America/Havana', 'America/Santiago', 'America/St_Johns', 'Africa/Cairo', 'Africa/Casablanca', 'Asia/Beirut',
  'Asia/Kolkata', 'Asia/Shanghai', 'Asia/Tehran', 'Australia/Lord_Howe', 'Europe/London', 'Pacific/Apia', 'Pacific/Chatham', 'Pacific/Kiritimati',
]; // prettier-ignore

describe.each(ZONES)('through years in %s', timeZone => {
  test.each([
    ['day', '2011-11-01', '2012-05-01'],
    ['day', '2026-01-01', '2026-12-31'],
    ['week', '2025-12-01', '2027-02-01'],
    ['month', '2010-01-01', '2027-01-01'],
  ])('each %s begins where the one before ended, when the date changes (%s to %s)', (window, from, to) => {
    const windows = new BudgetWindow(window, timeZone, 'window');
    const show = wallClock(timeZone);
    let { start, end } = windows.at(Date.parse(from));
    while (end < Date.parse(to)) {
      expect(windows.at(end - 1)).toEqual({ start, end });
      const next = windows.at(end);
      expect(next.start).toBe(end);
      const [date, before] = [show(end).slice(0, 10), show(end - 1).slice(0, 10)];
      expect(date > before, `${before} → ${date}`).toBe(true);
      if (window === 'month') expect(date.slice(8)).toBe('01');
      if (window === 'week') expect(new Date(date).getUTCDay()).toBe(1);
      ({ start, end } = next);
    }
  });

  test('hours begin where the one before ended, and hold an hour at most', () => {
    for (const day of ['2026-03-08', '2026-03-29', '2026-04-05', '2026-04-24', '2026-09-06', '2026-10-04', '2026-10-25', '2026-11-01']) {
      const windows = new BudgetWindow('hour', timeZone, 'window');
      let { end } = windows.at(Date.parse(day) - 24 * HOUR);
      while (end < Date.parse(day) + 24 * HOUR) {
        const next = windows.at(end);
        expect(next.start).toBe(end);
        expect(next.end - next.start).toBeLessThanOrEqual(HOUR);
        expect(next.end - next.start).toBeGreaterThanOrEqual(HOUR / 4);
        ({ end } = next);
      }
    }
  });
});

describe('the hot path', () => {
  test('asks the calendar once a window', () => {
    const ask = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    try {
      const windows = new BudgetWindow('day', 'America/New_York', 'window');
      const now = Date.parse('2026-11-20T12:00:00Z');
      const first = windows.at(now);
      const asked = ask.mock.calls.length;
      for (let i = 0; i < 1_000; i++) expect(windows.at(now + i)).toBe(first);

      expect(asked).toBeGreaterThan(0);
      expect(ask).toHaveBeenCalledTimes(asked);
    } finally {
      ask.mockRestore();
    }
  });

  test('a clock that is set back is followed', () => {
    const windows = new BudgetWindow('day', 'UTC', 'window');
    windows.at(Date.parse('2026-11-21T00:00:01Z'));

    expect(windows.at(Date.parse('2026-11-20T23:59:59Z')).start).toBe(Date.parse('2026-11-20T00:00:00Z'));
  });
});

test('a window that is no duration is refused', () => {
  expect(() => new BudgetWindow('fortnight', 'UTC', 'ai.budgets[0].window')).toThrow(/ai\.budgets\[0\]\.window.*"fortnight"/);
});
