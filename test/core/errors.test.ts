import { describe as group, expect, test, vi } from 'vitest';
import { describe, InvalidOptionError, isSightlineError, NOT_SHOWN, SightlineError } from '../../src/core/errors.js';

group('an error of Sightline', () => {
  test('has a code to branch on, a message, and a cause', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new SightlineError('SIGHTLINE_LISTEN_FAILED', 'The port is taken.', { cause });

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'SightlineError', code: 'SIGHTLINE_LISTEN_FAILED', message: 'The port is taken.', cause });
    expect(String(error)).toBe('SightlineError: The port is taken.');
  });

  test('is recognised', () => {
    expect(isSightlineError(new SightlineError('SIGHTLINE_X', 'x'))).toBe(true);
    expect(isSightlineError(new InvalidOptionError('service', 1, 'a string'))).toBe(true);
  });

  test('is recognised whichever copy of the library made it, where instanceof fails', async () => {
    vi.resetModules();
    const other = await import('../../src/core/errors.js');
    const error = new other.InvalidOptionError('service', 1, 'a string');

    expect(error).not.toBeInstanceOf(SightlineError);
    expect(isSightlineError(error)).toBe(true);
  });

  test('shows nothing of how it is recognised', () => {
    expect(Object.keys(new SightlineError('SIGHTLINE_X', 'x')).sort()).toEqual(['code', 'name']);
  });
});

test.each([new Error('x'), { code: 'SIGHTLINE_X', name: 'SightlineError' }, undefined, null, 'SightlineError', 1, () => {}])(
  '%o is no error of Sightline',
  value => {
    expect(isSightlineError(value)).toBe(false);
  },
);

group('an invalid option', () => {
  test('is named, with what was given and what is allowed', () => {
    const error = new InvalidOptionError('tracing.sampleRatio', 1.5, 'a number from 0 to 1');

    expect(error).toMatchObject({ name: 'InvalidOptionError', code: 'SIGHTLINE_INVALID_OPTION', option: 'tracing.sampleRatio' });
    expect(error.message).toBe('Invalid option `tracing.sampleRatio`: got 1.5, expected a number from 0 to 1.');
    expect(error).toBeInstanceOf(SightlineError);
  });

  test('does not show a value that may be a secret', () => {
    expect(new InvalidOptionError('token', NOT_SHOWN, 'no such option').message).toBe('Invalid option `token`: no such option.');
  });
});

group('a refused value in a message', () => {
  test.each<[unknown, string]>([
    ['text', '"text"'],
    ['two\nlines', '"two\\nlines"'],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    ['', '""'],
    [undefined, 'undefined'],
    [null, 'null'],
    [NaN, 'NaN'],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [() => {}, 'a function'],
    [[1, 2], 'an array of 2'],
    [{ a: 1, b: 2 }, 'an object with keys {a, b}'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'an object with keys {a, b, c, d, e}'],
    [Object.create(null), 'an object with keys {}'],
  ])('%o is short, on one line', (value, text) => {
    expect(describe(value)).toBe(text);
  });

  test('shows no values of an object, which may be secrets', () => {
    expect(describe({ password: 'hunter2' })).not.toContain('hunter2');
  });
});
