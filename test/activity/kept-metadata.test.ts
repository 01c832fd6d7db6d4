import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptMetadata } from '../../src/activity/kept-metadata.js';

const kept = (metadata: unknown, limit = 1_024): unknown => JSON.parse(keptMetadata(metadata, limit).json);
const faultOf = (metadata: unknown, limit = 1_024): unknown => keptMetadata(metadata, limit).fault;

test('what JSON can say is kept as it is', () => {
  const metadata = { kind: 'cloze', score: 87.5, ok: true, none: null, parts: [1, 'two', [], {}], nested: { text: '学习 "quoted"\n' }, left: undefined };

  expect(keptMetadata(metadata, 1_024)).toEqual({ json: JSON.stringify(metadata), fault: undefined });
});

test('any JSON is kept as JSON.stringify has it, where there is room', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), metadata => {
      const plain = JSON.stringify(metadata);
      fc.pre(!/"(__proto__|constructor|prototype)":/.test(plain) && Object.keys(metadata).every(key => key.length <= 100));
      expect(keptMetadata(metadata, 100_000)).toEqual({ json: plain, fault: undefined });
    }),
    { numRuns: 200 },
  );
});

test('whatever is given, JSON of an object comes back, no longer than the limit', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }), fc.integer({ min: 2, max: 300 }), (metadata, limit) => {
      const { json } = keptMetadata(metadata, limit);
      expect(json.length).toBeLessThanOrEqual(limit);
      expect(json[0]).toBe('{');
      JSON.parse(json);
    }),
    { numRuns: 500 },
  );
});

describe('what JSON can not say', () => {
  const cycle: Record<string, unknown> = { kind: 'cloze', inner: { ok: 1 } };
  (cycle['inner'] as Record<string, unknown>)['self'] = cycle;

  test('a cycle is left out, the rest is kept', () => {
    expect(kept(cycle)).toEqual({ kind: 'cloze', inner: { ok: 1 } });
    expect(faultOf(cycle)).toEqual({ kind: 'cycle', at: 'inner.self' });
  });

  test('one object in two places is no cycle', () => {
    const shared = { ok: 1 };

    expect(keptMetadata({ a: shared, b: [shared, shared] }, 1_024)).toEqual({ json: '{"a":{"ok":1},"b":[{"ok":1},{"ok":1}]}', fault: undefined });
  });

  test('a BigInt becomes a text; one too long to write out is left out', () => {
    expect(kept({ id: 12_345_678_901_234_567_890n })).toEqual({ id: '12345678901234567890' });
    expect(faultOf({ id: 1n })).toEqual({ kind: 'big_number', at: 'id' });
    expect(kept({ id: 2n ** 1_000_000n, ok: 1 })).toEqual({ ok: 1 });
  });

  test('a getter, a proxy or a toJSON that throws loses that member only', () => {
    const fail = (): never => {
      throw new Error('of the app');
    };
    const trap = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail });
    const metadata = { a: 1, get b() { return fail(); }, c: { toJSON: fail }, d: trap, e: 2 };

    expect(kept(metadata)).toEqual({ a: 1, e: 2 });
    expect(faultOf(metadata)).toEqual({ kind: 'unreadable', at: 'b' });
    expect(keptMetadata(trap, 1_024)).toEqual({ json: '{}', fault: { kind: 'unreadable', at: '' } });
  });

  test('names that change prototypes are left out', () => {
    const metadata: unknown = JSON.parse('{"__proto__":{"admin":true},"a":{"constructor":{"prototype":{"x":1}}},"b":2}');

    expect(keptMetadata(metadata, 1_024).json).toBe('{"a":{},"b":2}');
    expect(faultOf(metadata)).toEqual({ kind: 'unsafe_key', at: '__proto__' });
  });

  test.each<[string, unknown, unknown]>([
    ['functions and symbols', { a: () => 1, b: Symbol('b'), c: 1 }, { c: 1 }],
    ['numbers that are none', { a: NaN, b: [Infinity] }, { a: null, b: [null] }],
    ['maps and sets', { a: new Map([[1, 2]]), b: new Set([1]) }, { a: {}, b: {} }],
    ['bytes', { a: new Uint8Array(50_000_000), b: 1 }, { a: {}, b: 1 }],
  ])('%s', (_, metadata, rest) => {
    expect(kept(metadata)).toEqual(rest);
    expect(faultOf(metadata)).toMatchObject({ kind: 'no_json' });
  });

  test('dates and ids of databases are kept as they write themselves', () => {
    expect(kept({ at: new Date(0), id: { toJSON: () => 'abc' } })).toEqual({ at: '1970-01-01T00:00:00.000Z', id: 'abc' });
  });

  test.each([['text'], [7], [null], [[1, 2]], [new Date(0)], [() => 1]])('%s is no metadata', metadata => {
    expect(keptMetadata(metadata, 1_024)).toEqual({ json: '{}', fault: { kind: 'no_object', at: '' } });
  });
});

describe('what is too large', () => {
  test('a text is cut, so that the whole has its length', () => {
    const { json, fault } = keptMetadata({ kind: 'cloze', text: 'x'.repeat(10_000_000), after: 1 }, 200);

    expect(json).toMatch(/^\{"kind":"cloze","text":"x+…"\}$/);
    expect(json.length).toBe(200);
    expect(fault).toEqual({ kind: 'too_large', at: 'text' });
  });

  test('a text that escapes make longer is cut to fit', () => {
    expect(keptMetadata({ text: '\u0001'.repeat(10_000_000) }, 100).json.length).toBeLessThanOrEqual(100);
  });

  test('a list of ten million is read no further than it is kept', () => {
    let reads = 0;
    const list = new Proxy(new Array(10_000_000).fill(7), { get: (target, key) => (reads++, Reflect.get(target, key) as unknown) });
    const { json, fault } = keptMetadata({ list }, 200);

    expect(json.length).toBeLessThanOrEqual(200);
    expect(fault?.kind).toBe('too_large');
    expect(reads).toBeLessThan(3_000);
  });

  test('what is deeper than eight levels is left out', () => {
    let deep: unknown = 'bottom';
    for (let i = 0; i < 100_000; i++) deep = { deep };

    expect(kept(deep)).toEqual({ deep: { deep: { deep: { deep: { deep: { deep: { deep: {} } } } } } } });
    expect(faultOf(deep)).toMatchObject({ kind: 'too_deep' });
  });

  test('a name without bounds is left out', () => {
    expect(kept({ ['x'.repeat(1_000)]: 1, a: 2 })).toEqual({ a: 2 });
  });
});
