import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedJson, boundedText } from '../../src/ai/bounded-json.js';

/** Built from parts, so that no scanner takes this file for a leak. */
const KEY = ['sk', 'live', 'abcdefghijklmnop1234'].join('-');
const BASE64 = Buffer.alloc(3_000, 'x').toString('base64');

/** What the JSON holds, which must be complete. */
function read(value: unknown, maxLength = 10_000): unknown {
  const json = boundedJson(value, maxLength);
  return json === undefined ? undefined : JSON.parse(json);
}

test('what fits is plain JSON', () => {
  const value = { role: 'user', parts: [{ text: 'Wie geht’s? "gut" 😀\n' }, null, true, 1.5], nested: { empty: {}, none: [] } };

  expect(read(value)).toEqual(value);
});

test('what JSON leaves out is left out, and what it has no number for is null', () => {
  expect(read({ a: undefined, b: () => 1, c: Symbol('x'), d: NaN, e: [undefined, 1], f: 10n })).toEqual({ d: null, e: [null, 1], f: '10' });
  expect(boundedJson(undefined, 100)).toBeUndefined();
});

describe('cut', () => {
  test('a text ends with an ellipsis, a list earlier; the JSON is complete', () => {
    expect(boundedJson(['one', 'a longer text than fits here'], 30)).toBe('["one","a longer text than …"]');
    expect(boundedJson([1, 2, 3, 4, 5], 8)).toBe('[1,2,3]');
    expect(boundedJson({ a: 1, b: { c: 2, d: 3 } }, 20)).toBe('{"a":1,"b":{"c":2}}');
  });

  test('no name without its value', () => {
    expect(boundedJson({ a: 1, name: [1] }, 12)).toBe('{"a":1}');
  });

  test('not within a surrogate pair', () => {
    for (let length = 14; length < 40; length++) {
      const [text] = read(['😀'.repeat(20)], length) as [string];
      expect(text).toMatch(/^(?:😀)*…?$/u);
    }
  });

  test('where nothing fits, nothing is written', () => {
    expect(boundedJson({ a: 1 }, 1)).toBeUndefined();
    expect(boundedJson('text', 3)).toBeUndefined();
    expect(boundedJson('text', 0)).toBeUndefined();
  });

  test('whatever the value, the JSON is complete and short enough', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withSparseArray: true }),
        fc.integer({ min: 0, max: 200 }),
        (value, maxLength) => {
          const json = boundedJson(value, maxLength);
          if (json === undefined) return;
          expect(json.length).toBeLessThanOrEqual(maxLength);
          expect(() => JSON.parse(json) as unknown).not.toThrow();
        },
      ),
      { numRuns: 500 },
    );
  });

  test('whatever the text, it is short enough', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, maxLength) => {
        expect(boundedText(text, maxLength).length).toBeLessThanOrEqual(maxLength);
        // Half a surrogate pair can't be encoded.
        expect(() => encodeURIComponent(boundedText(text, maxLength))).not.toThrow();
      }),
    );
  });
});

describe('no more is read than written', () => {
  test('of a list', () => {
    let read = 0;
    const items = new Proxy(
      Array.from({ length: 1_000_000 }, () => 'text'),
      {
        get(target, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) read++;
          return Reflect.get(target, key) as unknown;
        },
      },
    );

    boundedJson(items, 100);

    expect(read).toBeLessThan(20);
  });

  test('of members that are all left out', () => {
    let read = 0;
    const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`m${i}`, undefined]));
    for (const key of Object.keys(members)) {
      Object.defineProperty(members, key, {
        enumerable: true,
        get() {
          read++;
          return undefined;
        },
      });
    }

    expect(read).toBe(0);
    expect(boundedJson(members, 100)).toBe('{}');
    expect(read).toBeLessThan(25_000);
  });

  test('of a circle', () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle['self'] = circle;

    expect(boundedJson(circle, 100)!.length).toBeLessThanOrEqual(100);
    expect(boundedJson(circle, 10_000)).toContain('"self":"…"');
  });
});

describe('secrets', () => {
  test('in a text are masked', () => {
    expect(read({ content: `my key is ${KEY}, keep it` })).toEqual({ content: 'my key is [redacted], keep it' });
  });

  test('by the name of a member', () => {
    expect(read({ password: 'x', api_key: 7, access_token: { value: 'x' }, authorization: null, max_tokens: 7 })).toEqual({
      password: '[redacted]',
      api_key: '[redacted]',
      access_token: '[redacted]',
      authorization: null,
      max_tokens: 7,
    });
  });

  test('that a cut would go through', () => {
    const token = ['eyJhbGciOiJIUzI1NiJ9', 'e'.repeat(900), 'abc-DEF_123'].join('.');
    for (let length = 20; length < 200; length += 7) {
      expect(boundedJson([`token: none. ${'x '.repeat(20)}${token}`], length)).not.toContain('eyJ');
      expect(boundedText(`${'x '.repeat(20)}${KEY}`, length)).not.toContain('sk-');
    }
  });
});

describe('binary data', () => {
  test.each<[string, unknown, string]>([
    ['bytes', new Uint8Array(12), '[binary, 12 bytes]'],
    ['a Buffer', Buffer.alloc(13), '[binary, 13 bytes]'],
    ['a buffer', new ArrayBuffer(14), '[binary, 14 bytes]'],
    ['a Buffer that was JSON', Buffer.alloc(15).toJSON(), '[binary, 15 bytes]'],
    ['a Blob', new Blob(['x'.repeat(16)], { type: 'audio/mpeg' }), '[audio/mpeg, 16 bytes]'],
    ['base64', BASE64, '[base64, 3000 bytes]'],
    ['a data URL', `data:image/png;base64,${BASE64}`, '[image/png, 3000 bytes]'],
    ['a short data URL', 'data:image/png;base64,AAAA', '[image/png, 3 bytes]'],
    ['a large one', `data:image/jpeg;base64,${'A'.repeat(8_000_000)}`, '[image/jpeg, 6000000 bytes]'],
    ['base64 within a text', `look: ${BASE64} nice`, 'look: [base64] nice'],
    ['a URL', new URL('https://example.org/a.png'), 'https://example.org/a.png'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(NaN), 'invalid date'],
  ])('%s', (_, value, note) => {
    expect(read({ value })).toEqual({ value: note });
  });

  test('prose is none, however long', () => {
    const prose = 'word '.repeat(500).trim();

    expect(read([prose, '汉'.repeat(500)])).toEqual([prose, '汉'.repeat(500)]);
  });
});

test('a message of LangChain is its content', () => {
  const message = {
    lc_serializable: true,
    lc_kwargs: { content: 'hi' },
    lc_namespace: ['x'],
    content: 'hi',
    additional_kwargs: {},
    type: 'human',
  };

  expect(read([message])).toEqual([{ content: 'hi', type: 'human' }]);
});

test('a member that throws is left out', () => {
  const value = {
    a: 1,
    get b(): never {
      throw new Error('no');
    },
    c: 3,
  };

  expect(read(value)).toEqual({ a: 1, c: 3 });
});

test('methods are not called', () => {
  const value = {
    text: 'x',
    toJSON() {
      throw new Error('called');
    },
  };

  expect(read(value)).toEqual({ text: 'x' });
});
