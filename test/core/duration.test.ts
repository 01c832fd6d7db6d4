import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/core/duration.js';
import { InvalidOptionError } from '../../src/core/errors.js';

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['1y', 31_536_000_000],
    ['1h30m', 5_400_000],
    ['1y2w3d4h5m6s7ms', 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6_000 + 7],
    ['0s', 0],
    ['0', 0],
    ['007s', 7_000],
  ])('as the text %s', (text, ms) => {
    expect(parseDuration(text, 'ttl')).toBe(ms);
  });

  test.each([0, 1, 0.5, 86_400_000])('as %d milliseconds', ms => {
    expect(parseDuration(ms, 'ttl')).toBe(ms);
  });
});

describe('refused with the name of its option', () => {
  test.each<[string, unknown]>([
    ['an empty text', ''],
    ['no unit', '30'],
    ['an unknown unit', '30x'],
    ['a fraction', '1.5h'],
    ['a negative text', '-5m'],
    ['units in the wrong order', '30m1h'],
    ['a unit twice', '1h1h'],
    ['a blank before', ' 5m'],
    ['a blank between', '1h 30m'],
    ['a line feed after', '5m\n'],
    ['a capital unit', '5M'],
    ['other digits', '٥m'],
    ['a negative number', -1],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['more than can be counted in milliseconds', '300000000y'],
    ['a text of endless digits', `${'9'.repeat(400)}s`],
    ['null', null],
    ['undefined', undefined],
    ['an array that looks like one', ['5m']],
    ['an object', { valueOf: () => 5 }],
  ])('%s', (_, value) => {
    const parse = (): number => parseDuration(value as string, 'metrics.seriesTtl');

    expect(parse).toThrow(InvalidOptionError);
    expect(parse).toThrow(/^Invalid option `metrics\.seriesTtl`: got .+, expected milliseconds or a duration such as '500ms'/);
  });
});

test('a long text that is no duration is refused at once', () => {
  expect(() => parseDuration('1'.repeat(1_000_000), 'ttl')).toThrow(InvalidOptionError);
  expect(() => parseDuration('1d'.repeat(500_000), 'ttl')).toThrow(InvalidOptionError);
});
