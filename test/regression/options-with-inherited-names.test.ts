import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { aText, checkOptions } from '../../src/core/options.js';

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('an option named %s is unknown, not a crash', name => {
  const options = JSON.parse(`{"${name}": 1}`) as object;

  expect(() => {
    checkOptions('', options, { service: aText });
  }).toThrow(InvalidOptionError);
});

test('the value of an unknown option, which may be a mistyped secret, is not shown', () => {
  expect(() => {
    checkOptions('', { bearerTokn: 'hunter2' }, { bearerToken: aText });
  }).toThrow(/^(?!.*hunter2).*bearerTokn/);
});
