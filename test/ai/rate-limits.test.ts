import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRateLimits, type RateLimits } from '../../src/ai/rate-limits.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('what is left', () => {
  test.each<[string, Record<string, string>, RateLimits['remaining']]>([
    [
      'OpenAI, Azure, Groq',
      {
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-remaining-tokens': '29991',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      [
        { kind: 'requests', value: 499 },
        { kind: 'tokens', value: 29_991 },
      ],
    ],
    [
      'Anthropic',
      {
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:30Z',
        'anthropic-ratelimit-tokens-remaining': '58000',
        'anthropic-ratelimit-input-tokens-remaining': '50000',
        'anthropic-ratelimit-output-tokens-remaining': '8000',
        'anthropic-priority-input-tokens-remaining': '0',
      },
      [
        { kind: 'requests', value: 49 },
        { kind: 'tokens', value: 58_000 },
        { kind: 'input_tokens', value: 50_000 },
        { kind: 'output_tokens', value: 8_000 },
      ],
    ],
    [
      'Mistral',
      {
        'x-ratelimit-remaining-tokens-minute': '4999911',
        'x-ratelimit-remaining-req-minute': '717',
        'x-ratelimit-tokens-query-cost': '52',
      },
      [
        { kind: 'requests', value: 717 },
        { kind: 'tokens', value: 4_999_911 },
      ],
    ],
    [
      'the tighter of two windows: Mistral by size',
      { 'x-ratelimitbysize-remaining-minute': '499000', 'x-ratelimitbysize-remaining-month': '1200' },
      [{ kind: 'tokens', value: 1_200 }],
    ],
    [
      'Cerebras',
      { 'x-ratelimit-remaining-requests-day': '14370', 'x-ratelimit-remaining-tokens-minute': '59000' },
      [
        { kind: 'requests', value: 14_370 },
        { kind: 'tokens', value: 59_000 },
      ],
    ],
    ['nothing left', { 'x-ratelimit-remaining-requests': '0' }, [{ kind: 'requests', value: 0 }]],
  ])('%s', (_, headers, remaining) => {
    const byKind = (limits: RateLimits | undefined) => new Map(limits?.remaining.map(({ kind, value }) => [kind, value]));
    const expected = new Map(remaining.map(({ kind, value }) => [kind, value]));

    expect(byKind(readRateLimits(new Headers(headers), NOW))).toEqual(expected);
    expect(byKind(readRateLimits(headers, NOW))).toEqual(expected);
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(byKind(readRateLimits(shouted, NOW))).toEqual(expected);
  });

  test("Node's own headers, some of them lists", () => {
    expect(readRateLimits({ 'x-ratelimit-remaining-tokens': ['7', '8'], 'set-cookie': ['a', 'b'] }, NOW)).toEqual({
      remaining: [{ kind: 'tokens', value: 7 }],
    });
  });
});

describe('how long to wait', () => {
  const wait = (headers: Record<string, unknown>) => readRateLimits(headers, NOW)?.retryAfterSeconds;

  test.each<[string, Record<string, unknown>, number | undefined]>([
    ['seconds', { 'retry-after': '20' }, 20],
    ['parts of a second', { 'Retry-After': '0.5' }, 0.5],
    ['at once', { 'retry-after': '0' }, 0],
    ['a number', { 'retry-after': 3 }, 3],
    ['a date', { 'retry-after': 'Sun, 22 Nov 2026 12:01:30 GMT' }, 90],
    ['a date that is over', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds, which are the exact ones', { 'retry-after': '2', 'retry-after-ms': '1234' }, 1.234],
    ['seconds where the milliseconds are none', { 'retry-after': '2', 'retry-after-ms': 'soon' }, 2],
    ['a year', { 'retry-after': '31536000' }, undefined],
    ['a date in another year', { 'retry-after': 'Mon, 22 Nov 2027 12:00:00 GMT' }, undefined],
    ['less than nothing', { 'retry-after': '-1' }, undefined],
    ['words', { 'retry-after': 'later' }, undefined],
    ['a day without a date', { 'retry-after': 'Sunday' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['what JavaScript alone takes for a number', { 'retry-after': '0x10', 'retry-after-ms': '1e3' }, undefined],
  ])('%s', (_, headers, seconds) => {
    expect(wait(headers)).toBe(seconds);
  });

  test('a wait without limits, and limits without a wait', () => {
    expect(readRateLimits({ 'retry-after': '1' }, NOW)).toEqual({ remaining: [], retryAfterSeconds: 1 });
    expect(readRateLimits({ 'x-ratelimit-remaining-tokens': '1' }, NOW)).not.toHaveProperty('retryAfterSeconds');
  });
});

test.each(['-1', 'NaN', 'Infinity', '', ' ', 'unlimited', '1e9', '99999999999999999999', '10, 10'])('%j left is no number', value => {
  expect(readRateLimits({ 'x-ratelimit-remaining-tokens': value }, NOW)).toBeUndefined();
});

test.each<[string, unknown]>([
  ['none', undefined],
  ['null', null],
  ['a text', 'x-ratelimit-remaining-tokens: 1'],
  ['a list', ['x-ratelimit-remaining-tokens', '1']],
  ['headers of other things', new Headers({ 'content-type': 'application/json' })],
  ['no headers', {}],
  [
    'headers that throw',
    {
      forEach() {
        throw new Error('no');
      },
    },
  ],
])('nothing is read from %s', (_, headers) => {
  expect(readRateLimits(headers, NOW)).toBeUndefined();
});

test('no value of a header makes a number that can not be', () => {
  const name = fc.constantFrom('x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens', 'retry-after', 'retry-after-ms');
  const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.date().map(String), fc.anything());
  fc.assert(
    fc.property(fc.dictionary(name, value), headers => {
      const limits = readRateLimits(headers, NOW);
      for (const number of [...(limits?.remaining.map(({ value }) => value) ?? []), limits?.retryAfterSeconds ?? 0]) {
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThanOrEqual(1e12);
      }
    }),
  );
});
