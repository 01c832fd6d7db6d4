import { context, createTraceState, propagation, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { extractHeaders, injectHeaders, traceHeaders } from '../../src/tracing/propagation.js';
import { startHttpTarget } from '../support/http-target.js';
import { cleanUp, setUpInMemory, setUpTracing } from './set-up.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

afterEach(cleanUp);

function withSpan(traceState?: string, traceFlags = 1): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    traceFlags,
    ...(traceState && { traceState: createTraceState(traceState) }),
  });
}

function inTrace<T>(work: () => T, traceState?: string): T {
  return context.with(withSpan(traceState), work);
}

// Once with OpenTelemetry's own propagator, once where none is registered.
describe.each(['a registered propagator', 'no propagator'])('with %s', which => {
  beforeEach(() => {
    if (which === 'a registered propagator') setUpInMemory();
    else context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });

  test('an object is copied, and keeps its other headers', () => {
    const headers = { accept: 'application/json', 'x-many': ['a', 'b'], TraceParent: 'old' };
    const injected = inTrace(() => injectHeaders(headers));

    expect(injected).toEqual({ accept: 'application/json', 'x-many': ['a', 'b'], traceparent: TRACEPARENT });
    expect(headers.TraceParent).toBe('old');
  });

  test('Headers stay Headers', () => {
    const headers = new Headers({ accept: 'text/html', traceparent: 'old' });
    const injected = inTrace(() => injectHeaders(headers), 'vendor=1');

    expect(injected).toBeInstanceOf(Headers);
    expect([...injected]).toEqual([
      ['accept', 'text/html'],
      ['traceparent', TRACEPARENT],
      ['tracestate', 'vendor=1'],
    ]);
    expect(headers.get('traceparent')).toBe('old');
  });

  test('pairs stay pairs', () => {
    const pairs: [string, string][] = [['Accept', 'a'], ['Accept', 'b'], ['Traceparent', 'old']];
    const injected = inTrace(() => injectHeaders(pairs));

    expect(injected).toEqual([['Accept', 'a'], ['Accept', 'b'], ['traceparent', TRACEPARENT]]);
    expect(pairs).toHaveLength(3);
  });

  test('nothing given is an object with only these', () => {
    expect(inTrace(() => injectHeaders(), 'a=1,b=2')).toEqual({ traceparent: TRACEPARENT, tracestate: 'a=1,b=2' });
    expect(inTrace(() => traceHeaders())).toEqual({ traceparent: TRACEPARENT });
  });

  test('without a trace a copy is given, with nothing added', () => {
    const headers = { a: 'b' };

    expect(injectHeaders(headers)).toEqual({ a: 'b' });
    expect(injectHeaders(headers)).not.toBe(headers);
    expect(traceHeaders()).toEqual({});
  });

  test('a trace that is not recorded is passed on as such', () => {
    expect(context.with(withSpan(undefined, 0), traceHeaders)).toEqual({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-00` });
  });

  test("a caller's trace is read from a request's headers", () => {
    const extracted = extractHeaders({ traceparent: TRACEPARENT, tracestate: 'vendor=1', host: 'x' });
    const span = trace.getSpanContext(extracted);

    expect(span).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(span?.traceState?.get('vendor')).toBe('1');
  });

  test('the trace that is active when a request comes is not taken for its caller', () => {
    expect(inTrace(() => trace.getSpanContext(extractHeaders({})))).toBeUndefined();
  });

  test.each([
    'nonsense',
    '',
    `00-${TRACE_ID}-${SPAN_ID}`,
    `00-${TRACE_ID}-${SPAN_ID}-01-extra`,
    `ff-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
    `${TRACEPARENT}, ${TRACEPARENT}`,
    'x'.repeat(100_000),
  ])('a malformed traceparent is ignored: %.60s', traceparent => {
    expect(trace.getSpanContext(extractHeaders({ traceparent }))).toBeUndefined();
  });

  test('a later version is read as far as it is known', () => {
    expect(trace.getSpanContext(extractHeaders({ traceparent: `cc-${TRACE_ID}-${SPAN_ID}-01-what-else` }))).toMatchObject({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
    });
  });

  test('what is injected can be extracted', () => {
    const extracted = extractHeaders(inTrace(() => injectHeaders(), 'a=1'));

    expect(trace.getSpanContext(extracted)).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 });
  });
});

test('a propagator of the app is used, with the headers it knows', () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator({
    fields: () => ['B3'],
    inject: (_, carrier, setter) => {
      setter.set(carrier, 'B3', '1');
    },
    extract: (base, carrier, getter) =>
      getter.get(carrier, 'B3') === '1' ? trace.setSpanContext(base, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }) : base,
  });

  expect(injectHeaders({ B3: 'old' })).toEqual({ b3: '1' });
  expect(trace.getSpanContext(extractHeaders({ b3: '1' }))?.traceId).toBe(TRACE_ID);
});

describe('the methods of a Tracing', () => {
  test('do the same where tracing is active', () => {
    const { tracing } = setUpInMemory();

    expect(inTrace(() => tracing.injectHeaders({ a: 'b' }))).toEqual({ a: 'b', traceparent: TRACEPARENT });
    expect(inTrace(() => tracing.traceHeaders())).toEqual({ traceparent: TRACEPARENT });
    expect(trace.getSpanContext(tracing.extract({ traceparent: TRACEPARENT }))?.traceId).toBe(TRACE_ID);
  });

  test('add and read nothing where it is off', () => {
    setUpInMemory();
    const { tracing } = setUpTracing({ options: false });

    expect(inTrace(() => tracing.injectHeaders({ a: 'b' }))).toEqual({ a: 'b' });
    expect(inTrace(() => tracing.traceHeaders())).toEqual({});
    expect(tracing.extract({ traceparent: TRACEPARENT })).toBe(ROOT_CONTEXT);
  });

  test('a fault in a propagator is no harm', () => {
    const { tracing, errorsTotal } = setUpInMemory();
    propagation.disable();
    const fail = (): never => {
      throw new Error('broken');
    };
    propagation.setGlobalPropagator({ fields: () => ['x'], inject: fail, extract: fail });

    expect(tracing.injectHeaders({ a: 'b' })).toEqual({ a: 'b' });
    expect(tracing.traceHeaders()).toEqual({});
    expect(tracing.extract({})).toBe(ROOT_CONTEXT);
    expect(errorsTotal()).toEqual({ tracing: 3 });
  });
});

test('fetch and http.request take the headers', async () => {
  setUpInMemory();
  const seen: unknown[] = [];
  const target = await startHttpTarget((incoming, _, response) => {
    seen.push([incoming.headers['traceparent'], incoming.headers['x-a']]);
    response.end();
  });
  try {
    for (const headers of [{ 'x-a': '1' }, new Headers({ 'x-a': '1' }), [['x-a', '1']] as [string, string][]]) {
      await (await inTrace(() => fetch(target.url, { headers: injectHeaders(headers) }))).text();
    }
    const sent = request(target.url, { headers: inTrace(() => injectHeaders({ 'x-a': '1' })) }).end();
    const [response] = await once(sent, 'response');
    response.resume();

    expect(seen).toEqual(Array(4).fill([TRACEPARENT, '1']));
  } finally {
    await target.close();
  }
});
