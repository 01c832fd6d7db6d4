import { describe, expect, test } from 'vitest';
import { parseOpenMetrics, parseSample } from './exposition.js';

const GOOD = `# HELP requests A \\"help\\" with \\\\ and \\n.
# TYPE requests counter
requests_total{path="a\\"b\\\\c\\nd"} 3 # {trace_id="abc"} 0.5 1700000000.000
requests_total{path=""} 0
# TYPE seconds histogram
seconds_bucket{le="0.25"} 1
seconds_bucket{le="1.0"} 2
seconds_bucket{le="+Inf"} 2
seconds_sum 0.7
seconds_count 2
# TYPE temperature gauge
temperature NaN
# EOF
`;

describe('the strict reader of OpenMetrics', () => {
  test('takes what is right', () => {
    const [requests, seconds, temperature] = parseOpenMetrics(GOOD);
    expect(requests).toEqual({
      name: 'requests',
      type: 'counter',
      help: 'A "help" with \\ and \n.',
      samples: [
        {
          name: 'requests_total',
          labels: { path: 'a"b\\c\nd' },
          value: 3,
          exemplar: { labels: { trace_id: 'abc' }, value: 0.5, timestamp: 1_700_000_000 },
        },
        { name: 'requests_total', labels: { path: '' }, value: 0 },
      ],
    });
    expect(seconds?.samples).toHaveLength(5);
    expect(temperature?.samples).toEqual([{ name: 'temperature', labels: {}, value: NaN }]);
  });

  test.each<[string, string, string]>([
    ['no end', '# EOF\n', ''],
    ['something after the end', '# EOF\n', '# EOF\nx 1\n'],
    ['an empty line', '# TYPE temperature gauge\n', '\n# TYPE temperature gauge\n'],
    ['a comment', '# TYPE temperature gauge\n', '# hello\n# TYPE temperature gauge\n'],
    ['a counter without its suffix', 'requests_total{path=""} 0', 'requests{path=""} 0'],
    ['a family that carries the suffix', '# TYPE requests counter', '# TYPE requests_total counter'],
    ['a counter that is negative', '{path=""} 0', '{path=""} -1'],
    ['a bound that is not canonical', 'le="1.0"', 'le="1"'],
    ['no last bucket', 'seconds_bucket{le="+Inf"} 2\n', ''],
    ['buckets that do not add up', 'le="1.0"} 2', 'le="1.0"} 0'],
    ['a count that is another', 'seconds_count 2', 'seconds_count 3'],
    ['a sample twice', 'requests_total{path=""} 0', 'requests_total{path=""} 0\nrequests_total{path=""} 1'],
    ['a family twice', '# EOF\n', '# TYPE requests counter\n# EOF\n'],
    ['an unknown type', 'temperature gauge', 'temperature untyped'],
    ['a quote in the help', 'A \\"help', 'A "help'],
    ['a label twice', '{path=""}', '{path="",path=""}'],
    ['an unknown escape', '{path=""}', '{path="\\t"}'],
    ['a comma too many', '{path=""}', '{path="",}'],
    ['an exemplar on a gauge', 'temperature NaN', 'temperature NaN # {a="b"} 1'],
    ['an exemplar that is too long', 'trace_id="abc"', `trace_id="${'a'.repeat(121)}"`],
    ['two families of one sample name', '# EOF\n', '# TYPE requests_total gauge\nrequests_total 1\n# EOF\n'],
  ])('refuses %s', (_, from, to) => {
    expect(GOOD).toContain(from);
    expect(() => parseOpenMetrics(GOOD.replace(from, to))).toThrow();
  });
});

test.each(['', 'a', 'a ', 'a 1 ', '1a 1', 'a{} x', 'a{b} 1', 'a{b="c} 1', 'a{b="c"}1', 'a 1 2 3'])('%j is no sample', line => {
  expect(() => parseSample(line)).toThrow();
});
