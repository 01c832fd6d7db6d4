import { createRequire } from 'node:module';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { labelPattern } from '../../../src/alerting/routing/label-pattern.js';
import { plainPattern } from '../../../src/alerting/routing/plain-pattern.js';

const { RE2JS } = createRequire(import.meta.url)('re2js') as { RE2JS: { compile(text: string): { test(value: string): boolean } } };

afterEach(() => {
  vi.doUnmock('../../../src/core/optional-peer.js');
  vi.resetModules();
});

const PLAIN = [
  '',
  'critical',
  'critical|high',
  '(critical|high)',
  '(?:critical|high)',
  '^critical$',
  '^(?:critical|high)$',
  '^(?:(critical|high))$',
  '(a\\.b|c)',
  'a|',
  '|',
  '.*',
  '.+',
  'web-.*',
  '.*-eu',
  'web-.+|db',
  '.+-eu',
  '.*eu.*',
  '.+eu.+',
  '.*eu.+',
  'eu\\.west\\-1',
  'a\\|b',
  'a\\\\.*',
  'a\\.*',
  'https://x/y?z',
  'line\nfeed',
  'line\n.*',
  '.*.*',
  '.+.+',
  '支付|😀.+',
  'a)|(b',
  '(a)|(b)',
  '^(?:a)|(?:b)$',
  '^(a|b)',
  '(a|b)$',
  '^a|b$',
  '(a)(b)',
  '(?i:a)',
  '(?P<x>a)',
  'a.*b',
  'a.',
  '.',
  'a*',
  'a.*?',
  'x{2}',
  '[ab]',
  '\\d+',
  'a\\/b',
  '\\.*a',
];
const VALUES = [
  ...['', 'critical', 'high', 'criticalhigh', 'a', 'b', 'ab', 'c', 'a.b', 'aXb', '.', 'web-', 'web-1', 'web-\n', 'db', '-eu', 'x-eu', 'x\n-eu'],
  ...['eu', 'xeu', 'eux', 'xeuy', 'xeueu', 'eu.west-1', 'a|b', 'a\\', 'a\\x', 'a..', 'a.x', 'https://x/y?z', 'https://x/z', 'line\nfeed', 'line\n'],
  ...['支付', '😀', '😀!', '\n', 'a\n', 'a\nb', 'xx', '7', 'A', '(a)', '^a|b$', 'a/b', '...a', 'a*', 'x'],
];

test('what is compared as texts gives what RE2 gives', () => {
  let plain = 0;
  for (const expression of PLAIN) {
    const compared = plainPattern(expression);
    if (compared === undefined) continue;
    plain++;
    const engine = RE2JS.compile(`^(?:${expression})$`);
    for (const value of VALUES) expect(compared(value), `${JSON.stringify(expression)} on ${JSON.stringify(value)}`).toBe(engine.test(value));
  }
  expect(plain).toBe(25);
});

test.each(['a)|(b', '(a)|(b)', '^a|b$', '(a)(b)', '(?i:a)', 'a.*b', 'a.', '.+.+', 'line\n.*', 'x{2}', '[ab]', '\\d+', 'a*', '\\.*a', '(', '*', 'a\\'])(
  '%j is left to the engine',
  expression => {
    expect(plainPattern(expression)).toBeUndefined();
  },
);

test('the engine anchors an expression as Alertmanager does, even one that leaves its brackets', () => {
  expect(labelPattern('a)|(b')('axx')).toBe(true);
  expect(labelPattern('[ab]+')('abc')).toBe(false);
  expect(labelPattern('(?i)CRIT(ICAL)?')('critical')).toBe(true);
  expect(labelPattern('\\d+')('٣')).toBe(false);
  expect(labelPattern('a$')('a\n')).toBe(false);
});

describe('no expression takes long', () => {
  test.each<[string, string, string]>([
    ['nested repetition', '(a+)+b', 'a'.repeat(2_000)],
    ['alternatives that overlap', '(a|aa)+$', `${'a'.repeat(2_000)}b`],
    ['a value without end', '(x+x+)+y', 'x'.repeat(1_000_000)],
    ['much that may be left out', 'x?'.repeat(499), 'x'.repeat(2_000)],
    ['the most that is taken', '(?:x{0,480}){2}', 'x'.repeat(2_000)],
  ])('%s', (_, expression, value) => {
    const started = performance.now();
    expect(labelPattern(expression)(value)).toBe(false);
    // Days for RegExp; a machine that does much else needs a second.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each<[string, string]>([
    ['a group that repeats repetitions', '(?:x{0,1000}){20}'],
    ['many repetitions', 'x{1000}'.repeat(20)],
    ['groups in groups', '(((a{10}){10}){10})'],
    ['a long group', `(?:${'[ab]'.repeat(200)}){900}`],
    ['a repetition without end', '(?:[ab]{200,}){10}'],
    ['a long text', '[ab]'.repeat(300)],
    ['what RE2 repeats no more', 'a{1001}'],
  ])('%s is refused before it is compiled', (_, expression) => {
    const started = performance.now();
    expect(() => labelPattern(expression)).toThrow(/too big.*at most 1000 characters|invalid repeat count/);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test.each(['\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}', '(\\d{1,3}\\.){3}\\d{1,3}', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'])('%s is not too big', expression => {
    expect(() => labelPattern(expression)).not.toThrow();
  });

  test('texts may be as many as one likes: they need no engine', () => {
    const services = Array.from({ length: 5_000 }, (_, i) => `service-${i}`);
    const pattern = labelPattern(services.join('|'));

    expect(pattern('service-4999')).toBe(true);
    expect(pattern('service-5000')).toBe(false);
  });
});

test('without `re2js`, only what needs it is refused, with the line that installs it', async () => {
  vi.resetModules();
  const { SightlineError } = await import('../../../src/core/errors.js');
  vi.doMock('../../../src/core/optional-peer.js', () => ({
    loadOptionalPeer: (name: string, neededFor: string) => {
      throw new SightlineError('SIGHTLINE_MISSING_PEER', `${name} for ${neededFor}`);
    },
  }));
  const { parseMatcher } = await import('../../../src/alerting/routing/matcher.js');

  expect(parseMatcher('severity=~"critical|high"').matches({ severity: 'high' })).toBe(true);
  expect(() => parseMatcher('severity=~"crit.*l"')).toThrow('re2js for matchers with a regular expression that is more than a list of texts');
});
