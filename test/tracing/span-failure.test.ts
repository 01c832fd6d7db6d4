import { SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { recordFailure } from '../../src/tracing/span-failure.js';
import { cleanUp, only, setUpInMemory } from './set-up.js';

afterEach(cleanUp);

async function record(error: unknown, options?: Parameters<typeof recordFailure>[2]) {
  const { tracing, finished } = setUpInMemory();
  const span = tracing.tracer.startSpan('x');
  const failure = recordFailure(span, error, options);
  span.end();
  const { attributes, status, events } = only(await finished());
  return { failure, attributes, status, event: only(events).attributes ?? {} };
}

function named(name: string, properties: object = {}): Error {
  return Object.assign(new Error('m'), { name, ...properties });
}

describe('error.type has few values', () => {
  class PlainSubclass extends Error {}
  class DatabaseError extends Error {
    override readonly name = 'error';
    readonly code = '23505';
  }

  test.each<[string, unknown, string]>([
    ['the class', new RangeError('x'), 'RangeError'],
    ['the class where it sets no name', new PlainSubclass('x'), 'PlainSubclass'],
    ['the name where one is set', named('AbortError'), 'AbortError'],
    ['not a name that is a text', named('User 7 not found'), 'Error'],
    ['the code of an error of no particular class', named('Error', { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['the code of an AggregateError', Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['not a code that is a text', named('Error', { code: 'no user 7' }), 'Error'],
    ['not a code that is a number', named('Error', { code: 500 }), 'Error'],
    ['the class of a pg error, whose name says nothing', new DatabaseError('x'), 'DatabaseError'],
    ['Error', new Error('x'), 'Error'],
    ['the kind of what is no error', 7, 'number'],
  ])('%s', async (_, error, expected) => {
    const { attributes, event } = await record(error);

    expect(attributes['error.type']).toBe(expected);
    expect(event['exception.type']).toBe(expected);
  });
});

test('status, message and stack, with secrets masked', async () => {
  const { status, event, failure, attributes } = await record(new Error('token=abc123 refused'));

  expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'token=[redacted] refused' });
  expect(event['exception.message']).toBe('token=[redacted] refused');
  expect(event['exception.stacktrace']).toMatch(/^Error: token=\[redacted\] refused\n\s+at /);
  expect(failure).toEqual({ type: 'Error', message: 'token=[redacted] refused', stack: event['exception.stacktrace'] });
  expect(Object.keys(attributes)).toEqual(['error.type']);
});

test('no message where it may quote data', async () => {
  const { status, event, attributes } = await record(named('MySqlError'), { message: false });

  expect(status).toEqual({ code: SpanStatusCode.ERROR });
  expect(event).toEqual({ 'exception.type': 'MySqlError' });
  expect(attributes).toEqual({ 'error.type': 'MySqlError' });
});

test('nothing where the span is not recorded', () => {
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 0 });

  expect(recordFailure(span, new Error('x'))).toBeUndefined();
});

test('a span that throws is no harm', () => {
  const { tracing } = setUpInMemory();
  const span = tracing.tracer.startSpan('x');
  span.setAttribute = () => {
    throw new Error('no');
  };

  expect(() => recordFailure(span, new Error('x'))).not.toThrow();
});
