import { describe, expect, test } from 'vitest';
import { OTHER, SeriesTable, type SeriesLimits } from '../../src/metrics/series-table.js';
import { SeededRandom } from '../support/random.js';

function tableOf(labelNames: readonly string[], limits: Partial<SeriesLimits> = {}): { table: SeriesTable; folds: () => number } {
  let folds = 0;
  const table = new SeriesTable(labelNames, { limit: 1_000_000, ...limits, onFold: () => void folds++ });
  return { table, folds: () => folds };
}

describe('a series', () => {
  test('has a slot of its own, the same at each look', () => {
    const { table } = tableOf(['method', 'endpoint']);
    const slots = [table.slot('GET', '/'), table.slot('GET', '/a'), table.slot('POST', '/')];

    expect(slots).toEqual([0, 1, 2]);
    expect([table.slot('GET', '/'), table.slot('GET', '/a'), table.slot('POST', '/')]).toEqual(slots);
    expect(table.size).toBe(3);
    expect(table.values).toEqual([['GET', '/'], ['GET', '/a'], ['POST', '/']]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('may have %d labels', count => {
    const names = Array.from({ length: count }, (_, i) => `label${i}`);
    const { table } = tableOf(names);
    const slot = (...values: string[]): number => (table.slot).call(table, ...values);
    const a = slot(...names.map((_, i) => `a${i}`));
    const b = slot(...names.map((_, i) => (i === count - 1 ? 'b' : `a${i}`)));

    expect([a, b, slot(...names.map((_, i) => `a${i}`))]).toEqual([0, 1, 0]);
    expect(table.values[b]?.at(-1)).toBe('b');
  });

  test('without labels is the only one, and always there', () => {
    const { table } = tableOf([]);

    expect([table.size, table.slots, table.slot(), table.text(0)]).toEqual([1, 1, 0, '']);
    table.release(0);
    expect([table.size, table.slot()]).toEqual([1, 0]);
  });

  test.each<[string, unknown[]]>([
    ['too few', ['GET']],
    ['none', []],
    ['one that is undefined', ['GET', undefined]],
    ['one that is a number', ['GET', 7]],
    ['one that is null', [null, '/']],
  ])('is refused with %s of its label values', (_, values) => {
    const { table } = tableOf(['method', 'endpoint']);
    const slot = table.slot.bind(table) as (...values: unknown[]) => number;

    expect(() => slot(...values)).toThrow(TypeError);
    expect(() => slot(...values)).toThrow(/expected 2 strings as label values \(method, endpoint\)/);
    table.slot('GET', '/');
    expect(() => slot(...values)).toThrow(TypeError);
    expect(table.size).toBe(1);
  });
});

describe('whatever label values hold, no two series collide', () => {
  // Separators of joined keys, quotes and escapes, names of objects' own members, and characters beyond.
  const PARTS = [
    '', ',', '|', '"', "'", '\\', '\n', '\r', '\t', ' ', '=', ':', ';', '/', '{', '}', '[', ']', '\u0000', '\u0001', '\u001f', '\ufeff',
    'a', 'A', 'b', '1', '01', 'é', 'e\u0301', '日本', '🎉', '\ud83c', '\udf89', 'undefined', 'null', 'true', 'NaN',
    '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', OTHER, 'le="1"', '+Inf', '\\n', '\\"', '\\\\',
  ];

  test.each([1, 2, 3, 5])('%d of them', count => {
    const random = new SeededRandom(count);
    const { table } = tableOf(Array.from({ length: count }, (_, i) => `l${i}`));
    const known = new Map<string, number>();
    const slotOf = (values: readonly string[]): number => (table.slot).call(table, ...values);
    for (let i = 0; i < 20_000; i++) {
      const values = Array.from({ length: count }, () => random.pick(PARTS) + random.pick(PARTS) + random.pick(PARTS));
      const key = JSON.stringify(values);
      const slot = slotOf(values);
      if ((known.get(key) ?? slot) !== slot) expect.fail(`${key} had slot ${known.get(key)} and has ${slot}`);
      known.set(key, slot);
    }

    expect(new Set(known.values()).size).toBe(known.size);
    expect(table.size).toBe(known.size);
    expect([...known].filter(([key, slot]) => JSON.stringify(table.values[slot]) !== key)).toEqual([]);
  });

  test('while series come and go', () => {
    const random = new SeededRandom(99);
    const { table } = tableOf(['a', 'b', 'c']);
    const known = new Map<string, number>();
    // Half of the parts, so that most series come again.
    const parts = PARTS.filter((_, i) => i % 2 === 0);
    for (let i = 0; i < 50_000; i++) {
      const values = [random.pick(parts), random.pick(parts), random.pick(parts)] as const;
      const key = JSON.stringify(values);
      const slot = known.get(key);
      if (slot !== undefined && random.next() < 0.8) {
        table.release(slot);
        known.delete(key);
      } else {
        const found = table.slot(...values);
        if ((slot ?? found) !== found) expect.fail(`${key} had slot ${slot} and has ${found}`);
        known.set(key, found);
      }
    }

    expect(table.size).toBe(known.size);
    expect(new Set(known.values()).size).toBe(known.size);
    expect(table.values.filter(values => values !== undefined)).toHaveLength(known.size);
    expect([...known].filter(([key, slot]) => table.slot(...(JSON.parse(key) as [string, string, string])) !== slot)).toEqual([]);
  });
});

describe('rendered labels', () => {
  test('escape what the formats reserve', () => {
    const { table } = tableOf(['a', 'b']);

    expect(table.text(table.slot('plain', ''))).toBe('a="plain",b=""');
    expect(table.text(table.slot('q"q', 'b\\b\nb'))).toBe('a="q\\"q",b="b\\\\b\\nb"');
    expect(table.text(table.slot('\\n', '\\\n"'))).toBe('a="\\\\n",b="\\\\\\n\\""');
  });

  test('are those of the series that has the slot now', () => {
    const { table } = tableOf(['a']);
    const slot = table.slot('old');
    expect(table.text(slot)).toBe('a="old"');
    table.release(slot);

    expect(table.slot('new')).toBe(slot);
    expect(table.text(slot)).toBe('a="new"');
  });
});

describe('beyond the cap', () => {
  test('the labels to fold become other, and the others stay', () => {
    const { table, folds } = tableOf(['method', 'endpoint', 'status'], { limit: 20, fold: ['endpoint'] });
    for (let i = 0; i < 20; i++) table.slot('GET', `/${i}`, '200');
    expect(folds()).toBe(0);
    const slot = table.slot('GET', '/20', '500');

    expect(table.values[slot]).toEqual(['GET', OTHER, '500']);
    expect(table.slot('GET', '/21', '500')).toBe(slot);
    expect(table.values[table.slot('POST', '/21', '200')]).toEqual(['POST', OTHER, '200']);
    expect(folds()).toBe(3);
  });

  test('a known series is still itself, and not counted as folded', () => {
    const { table, folds } = tableOf(['a'], { limit: 2 });
    const slots = [table.slot('x'), table.slot('y')];
    table.slot('z');

    expect([table.slot('x'), table.slot('y')]).toEqual(slots);
    expect(folds()).toBe(1);
  });

  test('all labels fold where none is named', () => {
    const { table } = tableOf(['a', 'b'], { limit: 1 });
    table.slot('x', 'y');

    expect(table.values[table.slot('x', 'z')]).toEqual([OTHER, OTHER]);
  });

  test.each([10, 100, 1_000, 5_000])('of %d, and a tenth more, everything becomes one series: the kept labels may be endless too', limit => {
    const { table } = tableOf(['kept', 'folded'], { limit, fold: ['folded'] });
    for (let i = 0; i < limit * 3; i++) table.slot(`k${i}`, `f${i}`);

    expect(table.size).toBe(limit + limit / 10 + 1);
    expect(table.values[limit]).toEqual([`k${limit}`, OTHER]);
    expect(table.values.at(-1)).toEqual([OTHER, OTHER]);
    expect(table.values.filter(values => values?.[0] === OTHER)).toHaveLength(1);
  });

  test('a series that is forgotten makes room for a new one', () => {
    const { table, folds } = tableOf(['a'], { limit: 2 });
    table.slot('x');
    const slot = table.slot('y');
    table.release(slot);

    expect(table.slot('z')).toBe(slot);
    expect(table.values[slot]).toEqual(['z']);
    expect(folds()).toBe(0);
  });
});

describe('a series that is released', () => {
  test('is gone, and its slot is used again', () => {
    const { table } = tableOf(['a', 'b']);
    const slots = [table.slot('x', '1'), table.slot('x', '2'), table.slot('y', '1')] as const;
    table.release(slots[1]);
    expect(table.values).toEqual([['x', '1'], undefined, ['y', '1']]);
    expect([table.size, table.slots]).toEqual([2, 3]);

    expect(table.slot('z', '1')).toBe(slots[1]);
    expect([table.slot('x', '1'), table.slot('y', '1')]).toEqual([slots[0], slots[2]]);
    expect([table.size, table.slots]).toEqual([3, 3]);
  });

  test('twice, or never there, changes nothing', () => {
    const { table } = tableOf(['a']);
    const slot = table.slot('x');
    table.release(slot);
    table.release(slot);
    table.release(99);

    expect(table.size).toBe(0);
    expect([table.slot('a'), table.slot('b')]).toEqual([slot, 1]);
  });
});

describe('a pass through the series', () => {
  const seen = (pass: ReturnType<SeriesTable['pass']>): (string | undefined)[] =>
    Array.from({ length: pass.slots }, (_, slot) => pass.at(slot)?.[0]);

  test('meets those there are when it begins, by slot', () => {
    const { table } = tableOf(['a']);
    table.slot('x');
    table.release(table.slot('y'));
    table.slot('z');
    table.release(table.slot('x'));

    expect(seen(table.pass())).toEqual([undefined, 'z']);
  });

  test('leaves out what came and went meanwhile', () => {
    const { table } = tableOf(['a']);
    const [x] = [table.slot('x'), table.slot('y')];
    const pass = table.pass();
    table.release(x);
    table.slot('new in the place of x');
    table.slot('new');

    expect(seen(pass)).toEqual([undefined, 'y']);
  });
});

test('what is told of each new series is its slot', () => {
  const added: number[] = [];
  const table = new SeriesTable(['a'], { limit: 2, onFold() {} }, slot => added.push(slot));
  for (const value of ['x', 'x', 'y', 'folded', 'folded, too']) table.slot(value);
  table.release(0);
  table.release(1);
  table.slot('z');

  expect(added).toEqual([0, 1, 2, 1]);
});
