import { describe, expect, test } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { aBoolean, aFunction, anObject, aText, checkOptions, withMethods, type OptionRule } from '../../src/core/options.js';

const RULES: Record<string, OptionRule> = { service: aText, process: aBoolean, authorize: aFunction, metrics: anObject };

/** The message of the error, which must be about an option. */
function refusal(options: unknown, path = '', rules = RULES): string {
  try {
    checkOptions(path, options, rules);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionError);
    return (error as Error).message;
  }
  throw new Error('the options were accepted');
}

describe('accepted', () => {
  test.each<[string, unknown]>([
    ['no options', undefined],
    ['empty options', {}],
    ['options without a prototype', Object.assign(Object.create(null) as object, { process: true })],
    ['options set to undefined, which are left out', { service: undefined, process: undefined }],
    ['good values', { service: 'shop', process: false, authorize: () => true, metrics: {} }],
  ])('%s', (_, options) => {
    expect(() => {
      checkOptions('', options, RULES);
    }).not.toThrow();
  });
});

describe('refused', () => {
  test.each([null, 1, 'x', [], true, () => {}])('%o in place of the object', options => {
    expect(refusal(options)).toContain('Invalid option `options`: got ');
    expect(refusal(options, 'metrics')).toContain('Invalid option `metrics`: got ');
  });

  test('a value of the wrong kind, with the path of its option', () => {
    expect(refusal({ process: 'yes' }, 'metrics')).toBe('Invalid option `metrics.process`: got "yes", expected true or false.');
    expect(refusal({ service: ' ' })).toBe('Invalid option `service`: got " ", expected a string that is not empty.');
    expect(refusal({ authorize: 1 })).toBe('Invalid option `authorize`: got 1, expected a function.');
    expect(refusal({ metrics: [1] })).toBe('Invalid option `metrics`: got an array of 1, expected an object.');
    expect(refusal({ metrics: null })).toBe('Invalid option `metrics`: got null, expected an object.');
  });

  test('an unknown option, with the known ones', () => {
    expect(refusal({ servce: 'shop' })).toBe(
      'Invalid option `servce`: no such option; known here: service, process, authorize, metrics.',
    );
  });
});

describe('an object with methods', () => {
  const rule = withMethods('a logger', 'warn', 'error');

  test.each([{ warn() {}, error() {} }, new (class { warn(): void {} error(): void {} })(), console])('%o', value => {
    expect(rule.accepts(value)).toBe(true);
  });

  test.each([undefined, null, 'x', {}, { warn() {} }, { warn: 1, error: 2 }])('is not %o', value => {
    expect(rule.accepts(value)).toBe(false);
  });

  test('is named with what it must have', () => {
    expect(rule.allowed).toBe('a logger (an object with warn, error)');
  });
});
