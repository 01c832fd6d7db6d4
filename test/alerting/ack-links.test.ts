import { describe, expect, test } from 'vitest';
import { AckLinks, type LinksOptions } from '../../src/alerting/ack-links.js';
import { ManualClock } from '../support/manual-clock.js';
import { anAlert } from './samples.js';
import { HOUR } from './set-up.js';

const SECRET = 'correct horse battery staple';
const OPTIONS = { baseUrl: 'https://app.example.com/alerting/', secret: SECRET };

function links(options: Partial<LinksOptions> = {}, clock = new ManualClock()): AckLinks {
  return new AckLinks({ ...OPTIONS, ...options }, clock);
}

function tokenOf(url: string | undefined): string {
  return url?.split('/links/')[1] ?? '';
}

const ALERT = anAlert({ id: 'f2f95d02269594eb', status: 'firing', timestamp: new Date(1_699_999_000_000), history: [] });

describe('a link', () => {
  test('says what it does to which episode of which alert', () => {
    const made = links();
    const { acknowledge, resolve } = made.linksOf(ALERT);
    expect(acknowledge).toMatch(/^https:\/\/app\.example\.com\/alerting\/links\/a\.f2f95d02269594eb\./);
    expect(made.read(tokenOf(acknowledge))).toMatchObject({ action: 'acknowledge', alertId: ALERT.id, episode: 1_699_999_000_000, madeAt: 1_700_000_000_000 });
    expect(made.read(tokenOf(resolve))).toMatchObject({ action: 'resolve' });
  });

  test('is there for what is left to do', () => {
    expect(Object.keys(links().linksOf(ALERT))).toEqual(['acknowledge', 'resolve']);
    expect(Object.keys(links().linksOf({ ...ALERT, status: 'acknowledged' }))).toEqual(['resolve']);
    expect(links().linksOf({ ...ALERT, status: 'resolved', resolvedAt: new Date() })).toEqual({});
  });

  test('can not be changed: not a character of it', () => {
    const made = links();
    const token = tokenOf(made.linksOf(ALERT).acknowledge);
    for (let i = 0; i < token.length; i++) {
      for (const other of ['a', 'r', '0', 'A', '.', '-']) {
        const changed = token.slice(0, i) + other + token.slice(i + 1);
        // The last one holds two bits of nothing.
        if (changed !== token && i < token.length - 1) expect([changed, made.read(changed)]).toEqual([changed, undefined]);
      }
    }
  });

  test.each(['', 'x', 'a.b.c.d', '__proto__', `a.f2f95d02269594eb.1.1.${'A'.repeat(43)}`, `r.f2f95d02269594eb.1.1.${'A'.repeat(44)}`])('that we have not made (%s) is none', token => {
    expect(links().read(token)).toBeUndefined();
    expect(links().read(`${tokenOf(links().linksOf(ALERT).resolve)}${token === '' ? '=' : token}`)).toBeUndefined();
  });

  test('of another secret is none', () => {
    expect(links().read(tokenOf(links({ secret: `${SECRET}!` }).linksOf(ALERT).resolve))).toBeUndefined();
    expect(links().read(tokenOf(links({ baseUrl: 'http://other' }).linksOf(ALERT).resolve))).toBeDefined();
  });

  test('of an alert from before 1970 is one', () => {
    const made = links();
    expect(made.read(tokenOf(made.linksOf({ ...ALERT, timestamp: new Date(-1) }).resolve))).toMatchObject({ episode: -1 });
  });
});

describe('a link does nothing any more', () => {
  const clock = new ManualClock();
  const made = links({}, clock);
  const acknowledge = made.read(tokenOf(made.linksOf(ALERT).acknowledge))!;
  const resolve = made.read(tokenOf(made.linksOf(ALERT).resolve))!;
  const later = new Date(clock.now() + 1_000);
  const before = new Date(clock.now() - 1_000);

  test('but does until one of these', () => {
    expect(made.deathOf(acknowledge, ALERT)).toBeUndefined();
    expect(made.deathOf(resolve, { ...ALERT, status: 'acknowledged', history: [{ at: later, event: 'acknowledged', reason: '' }] })).toBeUndefined();
    expect(made.deathOf(acknowledge, { ...ALERT, status: 'suppressed', history: [{ at: before, event: 'reopened', reason: '' }, { at: before, event: 'acknowledged', reason: '' }] })).toBeUndefined();
  });

  test('when the alert is over, or another episode of it has begun', () => {
    expect(made.deathOf(resolve, { ...ALERT, status: 'resolved', resolvedAt: later })).toBe('resolved');
    expect(made.deathOf(resolve, { ...ALERT, timestamp: later })).toBe('resolved');
    expect(made.deathOf(resolve, { ...ALERT, history: [{ at: later, event: 'reopened', reason: '' }] })).toBe('resolved');
    expect(made.deathOf(resolve, undefined)).toBe('gone');
  });

  test('but lives on when its episode proves to be older', () => {
    expect(made.deathOf(resolve, { ...ALERT, timestamp: new Date(ALERT.timestamp.getTime() - HOUR) })).toBeUndefined();
  });

  test('when it was used, or somebody acknowledged the alert since', () => {
    const history = [{ at: later, event: 'acknowledged', reason: '', by: 'ada' } as const];
    expect(made.deathOf(acknowledge, { ...ALERT, status: 'acknowledged', history })).toBe('acknowledged');
    expect(made.deathOf(acknowledge, { ...ALERT, history })).toBe('acknowledged');
    const used = [{ at: new Date(clock.now()), event: 'acknowledged', reason: '', by: `ada (link ${acknowledge.tag})` } as const];
    expect(made.deathOf(acknowledge, { ...ALERT, history: used })).toBe('used');
  });

  test('when its time is over', () => {
    clock.advance(24 * HOUR - 1);
    expect(made.deathOf(resolve, ALERT)).toBeUndefined();
    clock.advance(1);
    expect(made.deathOf(resolve, ALERT)).toBe('expired');
    expect(links({ expiresIn: '2d' }, clock).deathOf(resolve, ALERT)).toBeUndefined();
  });
});

test.each([
  [{ secret: 'short' }, /alerts\.links\.secret.*at least 16 characters/],
  [{ secret: ' '.repeat(20) }, /alerts\.links\.secret/],
  [{ secret: 5 }, /alerts\.links\.secret/],
  [{ baseUrl: '/alerting' }, /alerts\.links\.baseUrl/],
  [{ baseUrl: 'javascript:alert(1)' }, /alerts\.links\.baseUrl/],
  [{ baseUrl: 'https://a/?b=c' }, /alerts\.links\.baseUrl.*without a query/],
  [{ expiresIn: '0' }, /alerts\.links\.expiresIn/],
  [{ expiresIn: 'soon' }, /alerts\.links\.expiresIn/],
  [{ expires: '1h' }, /alerts\.links\.expires.*no such option/],
])('options of %j are refused, and no secret is shown', (options, message) => {
  const make = (): AckLinks => links(options as never);
  expect(make).toThrow(message);
  expect(make).not.toThrow(/short|correct horse/);
});
