import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import type { Registry as PlatformaticRegistry } from '@platformatic/prom-client';
import type { Registry as PrometheusIoRegistry } from '@prometheus-io/client';
import type {
  configureMonitor,
  getMonitor} from '../../src/index.js';
import {
  createMonitor,
  isSightlineError,
  monitorApi,
  monitorDbQuery,
  traceFunction,
  type ApiInstrument,
  type CounterName,
  type Duration,
  type GaugeName,
  type HistogramName,
  type Instrument,
  type MetricName,
  type Monitor,
  type MonitorOptions,
  type SightlineError,
} from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

// Required values come first, then one options object.

export type Signatures = [
  Expect<Equal<typeof monitorApi, (endpoint?: string) => ApiInstrument>>,
  Expect<Equal<ReturnType<typeof monitorDbQuery>, Instrument>>,
  Expect<Equal<Parameters<typeof monitorDbQuery>['length'], 2 | 3>>,
  Expect<Equal<ReturnType<typeof traceFunction>, Instrument>>,
  Expect<Equal<Parameters<typeof traceFunction>['length'], 0 | 1 | 2>>,
  Expect<Equal<ReturnType<typeof createMonitor>, Monitor>>,
  Expect<Equal<ReturnType<typeof configureMonitor>, Monitor>>,
  Expect<Equal<ReturnType<typeof getMonitor>, Monitor>>,
];

// The same four stand on every monitor.
export type OnEachMonitor = [
  Expect<Equal<Monitor['monitorApi'], typeof monitorApi>>,
  Expect<Equal<Monitor['monitorDbQuery'], typeof monitorDbQuery>>,
  Expect<Equal<Monitor['traceFunction'], typeof traceFunction>>,
];

monitorDbQuery('select', 'users', { system: 'postgresql', namespace: 'shop' });
// @ts-expect-error the table is required
monitorDbQuery('select');
// @ts-expect-error no such option
monitorDbQuery('select', 'users', { sql: 'select 1' });
// @ts-expect-error an endpoint is a text
monitorApi(7);
traceFunction('grade', { 'essay.kind': 'cet4', words: 120, draft: true });

export const handler: RequestListener = monitorApi('x')((_request, response) => {
  response.end();
});

// Options of a monitor.

createMonitor();
createMonitor({});
createMonitor({ service: 'shop', metrics: { process: false, seriesLimit: 100, seriesTtl: '1h', buckets: { http_request_duration_seconds: [1] } } });
createMonitor({ tracing: true });
createMonitor({ tracing: { exporter: 'otlp', sampleRatio: 0.1 } });
createMonitor({ logger: console });
// @ts-expect-error no such option
createMonitor({ services: 'shop' });
// @ts-expect-error a duration has a unit, or is a number
createMonitor({ metrics: { seriesTtl: true } });
// @ts-expect-error only histograms have buckets
createMonitor({ metrics: { buckets: { http_requests_total: [1] } } });
export const duration: Duration[] = ['5m', 300_000];
export type OptionsAreReadonly = Expect<Equal<MonitorOptions, Readonly<MonitorOptions>>>;

// A registry of any of the clients.
declare const registries: [Registry, PlatformaticRegistry, PrometheusIoRegistry];
createMonitor({ registry: registries[0] });
createMonitor({ registry: registries[1] });
createMonitor({ registry: registries[2] });
// @ts-expect-error what is no registry
createMonitor({ registry: new Map() });

// Recording by hand.

export async function record(monitor: Monitor): Promise<void> {
  monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/', statusCode: 200, seconds: 0.1 });
  monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.1, failed: true });
  monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1, inputTokens: 5, outputTokens: 7 });
  // @ts-expect-error a status is success or error
  monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'ok', seconds: 1 });
  // @ts-expect-error the endpoint is missing
  monitor.metrics.recordHttpRequest({ method: 'GET', statusCode: 200, seconds: 0.1 });
  await monitor.close();
}

export type NamesByType = [
  Expect<Equal<Extract<'http_requests_total', CounterName>, 'http_requests_total'>>,
  Expect<Equal<Extract<'active_users_total', GaugeName>, 'active_users_total'>>,
  Expect<Equal<Extract<'active_users_total', CounterName>, never>>,
  Expect<Equal<Extract<'http_request_duration_seconds', HistogramName>, 'http_request_duration_seconds'>>,
  Expect<Equal<MetricName, CounterName | GaugeName | HistogramName>>,
];

export function codeOf(error: unknown): string | undefined {
  if (!isSightlineError(error)) return undefined;
  const recognised: SightlineError = error;
  return recognised.code;
}

export async function disposed(): Promise<void> {
  await using monitor = createMonitor();
  monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0 });
}
