import { describe, expect, test } from 'vitest';
import { TimeInterval, type TimeIntervalSpec } from '../../../src/alerting/routing/time-interval.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

const OFFICE: TimeIntervalSpec = { weekdays: ['monday:friday'], times: [{ startTime: '09:00', endTime: '17:00' }] };

describe('an interval contains what Alertmanager says it contains', () => {
  test.each<[string, TimeIntervalSpec, inside: string[], outside: string[]]>([
    ['nothing said: always', {}, ['2006-01-02T15:04Z', '2007-01-03T10:04Z', '1969-12-31T23:59Z'], []],
    [
      'office hours: the end does not belong to them',
      OFFICE,
      ['2020-05-04T15:04Z', '2020-05-05T10:04Z', '2020-06-09T09:04Z', '2020-07-08T09:00Z', '2020-07-08T16:59:59.999Z'],
      ['2020-05-03T15:04Z', '2020-05-04T08:59:59.999Z', '2020-05-05T05:00Z', '2020-07-08T17:00Z'],
    ],
    [
      'Easter 2020',
      { daysOfMonth: ['4:6'], months: ['april'], years: ['2020'] },
      ['2020-04-04T15:04Z', '2020-04-05T00:00Z', '2020-04-06T23:05Z'],
      ['2018-05-03T15:04Z', '2020-04-03T23:59Z', '2020-06-04T23:59Z', '2019-04-06T23:59Z', '2020-04-07T00:00Z'],
    ],
    [
      'the last three days of a month',
      { daysOfMonth: ['-3:-1'] },
      ['2020-01-31T15:04Z', '2020-01-30T15:04Z', '2020-01-29T15:04Z', '2020-06-30T00:00Z', '2020-02-29T23:05Z', '2021-02-26T00:00Z'],
      ['2018-05-03T15:04Z', '2020-01-28T15:04Z', '2020-04-03T23:59Z', '2020-03-01T00:00Z', '2021-02-25T23:59Z'],
    ],
    [
      'days beyond a month end with it',
      { months: ['june'], daysOfMonth: ['-31:-1', '1:31'] },
      ['2020-06-30T00:00Z', '2020-06-01T00:00Z'],
      ['2020-05-31T00:00Z', '2020-07-01T00:00Z'],
    ],
    ['a day that a month does not have', { daysOfMonth: [31] }, ['2021-01-31T12:00Z'], ['2021-02-28T12:00Z', '2021-04-30T12:00Z', '2021-03-01T12:00Z']],
    ['from the first to the last but one', { daysOfMonth: ['1:-2'] }, ['2021-02-27T00:00Z', '2021-01-30T00:00Z'], ['2021-02-28T00:00Z', '2021-01-31T00:00Z']],
    ['days that February does not have', { daysOfMonth: ['29:31'] }, ['2021-01-29T00:00Z', '2024-02-29T00:00Z'], ['2021-02-28T00:00Z', '2021-01-28T00:00Z']],
    ['office hours in Sydney', { ...OFFICE, location: 'Australia/Sydney' }, ['2021-04-06T13:00+10:00'], ['2021-04-06T13:00Z']],
    [
      'office hours in Sydney, in summer',
      { ...OFFICE, months: ['november'], location: 'Australia/Sydney' },
      ['2021-11-01T09:00+11:00', '2021-10-31T22:00Z'],
      ['2021-10-31T21:59Z'],
    ],
    [
      'the last day of a month in which clocks are put forward',
      { daysOfMonth: ['-1'], location: 'America/New_York' },
      ['2021-03-31T12:00-04:00', '2021-03-31T00:00-04:00', '2021-03-31T23:59-04:00'],
      ['2021-03-30T12:00-04:00', '2021-03-30T23:59-04:00', '2021-04-01T00:00-04:00'],
    ],
    [
      'the last week of the first quarter, without Saturday, in some years',
      {
        weekdays: ['monday:friday', 'sunday'],
        months: ['january:march'],
        daysOfMonth: ['-7:-1'],
        years: ['2020:2025', '2030:2035'],
        times: [{ startTime: '09:00', endTime: '17:00' }],
      },
      ['2021-01-27T09:00Z', '2021-01-28T16:59Z', '2021-01-29T13:00Z', '2025-03-31T13:00Z', '2035-01-31T13:00Z'],
      ['2021-01-30T13:00Z', '2021-04-01T13:00Z', '2026-01-30T13:00Z', '2035-01-31T17:01Z'],
    ],
    ['the whole day', { times: [{ startTime: '00:00', endTime: '24:00' }] }, ['2021-01-01T00:00Z', '2021-01-01T23:59:59.999Z'], []],
    [
      'over midnight, as two',
      { times: [{ startTime: '22:00', endTime: '24:00' }, { startTime: '00:00', endTime: '06:00' }] },
      ['2021-01-01T23:59Z', '2021-01-02T00:00Z', '2021-01-02T05:59Z'],
      ['2021-01-01T21:59Z', '2021-01-02T06:00Z'],
    ],
    ['names in any case, months as numbers', { weekdays: ['Monday:FRIDAY'], months: ['January', '3:4', 12] }, ['2021-03-01T00:00Z', '2021-12-31T00:00Z'], ['2021-02-01T00:00Z', '2021-03-06T00:00Z']],
    ['a zone of half hours', { times: [{ startTime: '05:30', endTime: '05:31' }], location: 'Asia/Kolkata' }, ['2021-01-01T00:00Z'], ['2021-01-01T00:01Z', '2020-12-31T23:59:59Z']],
    [
      'an hour that the clock skips is never',
      { times: [{ startTime: '02:00', endTime: '03:00' }], location: 'Europe/Berlin' },
      ['2021-03-27T01:30Z', '2021-03-29T00:30Z'],
      ['2021-03-28T00:59Z', '2021-03-28T01:00Z', '2021-03-28T01:30Z'],
    ],
    [
      'an hour that it shows twice is twice',
      { times: [{ startTime: '02:00', endTime: '03:00' }], location: 'Europe/Berlin' },
      ['2021-10-31T00:00Z', '2021-10-31T00:59Z', '2021-10-31T01:00Z', '2021-10-31T01:59Z'],
      ['2021-10-30T23:59Z', '2021-10-31T02:00Z'],
    ],
  ])('%s', (_, spec, inside, outside) => {
    const interval = new TimeInterval(spec);
    for (const time of inside) expect(interval.contains(new Date(time)), `${time} is in`).toBe(true);
    for (const time of outside) expect(interval.contains(new Date(time)), `${time} is out`).toBe(false);
  });
});

test('the answer is kept for a minute, and no longer, in either direction of time', () => {
  const interval = new TimeInterval({ times: [{ startTime: '09:00', endTime: '09:01' }] });
  const at = (time: string): boolean => interval.contains(new Date(time));

  expect([at('2021-01-01T08:59:59.999Z'), at('2021-01-01T09:00:00Z'), at('2021-01-01T09:00:59.999Z'), at('2021-01-01T09:01:00Z')]).toEqual([false, true, true, false]);
  expect([at('2021-01-01T09:00:30Z'), at('2021-01-01T08:59:30Z')]).toEqual([true, false]);
});

describe('the next change', () => {
  test.each<[string, TimeIntervalSpec, from: string, limit: string, change: string | undefined]>([
    ['to begin', OFFICE, '2021-01-04T08:00Z', '2021-01-08T00:00Z', '2021-01-04T09:00Z'],
    ['to end', OFFICE, '2021-01-04T09:00Z', '2021-01-08T00:00Z', '2021-01-04T17:00Z'],
    ['over a weekend', OFFICE, '2021-01-08T17:00Z', '2021-01-30T00:00Z', '2021-01-11T09:00Z'],
    ['of a day', { daysOfMonth: ['-1'] }, '2021-01-04T09:00Z', '2021-03-01T00:00Z', '2021-01-31T00:00Z'],
    ['of a year', { years: ['2021'] }, '2021-06-01T00:00Z', '2023-01-01T00:00Z', '2022-01-01T00:00Z'],
    ['in a zone', { ...OFFICE, location: 'Asia/Shanghai' }, '2021-01-04T00:00Z', '2021-01-08T00:00Z', '2021-01-04T01:00Z'],
    ['at the limit', OFFICE, '2021-01-04T08:00Z', '2021-01-04T09:00Z', '2021-01-04T09:00Z'],
    ['after the limit', OFFICE, '2021-01-04T08:00Z', '2021-01-04T08:59Z', undefined],
    ['of always', {}, '2021-01-04T08:00Z', '2022-01-04T08:59Z', undefined],
  ])('%s', (_, spec, from, limit, change) => {
    expect(new TimeInterval(spec).nextChange(new Date(from), new Date(limit))?.toISOString()).toBe(change && new Date(change).toISOString());
  });

  test.each<[string, string]>([
    ['Europe/Berlin', '2021-03-26T12:00Z'],
    ['Europe/Berlin', '2021-10-29T12:00Z'],
    ['America/St_Johns', '2021-11-05T12:00Z'],
    ['Australia/Lord_Howe', '2021-04-02T12:00Z'],
    ['America/Sao_Paulo', '2018-11-02T12:00Z'],
    ['Pacific/Apia', '2011-12-28T12:00Z'],
    ['Asia/Kolkata', '2021-03-26T12:00Z'],
  ])('around a change of the clock in %s from %s is where looking every minute finds it', (location, from) => {
    const spec: TimeIntervalSpec = {
      times: [
        { startTime: '00:30', endTime: '01:45' },
        { startTime: '02:15', endTime: '02:30' },
        { startTime: '23:30', endTime: '24:00' },
      ],
      weekdays: ['friday:saturday', 'sunday'],
      location,
    };
    const interval = new TimeInterval(spec);
    const [start, end] = [Date.parse(from), Date.parse(from) + 4 * 86_400_000];
    const slowly: string[] = [];
    for (let now = start + 60_000; now <= end; now += 60_000) {
      if (interval.contains(new Date(now)) !== interval.contains(new Date(now - 60_000))) slowly.push(new Date(now).toISOString());
    }
    const changes: string[] = [];
    for (let at: Date | undefined = new Date(start); at; at = interval.nextChange(at, new Date(end))) if (at.getTime() > start) changes.push(at.toISOString());

    expect(changes).toEqual(slowly);
    expect(changes.length).toBeGreaterThan(9);
  });
});

describe('what cannot be used is refused, with its path, what was given and what is allowed', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['nothing', undefined, 'night', /an object/],
    ['a text', 'night', 'night', /"night", expected an object/],
    ['a key that does not exist', { time: [] }, 'night.time', /known here: times, weekdays, daysOfMonth, months, years, location/],
    ['an empty list', { weekdays: [] }, 'night.weekdays', /at least one entry \(leave it out for any\)/],
    ['no list', { weekdays: 'monday' }, 'night.weekdays', /a list/],
    ['a time with a start only', { times: [{ startTime: '14:03' }] }, 'night.times[0].endTime', /got undefined/],
    ['a hole', { times: [undefined] }, 'night.times[0]', /an object/],
    ['times that are the same', { times: [{ startTime: '17:31', endTime: '17:31' }] }, 'night.times[0].endTime', /a time after 17:31; over midnight, give two/],
    ['times the wrong way round', { times: [{ startTime: '09:30', endTime: '07:41' }] }, 'night.times[0].endTime', /a time after 09:30/],
    ['a time after the day', { times: [{ startTime: '12:30', endTime: '24:01' }] }, 'night.times[0].endTime', /'00:00' to '24:00'/],
    ['a start at the end of the day', { times: [{ startTime: '24:00', endTime: '17:41' }] }, 'night.times[0].endTime', /a time after 24:00/],
    ['minutes beyond the hour', { times: [{ startTime: '01:99', endTime: '23:59' }] }, 'night.times[0].startTime', /"01:99"/],
    ['hours beyond the day', { times: [{ startTime: '00:00', endTime: '99:99' }] }, 'night.times[0].endTime', /"99:99"/],
    ['a time without a zero', { times: [{ startTime: '9:00', endTime: '17:00' }] }, 'night.times[0].startTime', /"9:00"/],
    ['weekdays the wrong way round', { weekdays: ['friday:monday'] }, 'night.weekdays[0]', /the first not after the last/],
    ['a weekday that does not exist', { weekdays: ['monday', 'blurgsday'] }, 'night.weekdays[1]', /"blurgsday"/],
    ['a weekday as a number', { weekdays: ['1:3'] }, 'night.weekdays[0]', /a weekday/],
    ['three weekdays in one range', { weekdays: ['monday:tuesday:friday'] }, 'night.weekdays[0]', /a weekday/],
    ['a range without an end', { weekdays: ['monday:'] }, 'night.weekdays[0]', /a weekday/],
    ['day 0', { daysOfMonth: ['0'] }, 'night.daysOfMonth[0]', /1 to 31, or -1 to -31/],
    ['a day before the month', { daysOfMonth: ['-50:-20'] }, 'night.daysOfMonth[0]', /"-50:-20"/],
    ['a day after it', { daysOfMonth: ['1:50'] }, 'night.daysOfMonth[0]', /"1:50"/],
    ['a range from its end to its start', { daysOfMonth: ['-15:5'] }, 'night.daysOfMonth[0]', /"-15:5"/],
    ['a range that is empty in every month', { daysOfMonth: ['10:-25'] }, 'night.daysOfMonth[0]', /"10:-25"/],
    ['a range that is empty in February', { daysOfMonth: ['29:-1'] }, 'night.daysOfMonth[0]', /"29:-1".*in any month/],
    ['a day with a fraction', { daysOfMonth: [1.5] }, 'night.daysOfMonth[0]', /got 1\.5/],
    ['months the wrong way round', { months: ['december:january'] }, 'night.months[0]', /a month/],
    ['month 13', { months: [13] }, 'night.months[0]', /got 13/],
    ['a month that does not exist', { months: ['martch'] }, 'night.months[0]', /"martch"/],
    ['years the wrong way round', { years: ['2020:2019'] }, 'night.years[0]', /a year/],
    ['a year that is none', { years: ['MMXX'] }, 'night.years[0]', /"MMXX"/],
    ['a zone that does not exist', { location: 'Europe/Atlantis' }, 'night.location', /"Europe\/Atlantis", expected an IANA time zone/],
  ])('%s', (_, spec, option, message) => {
    const refusal = (() => {
      try {
        new TimeInterval(spec as TimeIntervalSpec, 'night');
      } catch (error) {
        return error as InvalidOptionError;
      }
      throw new Error('nothing was refused');
    })();

    expect(refusal.option).toBe(option);
    expect(refusal.message).toMatch(message);
  });
});
