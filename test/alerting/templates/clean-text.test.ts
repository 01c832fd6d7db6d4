import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText, cutText } from '../../../src/alerting/templates/clean-text.js';

const FAMILY = '👩‍👩‍👧‍👦';

describe('cleaning', () => {
  test.each([
    ['a\r\nb\rc\u2028d\u2029e\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['a\n\n\n\nb', 'a\n\nb'],
    ['  a\tb  \n  c  ', 'a b\nc'],
    ['a \n \n b\n c', 'a\n\nb\nc'],
    ['\u0000a\u001b[31mred\u007f\u0007', 'a[31mred'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['half \ud83d and half \ude00', 'half \ufffd and half \ufffd'],
    [`whole 😀 ${FAMILY}`, `whole 😀 ${FAMILY}`],
    ['', ''],
  ])('%j gives %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  test('makes one line where one is wanted', () => {
    expect(cleanLine('a\r\n\r\nb\nc')).toBe('a b c');
  });

  test('takes whatever a template gives', () => {
    expect([undefined, null, 7, {}, Symbol('x')].map(cleanText)).toEqual(['', '', '7', '', '']);
  });

  test('gives well-formed text without controls', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(/\p{Surrogate}|(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});

describe('cutting', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['ab cdefg', 4, 'ab…'],
    ['告警告警', 3, '告警…'],
    // An emoji is kept or dropped, whole
    ['ab😀', 3, 'ab…'],
    ['ab😀cd', 5, 'ab😀…'],
    [`a${FAMILY}b`, 11, 'a…'],
    [`a${FAMILY}bc`, 13, `a${FAMILY}…`],
    ['🇨🇳🇩🇪', 7, '🇨🇳…'],
    ['👍🏽👍🏽', 6, '👍🏽…'],
    ['e\u0301e\u0301', 3, 'e\u0301…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%j to %d is %j', (text, length, cut) => {
    expect(cutText(text, length)).toBe(cut);
  });

  test('cuts a character that is longer than any', () => {
    const tower = `a${'\u0301'.repeat(10_000)}`;

    expect(cutText(tower, 500)).toHaveLength(500);
  });

  test('keeps to the length, and gives a beginning of whole characters', () => {
    const text = fc.array(fc.oneof(fc.constantFrom(FAMILY, '🇨🇳', '👍🏽', '告', 'a', ' ', 'e\u0301'), fc.string({ unit: 'grapheme' }))).map(parts => parts.join(''));
    const segmenter = new Intl.Segmenter();
    fc.assert(
      fc.property(text, fc.nat(60), (whole, length) => {
        const cut = cutText(whole, length);
        expect(cut.length).toBeLessThanOrEqual(Math.max(length, 0));
        if (cut === whole || cut === '') return;
        const kept = cut.slice(0, -1);
        expect(whole.startsWith(kept)).toBe(true);
        // Where it ends, a character of the whole ends.
        const ends = [...segmenter.segment(whole)].map(({ index }) => index);
        expect(ends.some(end => whole.slice(0, end).trimEnd() === kept)).toBe(true);
      }),
    );
  });
});
