import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/alerting/alert.js';
import { type InhibitRule, Inhibitor } from '../../../src/alerting/routing/inhibition.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

function inhibitorOf(rules: readonly InhibitRule[], sources: Readonly<Record<string, Labels>>): Inhibitor {
  const inhibitor = new Inhibitor(rules);
  for (const [id, labels] of Object.entries(sources)) inhibitor.add(id, labels);
  return inhibitor;
}

const RULES: readonly InhibitRule[] = [
  { sourceMatch: ['s1="1"'], targetMatch: ['t1="1"'], equal: ['e'] },
  { sourceMatch: ['s2="1"'], targetMatch: ['t2="1"'], equal: ['e'], name: 'second' },
];
/** One that only mutes by the first rule, and one that the second both mutes by and mutes. */
const SOURCES = { one: { s1: '1', t1: '2', e: '1' }, two: { s2: '1', t2: '1', e: '1' } };

describe('an alert is muted when Alertmanager mutes it', () => {
  test.each<[string, Labels, string | undefined]>([
    ['the target of the first rule', { t1: '1', e: '1' }, 'one'],
    ['the target of the second', { t2: '1', e: '1' }, 'two'],
    ['a target with other labels', { t1: '1', t3: '1', e: '1' }, 'one'],
    ['the target of both', { t1: '1', t2: '1', e: '1' }, 'one'],
    ['no target', { t1: '0', e: '1' }, undefined],
    ['a source too, muted by one that is a source only', { s1: '1', t1: '1', e: '1' }, 'one'],
    ['a source too, and so is the other', { s2: '1', t2: '1', e: '1' }, undefined],
    ['a target whose equal label differs', { t1: '1', e: '0' }, undefined],
    ['a target that misses the equal label', { t1: '1' }, undefined],
  ])('%s', (_, labels, sourceId) => {
    expect(inhibitorOf(RULES, SOURCES).inhibitedBy(labels)?.sourceId).toBe(sourceId);
  });

  test.each<[string, Labels, boolean]>([
    ['no target', { t1: '1', e: '1' }, false],
    ['the target of the second rule', { t2: '1', e: '1' }, true],
    ['a target of the first, by not having the label', { t1: '0', e: '1' }, true],
    ['a target of the first that is a source too: so is the other', { s1: '1', t1: '0', e: '1' }, false],
    ['a source of the second, and target of the first', { s2: '1', t2: '1', e: '1' }, true],
    ['an equal label that differs', { t1: '0', e: '0' }, false],
  ])('with a negative matcher: %s', (_, labels, isMuted) => {
    const rules: InhibitRule[] = [
      { sourceMatch: ['s1="1"'], targetMatch: ['t1!="1"'], equal: ['e'] },
      { sourceMatch: ['s2="1"'], targetMatch: ['t2="1"'], equal: ['e'] },
    ];
    const sources = { one: { s1: '1', t1: '2', e: '1' }, two: { s2: '1', t2: '1', t1: '1', e: '1' } };
    expect(inhibitorOf(rules, sources).inhibitedBy(labels) !== undefined).toBe(isMuted);
  });

  test('labels that both miss, or have empty, are equal', () => {
    const inhibitor = inhibitorOf([{ sourceMatch: ['s="1"'], targetMatch: ['t="1"'], equal: ['a', 'b'] }], { x: { s: '1', b: '' } });

    expect(inhibitor.inhibitedBy({ t: '1' })?.sourceId).toBe('x');
    expect(inhibitor.inhibitedBy({ t: '1', a: '' })?.sourceId).toBe('x');
    expect(inhibitor.inhibitedBy({ t: '1', a: '1' })).toBeUndefined();
  });

  test('without equal labels, any source mutes any target', () => {
    expect(inhibitorOf([{ sourceMatch: ['s="1"'], targetMatch: ['t="1"'] }], { x: { s: '1' } }).inhibitedBy({ t: '1', any: 'thing' })?.sourceId).toBe('x');
  });

  test('values of equal labels are not mixed up', () => {
    const inhibitor = inhibitorOf([{ sourceMatch: ['s="1"'], targetMatch: ['t="1"'], equal: ['a', 'b'] }], { x: { s: '1', a: '","', b: '' } });

    expect(inhibitor.inhibitedBy({ t: '1', a: '', b: '","' })).toBeUndefined();
    expect(inhibitor.inhibitedBy({ t: '1', a: '","', b: '' })).toBeDefined();
  });

  test('an alert does not mute itself, nor others that the same rule mutes', () => {
    const rules = [{ sourceMatch: ['severity=~"critical|high"'], targetMatch: ['severity=~"high|low"'], equal: ['host'] }];
    const inhibitor = inhibitorOf(rules, { h1: { severity: 'high', host: 'x' }, h2: { severity: 'high', host: 'x' } });

    expect(inhibitor.inhibitedBy({ severity: 'high', host: 'x' })).toBeUndefined();
    expect(inhibitor.inhibitedBy({ severity: 'low', host: 'x' })?.sourceId).toBe('h1');
    inhibitor.add('c', { severity: 'critical', host: 'x' });
    expect(inhibitor.inhibitedBy({ severity: 'high', host: 'x' })?.sourceId).toBe('c');
  });
});

describe('as alerts come and go', () => {
  const rules: InhibitRule[] = [{ sourceMatch: ['s="1"'], targetMatch: ['t="1"'], equal: ['e'] }];
  const target = { t: '1', e: 'f' };

  test('a target is muted while one source fires, whichever of them ends first', () => {
    for (const order of [['a', 'b', 'c'], ['c', 'b', 'a'], ['b', 'a', 'c']]) {
      const inhibitor = inhibitorOf(rules, { a: { s: '1', e: 'f' }, b: { s: '1', e: 'f', x: '1' }, c: { s: '1', e: 'f', x: '2' } });
      const muted = order.map(id => {
        inhibitor.delete(id);
        return inhibitor.inhibitedBy(target) !== undefined;
      });
      expect(muted).toEqual([true, true, false]);
    }
  });

  test('a source that only mutes ends, one that is muted too stays', () => {
    const inhibitor = inhibitorOf(rules, { only: { s: '1', e: 'f' }, both: { s: '1', t: '1', e: 'f' } });
    expect(inhibitor.inhibitedBy({ s: '1', t: '1', e: 'f' })?.sourceId).toBe('only');

    inhibitor.delete('only');
    expect(inhibitor.inhibitedBy({ s: '1', t: '1', e: 'f' })).toBeUndefined();
    expect(inhibitor.inhibitedBy(target)?.sourceId).toBe('both');
  });

  test('an alert that is told again counts once, with its labels of now', () => {
    const inhibitor = inhibitorOf(rules, { a: { s: '1', e: 'f' } });
    inhibitor.add('a', { s: '1', e: 'f' });
    inhibitor.add('a', { s: '1', e: 'g' });

    expect(inhibitor.inhibitedBy(target)).toBeUndefined();
    expect(inhibitor.inhibitedBy({ t: '1', e: 'g' })?.sourceId).toBe('a');
    inhibitor.delete('a');
    inhibitor.delete('a');
    inhibitor.delete('never there');
    expect(inhibitor.inhibitedBy({ t: '1', e: 'g' })).toBeUndefined();
  });

  test('it says which rule mutes', () => {
    const inhibitor = inhibitorOf(RULES, SOURCES);

    expect(inhibitor.inhibitedBy({ t1: '1', e: '1' })?.rule).toBe('alerts.inhibitRules[0]');
    expect(inhibitor.inhibitedBy({ t2: '1', e: '1' })?.rule).toBe('second');
  });

  test('a question does not look at every alert', () => {
    const inhibitor = new Inhibitor(rules);
    for (let i = 0; i < 20_000; i++) inhibitor.add(`a${i}`, { s: '1', e: String(i) });
    let reads = 0;
    const counted = new Proxy(target, { getOwnPropertyDescriptor: (labels, name) => (reads++, Reflect.getOwnPropertyDescriptor(labels, name)) });

    for (let i = 0; i < 20_000; i++) inhibitor.inhibitedBy(counted);
    // The target's matcher and the equal label; the source's matcher only where there is a source.
    expect(reads).toBe(40_000);
  });
});

describe('what cannot be used is refused, with its path', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no list', {}, '', /a list of rules/],
    ['a hole', [undefined], '[0]', /an object/],
    ['a key that does not exist', [{ ...RULES[0], sources: [] }], '[0].sources', /known here: name, sourceMatch, targetMatch, equal/],
    ['no source', [RULES[0], { targetMatch: [] }], '[1].sourceMatch', /a list of matchers/],
    ['no target', [{ sourceMatch: [] }], '[0].targetMatch', /a list of matchers/],
    ['a matcher that is none', [{ ...RULES[0], sourceMatch: ['a="1"', 'b'] }], '[0].sourceMatch[1]', /"b", expected a label's name/],
    ['an empty label', [{ ...RULES[0], equal: ['a', ''] }], '[0].equal[1]', /the name of a label/],
  ])('%s', (_, rules, path, message) => {
    const refusal = (() => {
      try {
        new Inhibitor(rules as InhibitRule[]);
      } catch (error) {
        return error as InvalidOptionError;
      }
      throw new Error('nothing was refused');
    })();

    expect(refusal.option).toBe(`alerts.inhibitRules${path}`);
    expect(refusal.message).toMatch(message);
  });
});
