import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { parseDuration } from '../../src/core/duration.js';

test('a duration of endless digits is refused, not infinite', () => {
  expect(() => parseDuration(`${'9'.repeat(400)}s`, 'ttl')).toThrow(InvalidOptionError);
});
