import { describe, expect, test } from 'vitest';
import { escapeLabelValue, formatCanonicalFloat, formatValue } from '../../src/metrics/text.js';

test.each([
  ['plain', 'plain'],
  ['', ''],
  ['a"b', 'a\\"b'],
  ['a\\b', 'a\\\\b'],
  ['a\nb', 'a\\nb'],
  ['\\n', '\\\\n'],
  ['\\"', '\\\\\\"'],
  ['\r\t\u0000é日🎉', '\r\t\u0000é日🎉'],
])('the label value %j is escaped as %j', (value, text) => {
  expect(escapeLabelValue(value)).toBe(text);
});

test.each([
  [0, '0'],
  [-0, '0'],
  [1, '1'],
  [-1.5, '-1.5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e21, '1e+21'],
  [5e-324, '5e-324'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('the value %d is written as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

describe("a bound in OpenMetrics' canonical form", () => {
  // The first ones are the specification's own example.
  test.each([
    [0, '0.0'],
    [1e-5, '1e-05'],
    [0.0001, '0.0001'],
    [0.1, '0.1'],
    [1, '1.0'],
    [10, '10.0'],
    [100_000, '100000.0'],
    [1e6, '1e+06'],
    [1e23, '1e+23'],
    [1.1e23, '1.1e+23'],
    [Infinity, '+Inf'],
    [0.005, '0.005'],
    [2.5, '2.5'],
    [86_400, '86400.0'],
    [999_999, '999999.0'],
    [1_234_567.5, '1.2345675e+06'],
    [0.000_099, '9.9e-05'],
    [1e100, '1e+100'],
    [1e-100, '1e-100'],
    [-1, '-1.0'],
    [-2e6, '-2e+06'],
  ])('%d is %s', (value, text) => {
    expect(formatCanonicalFloat(value)).toBe(text);
  });
});
