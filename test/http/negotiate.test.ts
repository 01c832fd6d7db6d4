import { expect, test } from 'vitest';
import { acceptsGzip, negotiateFormat } from '../../src/http/negotiate.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3_PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const FIREFOX = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

test.each([
  ['Prometheus 2', PROMETHEUS_2, 'openmetrics'],
  ['Prometheus 3', PROMETHEUS_3, 'openmetrics'],
  ['Prometheus 3 with native histograms', PROMETHEUS_3_PROTOBUF, 'openmetrics'],
  ['Prometheus set to the text format', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'text'],
  ['Firefox', FIREFOX, 'text'],
  ['Chrome', CHROME, 'text'],
  ['curl', '*/*', 'text'],
  ['no Accept', undefined, 'text'],
  ['an empty Accept', '', 'text'],
  ['OpenMetrics alone', 'application/openmetrics-text', 'openmetrics'],
  ['OpenMetrics in capitals', 'Application/OpenMetrics-Text; Version=1.0.0', 'openmetrics'],
  ['OpenMetrics with a quoted version', 'application/openmetrics-text; version="1.0.0"; charset=utf-8', 'openmetrics'],
  ['only an OpenMetrics that is older', 'application/openmetrics-text;version=0.0.1', 'text'],
  ['only an OpenMetrics that is newer', 'application/openmetrics-text;version=2.0.0', 'text'],
  ['both alike', 'text/plain, application/openmetrics-text;version=1.0.0', 'openmetrics'],
  ['text first', 'text/plain;q=0.9,application/openmetrics-text;q=0.8', 'text'],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0,*/*', 'text'],
  ['OpenMetrics with a weight that is none', 'application/openmetrics-text;q=lots', 'text'],
  ['a weight out of range', 'application/openmetrics-text;q=5,text/plain;q=0.1', 'text'],
  ['all refused', '*/*;q=0', 'text'],
  ['something else', 'application/json', 'text'],
  ['nonsense', ';;;,,,=;q=;,/', 'text'],
])('%s gets its format', (_client, accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});

test.each([
  ['gzip', true],
  ['GZIP', true],
  ['x-gzip', true],
  ['gzip, deflate, br', true],
  ['deflate, br;q=1.0, gzip;q=0.1', true],
  ['*', true],
  ['*;q=0.5', true],
  ['gzip;q=0', false],
  ['gzip;q=0.0, *', false],
  ['identity, *;q=0', false],
  ['deflate, br', false],
  ['identity', false],
  ['', false],
  [undefined, false],
  [['deflate', 'gzip'], true],
])('Accept-Encoding %j asks for gzip: %s', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
