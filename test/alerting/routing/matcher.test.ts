import { describe, expect, test } from 'vitest';
import { createMatcher, formatMatcher, matchesAll, type MatcherOperator, parseMatcher, parseMatchers } from '../../../src/alerting/routing/matcher.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

function refusalOf(work: () => unknown): InvalidOptionError {
  try {
    work();
  } catch (error) {
    return error as InvalidOptionError;
  }
  throw new Error('nothing was refused');
}

describe('a matcher compares the label', () => {
  test.each<[string, string, boolean]>([
    ['l="bar"', 'bar', true],
    ['l="bar"', 'foo-bar', false],
    ['l!="bar"', 'bar', false],
    ['l!="bar"', 'foo-bar', true],
    ['l=~"bar"', 'bar', true],
    ['l=~"bar"', 'foo-bar', false],
    ['l=~".*bar"', 'foo-bar', true],
    ['l!~"bar"', 'bar', false],
    ['l!~"bar"', 'foo-bar', true],
    ['l!~".*bar"', 'foo-bar', false],
    ['l=~"foo.bar"', 'foo-bar', true],
    ['l=~"foo\\\\.bar"', 'foo-bar', false],
    ['l=~"foo\\\\.bar"', 'foo.bar', true],
    ['l="foo\\nbar"', 'foo\nbar', true],
    ['l=~"foo.bar"', 'foo\nbar', false],
    ['l=~"(?s)foo.bar"', 'foo\nbar', true],
    ['l="~!=\\""', '~!="', true],
    ['l=~"a|b"', 'b', true],
    ['l=~"a|b"', 'ab', false],
  ])('%s and %j: %s', (text, value, matches) => {
    expect(parseMatcher(text).matches({ l: value })).toBe(matches);
  });
});

describe('a label that is missing is an empty one', () => {
  test.each<[string, boolean]>([
    ['team=""', true],
    ['team!=""', false],
    ['team="db"', false],
    ['team!="db"', true],
    ['team=~".*"', true],
    ['team=~".+"', false],
    ['team!~".+"', true],
    ['team=~"db|"', true],
    ['constructor=""', true],
    ['toString=~".+"', false],
  ])('%s: %s', (text, matches) => {
    expect(parseMatcher(text).matches({ other: 'x' })).toBe(matches);
  });
});

describe('one matcher, as a text', () => {
  test.each<[text: string, name: string, operator: MatcherOperator, value: string]>([
    ['foo=bar', 'foo', '=', 'bar'],
    ['foo="bar"', 'foo', '=', 'bar'],
    ['foo=~bar.*', 'foo', '=~', 'bar.*'],
    ['foo!=bar', 'foo', '!=', 'bar'],
    ['foo!~"bar.*"', 'foo', '!~', 'bar.*'],
    [' \tfoo \n=\t bar\r\n ', 'foo', '=', 'bar'],
    ['foo = "b a r"', 'foo', '=', 'b a r'],
    ['foo=b a r', 'foo', '=', 'b a r'],
    ['foo=', 'foo', '=', ''],
    ['foo=""', 'foo', '=', ''],
    ['foo=" "', 'foo', '=', ' '],
    ["foo='", 'foo', '=', "'"],
    ['foo=`bar`', 'foo', '=', '`bar`'],
    ['foo=\\"', 'foo', '=', '"'],
    ['foo="a\\"b\\\\c\\nd"', 'foo', '=', 'a"b\\c\nd'],
    ['foo=bar\\t', 'foo', '=', 'bar\\t'],
    ['foo=bar\\', 'foo', '=', 'bar\\'],
    ['foo=bar\\\\', 'foo', '=', 'bar\\'],
    ['foo=bar\\n', 'foo', '=', 'bar\n'],
    ['foo=line\nfeed', 'foo', '=', 'line\nfeed'],
    ['tricky=~~~', 'tricky', '=~', '~~'],
    ['trickier==\\\\=\\=\\"', 'trickier', '=', '=\\=\\="'],
    ['foo=bar,dings=bums', 'foo', '=', 'bar,dings=bums'],
    ['foo=}b', 'foo', '=', '}b'],
    ['_:a1=x', '_:a1', '=', 'x'],
    ['severity="关键 😀"', 'severity', '=', '关键 😀'],
    ['foo=\u00a0bar', 'foo', '=', '\u00a0bar'],
  ])('%j', (text, name, operator, value) => {
    expect(parseMatcher(text)).toMatchObject({ name, operator, value });
  });
});

describe('a list of matchers, as a text', () => {
  test.each<[string, string[]]>([
    ['{}', []],
    ['', []],
    ['{foo="bar"}', ['foo="bar"']],
    ['foo=bar', ['foo="bar"']],
    ['{foo="bar", baz!~"quux.*"}', ['foo="bar"', 'baz!~"quux.*"']],
    ['{foo = "bar", dings != "bums", }', ['foo="bar"', 'dings!="bums"']],
    ['foo=bar,dings!=bums', ['foo="bar"', 'dings!="bums"']],
    ['{foo="bar,quux", job="job1"}', ['foo="bar,quux"', 'job="job1"']],
    ['{quote="She said: \\"Hi, ladies!\\""}', ['quote="She said: \\"Hi, ladies!\\""']],
    ['contains_quote != "\\"" , contains_comma !~ "foo,bar" , ', ['contains_quote!="\\""', 'contains_comma!~"foo,bar"']],
    ['{foo=bar}}', ['foo="bar}"']],
    ['{foo=bar}},}', ['foo="bar}}"']],
    ['{foo=,bar=}}', ['foo=""', 'bar="}"']],
    ['{foo=bar\\}', ['foo="bar\\\\"']],
    ['{foo=', ['foo=""']],
    ['{foo=}b', ['foo="}b"']],
  ])('%j', (text, matchers) => {
    expect(parseMatchers(text).map(formatMatcher)).toEqual(matchers);
  });

  test('all of them must match', () => {
    const matchers = parseMatchers('severity=~"critical|high", team!="web"');

    expect(matchesAll(matchers, { severity: 'high', team: 'db' })).toBe(true);
    expect(matchesAll(matchers, { severity: 'high' })).toBe(true);
    expect(matchesAll(matchers, { severity: 'high', team: 'web' })).toBe(false);
    expect(matchesAll(matchers, { team: 'db' })).toBe(false);
    expect(matchesAll([], {})).toBe(true);
  });
});

describe('what is no matcher is refused, with the option, the text, the place and what is allowed', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', '', /got "", expected a label's name, one of = != =~ !~ and a value/],
    ['no operator', 'severity', /"severity"/],
    ['no name', '="critical"', /a label's name/],
    ['an operator that does not exist', 'foo<bar', /one of = != =~ !~/],
    ['two operators in the wrong order', 'foo~=bar', /one of = != =~ !~/],
    ['a name with a dash', 'invalid-name = "valid label"', /a label's name/],
    ['a name that begins with a digit', '1a=b', /a label's name/],
    ['a name in quotes', '"foo"="bar"', /a label's name/],
    ['a comma', ',', /a label's name/],
    ['a second brace', '{{foo=', /a label's name/],
    ['quotes that are not closed', 'job="value', /a double quote at the end.*\(character 5\)/],
    ['one quote', 'job="', /a double quote at the end.*\(character 5\)/],
    ['a closing quote that is escaped', 'job="value\\"', /a double quote at the end/],
    ['quotes that are not opened', 'job=value"', /unless it is escaped as \\" \(character 10\)/],
    ['a quote inside', 'a = foo"bar', /\(character 8\)/],
    ['text after the quotes', 'a="foo"bar', /\(character 7\)/],
    ['an expression that is none', 'foo=~"invalid[regexp"', /RE2's syntax \(https.*missing closing \]/],
    ['a look-ahead, which takes more than linear time', 'foo=~"(?=a)b"', /invalid or unsupported Perl syntax/],
    ['a back reference', 'foo!~"(a)\\\\1"', /invalid escape sequence/],
    ['a number', 5, /got 5/],
    ['undefined', undefined, /got undefined/],
  ])('%s', (_, text, message) => {
    const refusal = refusalOf(() => parseMatcher(text as string, 'alerts.route.match[2]'));

    expect(refusal.code).toBe('SIGHTLINE_INVALID_OPTION');
    expect(refusal.option).toBe('alerts.route.match[2]');
    expect(refusal.message).toMatch(message);
  });

  test('in a list too', () => {
    expect(refusalOf(() => parseMatchers('{a="b", c}', 'silence')).message).toContain('`silence`: got "c"');
    expect(refusalOf(() => parseMatchers('{,}')).message).toContain('got ""');
    expect(refusalOf(() => parseMatchers(null as any)).message).toContain('got null');
  });
});

test('parts that make no matcher are refused too', () => {
  expect(refusalOf(() => createMatcher('http.method', '=', 'GET', 'silence')).message).toContain('`silence`: got "http.method", expected a label\'s name');
  expect(refusalOf(() => createMatcher('a', '=~', '[', 'silence')).message).toContain('`silence`: got "a=~[", expected a regular expression');
});

test('a matcher that was written is read as the same', () => {
  const values = ['', 'bar', 'back\\slash', 'double"quote', 'new\nline', 'tab\tstop', '🙂', ' blank ', '\\"', '\\n', '\\', '{a,b}', '"'];
  for (const value of values) {
    for (const operator of ['=', '!='] as const) {
      const written = formatMatcher(createMatcher('foo', operator, value));
      expect(parseMatcher(written)).toMatchObject({ name: 'foo', operator, value });
      expect(parseMatchers(`{${written}, x="y"}`)[0]).toMatchObject({ name: 'foo', operator, value });
    }
  }
  expect(formatMatcher({ name: 'foo', operator: '=~', value: 'a\\.b|"\n' })).toBe('foo=~"a\\\\.b|\\"\\n"');
});
