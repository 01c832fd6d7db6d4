import type { RequestListener } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor, TraceIdRatioBasedSampler, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as forExpress from '../../src/express/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { Monitor } from '../../src/monitor.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { koaVersions, type Context, type Next } from '../support/koa-versions.js';
import { monitored } from '../support/monitored.js';
import { oddErrors } from '../support/odd-requests.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

let exporter: InMemorySpanExporter;

/** Registers a provider, as an app does that has tracing of its own. */
function registerProvider(sampler?: TraceIdRatioBasedSampler): NodeTracerProvider {
  exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)], ...(sampler && { sampler }) });
  provider.register();
  return provider;
}

beforeEach(() => {
  registerProvider();
});
afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

/** Waits until so many spans have ended. */
async function spans(count: number): Promise<ReadableSpan[]> {
  await until(() => exporter.getFinishedSpans().length >= count);
  return exporter.getFinishedSpans();
}

async function onlySpan(): Promise<ReadableSpan> {
  const all = await spans(1);
  expect(all).toHaveLength(1);
  return all[0] as ReadableSpan;
}

type Handler = (see: { name: string; id?: string }) => unknown;
/** Each framework's app with a route `/t/:tenant/u/:id`, whose handler runs `work`. */
const homes: [string, (monitor: Monitor, work: Handler) => RequestListener][] = [
  ...expressVersions.map((version): (typeof homes)[number] => [
    version.name,
    (monitor, work) => {
      const app = version.app().use(forExpress.monitorRequests({ monitor }));
      const handler = (req: App, res: App, next: App): void => {
        void Promise.resolve()
          .then(() => work(req.params))
          .then(text => res.send(String(text)), next);
      };
      app.get('/t/:tenant/u/:id', handler).get('/nested', monitor.monitorApi('named'), handler);
      return app.use((error: any, _req: App, res: App, _next: App) => res.status(error?.status ?? 500).end());
    },
  ]),
  ...koaVersions.map((version): (typeof homes)[number] => [
    version.name,
    (monitor, work) => {
      const router = version.router();
      const handler = async (ctx: Context): Promise<void> => {
        ctx.body = String(await work(ctx.params));
      };
      router.get('/t/:tenant/u/:id', handler).get('/nested', monitor.monitorApi('named'), handler);
      return version.app().use(forKoa.monitorRequests({ monitor })).use(router.routes()).callback();
    },
  ]),
];

describe.each(homes)('%s', (_name, home) => {
  async function start(work: Handler): Promise<TestMonitor & TestServer> {
    const test = testMonitor();
    return { ...test, ...(await serve(home(test.monitor, work))) };
  }

  test('a request makes one server span, named by its method and route', async () => {
    const { send } = await start(() => 'ok');
    await send('GET /t/acme/u/7?token=secret');
    const span = await onlySpan();
    expect(span.name).toBe('GET /t/:tenant/u/:id');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.route': '/t/:tenant/u/:id',
      'network.protocol.version': '1.1',
      'url.path': '/t/acme/u/7',
      'url.scheme': 'http',
    });
    expect(span.events).toEqual([]);
  });

  test("continues the caller's trace", async () => {
    const { send } = await start(() => 'ok');
    await send('GET /t/a/u/1', { headers: { traceparent } });
    const span = await onlySpan();
    expect(span.spanContext().traceId).toBe(TRACE_ID);
    expect(span.parentSpanContext?.spanId).toBe(PARENT_ID);
  });

  test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${PARENT_ID}-01`, `ff-${TRACE_ID}-${PARENT_ID}-01`, `00-${TRACE_ID}-${PARENT_ID}`])(
    'begins a trace where the traceparent is %j',
    async header => {
      const { send } = await start(() => 'ok');
      await send('GET /t/a/u/1', { headers: { traceparent: header } });
      expect((await onlySpan()).parentSpanContext).toBeUndefined();
    },
  );

  test('is the active span in the handler, also after waiting', async () => {
    const { send } = await start(async () => {
      await new Promise(resolve => setImmediate(resolve));
      return trace.getActiveSpan()?.spanContext().spanId;
    });
    const [one, other] = await Promise.all([send('GET /t/a/u/1'), send('GET /t/b/u/2')]);
    const all = await spans(2);
    expect(one.text).not.toBe(other.text);
    expect(all.map(span => span.spanContext().spanId).sort()).toEqual([one.text, other.text].sort());
  });

  test('is the parent of what the handler does', async () => {
    const { send, monitor } = await start(async () => monitor.traceFunction('work')(async () => Promise.resolve('ok'))());
    await send('GET /t/a/u/1');
    const all = await spans(2);
    const [work, server] = [all.find(({ name }) => name === 'work'), all.find(({ kind }) => kind === SpanKind.SERVER)];
    expect(work?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  });

  test('has the name that monitorApi gave', async () => {
    const { send } = await start(() => 'ok');
    await send('GET /nested');
    expect((await onlySpan()).name).toBe('GET named');
  });

  test('is an error where the handler failed, with what it threw', async () => {
    const { send } = await start(() => {
      throw new TypeError('no such table, password=hunter2');
    });
    await send('GET /t/a/u/1');
    const span = await onlySpan();
    expect(span.name).toBe('GET /t/:tenant/u/:id');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 500, 'error.type': 'TypeError' });
    expect(span.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'TypeError' } }]);
    expect(JSON.stringify(span.events[0]?.attributes)).toContain('no such table');
    expect(JSON.stringify([span.attributes, span.events.map(({ attributes }) => attributes), span.status])).not.toContain('hunter2');
  });

  test('is no error where the client is to blame', async () => {
    const { send } = await start(() => {
      throw Object.assign(new Error('not yours'), { status: 403 });
    });
    await send('GET /t/a/u/1');
    const span = await onlySpan();
    expect(span.attributes['http.response.status_code']).toBe(403);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.events).toEqual([]);
  });

  test('of a path that no route has is named by its method alone', async () => {
    const { send } = await start(() => 'ok');
    await send('GET /scan/7/wp-login.php');
    const span = await onlySpan();
    expect(span.name).toBe('GET');
    expect(span.attributes).not.toHaveProperty('http.route');
    expect(span.attributes['url.path']).toBe('/scan/7/wp-login.php');
  });

  test('ends as aborted where the client leaves', async () => {
    const { connect, idle, value } = await start(() => new Promise(() => {}));
    const client = await connect();
    client.send('GET /t/a/u/1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => value('http_requests_in_flight') === 1);
    client.leave();
    await idle();
    const span = await onlySpan();
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 499, 'sightline.aborted': true });
    expect(span.name).toBe('GET /t/:tenant/u/:id');
  });

  test('leads from the metrics to the trace, by an exemplar', async () => {
    const { send, monitor, idle } = await start(() => 'ok');
    await send('GET /t/a/u/1', { headers: { traceparent } });
    await idle();
    const { spanId } = (await onlySpan()).spanContext();
    const endpoint = await serve((request, response) => void monitor.metricsEndpoint().handle(request, response));
    const openMetrics = await endpoint.send('GET /', { headers: { accept: 'application/openmetrics-text' } });
    expect(openMetrics.text).toMatch(new RegExp(`_bucket\\{.*\\} 1 # \\{trace_id="${TRACE_ID}",span_id="${spanId}"\\} [\\d.e-]+ \\d+\\.\\d{3}\\n`));
    const text = await endpoint.send('GET /');
    expect(text.text).not.toContain('trace_id');
  });

  test('that is not sampled gives no exemplar', async () => {
    const { send, monitor, idle } = await start(() => 'ok');
    await send('GET /t/a/u/1', { headers: { traceparent: traceparent.replace(/01$/, '00') } });
    await idle();
    expect(exporter.getFinishedSpans()).toEqual([]);
    const endpoint = await serve((request, response) => void monitor.metricsEndpoint().handle(request, response));
    const { text } = await endpoint.send('GET /', { headers: { accept: 'application/openmetrics-text' } });
    expect(text).toContain('http_request_duration_seconds_bucket');
    expect(text).not.toContain('trace_id');
  });

  test('that others have made is enriched, and not doubled', async () => {
    const test = testMonitor();
    const listener = home(test.monitor, () => trace.getActiveSpan()?.spanContext().spanId);
    const tracer = trace.getTracer('instrumentation-http');
    const { send } = await serve((request, response) => {
      tracer.startActiveSpan('GET', { kind: SpanKind.SERVER }, span => {
        response.on('close', () => setImmediate(() => span.end()));
        listener(request, response);
      });
    });
    const { text } = await send('GET /t/a/u/1');
    const span = await onlySpan();
    expect(text).toBe(span.spanContext().spanId);
    expect(span.name).toBe('GET /t/:tenant/u/:id');
    expect(span.attributes).toEqual({ 'http.route': '/t/:tenant/u/:id' });
  });

  test('is its own where the server was started inside of another span', async () => {
    const test = testMonitor();
    const listener = home(test.monitor, () => 'ok');
    const { send } = await trace.getTracer('boot').startActiveSpan('boot', async (span: Span) => {
      const server = await serve(listener);
      span.end();
      return server;
    });
    await send('GET /t/a/u/1', { headers: { traceparent } });
    const [boot, request] = await spans(2);
    expect([boot?.name, boot?.attributes]).toEqual(['boot', {}]);
    expect(request?.name).toBe('GET /t/:tenant/u/:id');
    expect(request?.spanContext().traceId).toBe(TRACE_ID);
  });
});

describe('tracing', () => {
  test.each(Object.entries(oddErrors))('takes %s as an error', async (_name, error) => {
    const { monitor, log } = testMonitor();
    const app = expressVersions[0]?.app();
    app.use(forExpress.monitorRequests({ monitor }));
    app.get('/x', (_req: App, _res: App, next: App) => next(error));
    app.use((_error: unknown, _req: App, res: App, _next: App) => res.status(503).end());
    const { send } = await serve(app);
    const { status } = await send('GET /x');
    const span = await onlySpan();
    expect(span.attributes['http.response.status_code']).toBe(status);
    expect(span.status.code).toBe(status >= 500 ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    expect(log).toEqual([]);
  });

  test('off makes no span, and no exemplar', async () => {
    const { monitor, requests } = testMonitor({ tracing: false });
    const { send } = await serve(monitored({ monitor }, (_request, response) => response.end(trace.getActiveSpan() ? 'span' : 'none')));
    expect((await send('GET /')).text).toBe('none');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  test('where nothing is sampled records metrics as ever', async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    registerProvider(new TraceIdRatioBasedSampler(0));
    const { monitor, requests } = testMonitor();
    const { send } = await serve(monitored({ monitor }, (_request, response) => response.end()));
    await send('GET /');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  test('with two monitors makes one span', async () => {
    const [one, other] = [testMonitor(), testMonitor()];
    const app = expressVersions[0]?.app();
    for (const { monitor } of [one, other]) app.use(forExpress.monitorRequests({ monitor }));
    app.get('/u/:id', (_req: App, res: App) => res.send('ok'));
    const { send } = await serve(app);
    await send('GET /u/1');
    for (const { requests } of [one, other]) expect(await requests()).toEqual({ 'GET /u/:id 200': 1 });
    expect((await onlySpan()).name).toBe('GET /u/:id');
  });

  test('by monitorApi alone makes the span active in the handler, and notes what it threw', async () => {
    const { monitor } = testMonitor();
    const active = (): string => trace.getActiveSpan()?.spanContext().spanId ?? 'none';
    const app = expressVersions[0]?.app();
    app.get('/middleware', monitor.monitorApi('middleware'), (_req: App, res: App) => res.send(active()));
    app.get('/wrapper', monitor.monitorApi('wrapper')(async (_req: App, res: App) => (await Promise.resolve(), res.send(active()))));
    app.get('/broken', monitor.monitorApi('broken')(() => Promise.reject(new RangeError('broken'))));
    const { send } = await serve(app);
    for (const name of ['middleware', 'wrapper']) {
      const { text } = await send(`GET /${name}`);
      const span = await onlySpan();
      expect([span.name, span.spanContext().spanId]).toEqual([`GET ${name}`, text]);
      exporter.reset();
    }
    await send('GET /broken');
    expect((await onlySpan()).attributes).toMatchObject({ 'error.type': 'RangeError' });
    exporter.reset();

    const [version] = koaVersions as [(typeof koaVersions)[number]];
    const router = version.router().get('/koa', monitor.monitorApi('koa'), async (ctx: Context) => (await Promise.resolve(), (ctx.body = active())));
    router.get('/koa-broken', monitor.monitorApi('koa-broken'), (_ctx: Context, _next: Next) => {
      throw new RangeError('broken');
    });
    const koa = await serve(version.app().use(router.routes()).callback());
    const { text } = await koa.send('GET /koa');
    expect((await onlySpan()).spanContext().spanId).toBe(text);
    exporter.reset();
    await koa.send('GET /koa-broken');
    expect((await onlySpan()).attributes).toMatchObject({ 'error.type': 'RangeError' });
  });

  test('notes the path alone: no query, host or password, also under a mount', async () => {
    const { monitor } = testMonitor();
    const inner = expressVersions[0]?.app().use(forExpress.monitorRequests({ monitor }));
    inner.get('/u/:id', (_req: App, res: App) => res.send('ok'));
    const { connect } = await serve(expressVersions[0]?.app().use('/in', inner));
    const client = await connect();
    client.send('GET http://ada:secret@example.com/in/u/7?token=secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await client.closed();
    const span = await onlySpan();
    expect(span.attributes).toMatchObject({ 'url.path': '/in/u/7', 'http.route': '/in/u/:id' });
    expect(JSON.stringify(span.attributes)).not.toContain('secret');
  });

  test('works for a request without a socket', async () => {
    const { monitor, log } = testMonitor();
    const { IncomingMessage, ServerResponse } = await import('node:http');
    const request = new IncomingMessage(undefined as any);
    Object.assign(request, { method: 'GET', url: '/x', headers: {} });
    const response = new ServerResponse(request);
    monitored({ monitor }, (_request, res) => res.writeHead(204).end())(request, response);
    response.emit('close');
    expect((await onlySpan()).attributes).toMatchObject({ 'http.response.status_code': 204, 'url.scheme': 'http' });
    expect(log).toEqual([]);
  });
});
