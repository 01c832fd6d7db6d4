import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTraceFunction } from '../../src/tracing/trace-function.js';
import { cleanUp, only, setUpInMemory, setUpTracing, type TestTracing } from './set-up.js';

let test_: ReturnType<typeof setUpInMemory>;
beforeEach(() => {
  test_ = setUpInMemory();
});
afterEach(cleanUp);

function traceFunction(...args: Parameters<TestTracing['tracing']['traceFunction']>) {
  return test_.tracing.traceFunction(...args);
}

async function spans(): Promise<ReadableSpan[]> {
  return test_.finished();
}

/** Whether `child` was made within `parent`. */
function expectChild(child: ReadableSpan | undefined, parent: ReadableSpan | undefined): void {
  expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
  expect(child?.spanContext().traceId).toBe(parent?.spanContext().traceId);
}

/** A span made in whatever context is active. */
function innerSpan(name = 'inner'): void {
  test_.tracing.tracer.startSpan(name).end();
}

describe('the span of a wrapped function', () => {
  test("has the given name, and the plan's attributes beside the given ones", async () => {
    const parse = traceFunction('grade.parse', { 'essay.kind': 'cet4' })(function parseEssay(text: string) {
      return text.length;
    });

    expect(parse('abc')).toBe(3);
    const span = only(await spans());
    expect(span.name).toBe('grade.parse');
    expect(span.attributes).toEqual({
      'essay.kind': 'cet4',
      'function.name': 'parseEssay',
      'function.module': 'test/tracing/trace-function.test.ts',
      success: true,
    });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.ended).toBe(true);
  });

  test("has the function's name where none is given", async () => {
    function parseEssay(): void {}
    traceFunction()(parseEssay)();
    traceFunction()(() => {})();

    expect((await spans()).map(({ name }) => name)).toEqual(['parseEssay', 'anonymous']);
  });

  test('is active while the function runs, so that spans within are its children', async () => {
    const outer = traceFunction('outer')(() => {
      traceFunction('middle')(() => {
        innerSpan();
      })();
    });
    outer();

    const [inner, middle, top] = await spans();
    expectChild(inner, middle);
    expectChild(middle, top);
    expect(top?.parentSpanContext).toBeUndefined();
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  test('is a child of the span that is active', async () => {
    const parent = test_.tracing.tracer.startSpan('parent');
    context.with(trace.setSpan(context.active(), parent), traceFunction('child')(() => {}));
    parent.end();

    const [child, top] = await spans();
    expectChild(child, top);
  });

  test('passes this, arguments and result on', async () => {
    const object = { factor: 2, times: traceFunction()(function (this: { factor: number }, n: number) {
      return n * this.factor;
    }) };

    expect(object.times(21)).toBe(42);
    expect(object.times).toHaveLength(1);
    await spans();
  });
});

describe('the span of a call that fails', () => {
  test('has the error and its type and message, and the caller gets the very same error', async () => {
    class GradingError extends Error {}
    const error = new GradingError('no such essay');
    const grade = traceFunction('grade')(() => {
      throw error;
    });

    expect(grade).toThrow(error);
    const span = only(await spans());
    expect(span.attributes).toMatchObject({ success: false, 'error.type': 'GradingError', 'error.message': 'no such essay' });
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such essay' });
    expect(only(span.events)).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'GradingError',
        'exception.message': 'no such essay',
        'exception.stacktrace': expect.stringContaining('trace-function.test.ts'),
      },
    });
  });

  test('holds no secret and no endless text', async () => {
    const long = 'x'.repeat(100_000);
    const grade = traceFunction('grade')(() => {
      throw new Error(`connect postgres://app:hunter2@db failed, api_key=s3cr3t ${long}`);
    });

    expect(grade).toThrow();
    const span = only(await spans());
    const text = JSON.stringify([span.attributes, span.events, span.status]);
    expect(text).not.toMatch(/hunter2|s3cr3t/);
    expect(text.length).toBeLessThan(12_000);
    // The frames are still there.
    expect(span.events[0]?.attributes?.['exception.stacktrace']).toContain('trace-function.test.ts');
  });

  test.each<[string, unknown, string, string]>([
    ['a string', 'just text', 'string', 'just text'],
    ['undefined', undefined, 'undefined', 'undefined'],
    ['null', null, 'null', 'null'],
    ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
    ['an object', { message: 'hm' }, 'Object', 'hm'],
    ['an object without a message', { a: 1 }, 'Object', 'an object with keys {a}'],
    ['a revoked proxy', revokedProxy(), 'Object', 'an object'],
  ])('can be one that throws %s', async (_, thrown, type, message) => {
    const throwing = traceFunction('f')(() => {
      throw thrown;
    });

    expect(caughtFrom(throwing) === thrown).toBe(true);
    expect(only(await spans()).attributes).toMatchObject({ 'error.type': type, 'error.message': message, success: false });
  });

  test('can be one whose error throws when it is read', async () => {
    const error = new Error('x');
    // The stack first: to replace it, the engine makes it up from the others.
    for (const key of ['stack', 'message', 'name', 'code', 'constructor']) {
      Object.defineProperty(error, key, {
        get() {
          throw new Error('gotcha');
        },
      });
    }

    expect(caughtFrom(traceFunction('f')(() => { throw error; })) === error).toBe(true);
    expect(only(await spans()).attributes).toMatchObject({ 'error.type': 'Error', success: false });
  });
});

/** What `fn` throws, unread. */
function caughtFrom(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('asynchronous functions', () => {
  test('the span ends when the promise does, and is active over awaits', async () => {
    let finish = (): void => {};
    const gate = new Promise<void>(resolve => (finish = resolve));
    const work = traceFunction('work')(async () => {
      await gate;
      innerSpan();
      return 7;
    });
    const result = work();
    expect(await spans()).toEqual([]);
    finish();

    expect(await result).toBe(7);
    const [inner, outer] = await spans();
    expectChild(inner, outer);
    expect(outer?.attributes['success']).toBe(true);
  });

  test('a rejection is recorded and passed on', async () => {
    const error = new TypeError('no');
    await expect(traceFunction('work')(() => Promise.reject(error))()).rejects.toBe(error);

    expect(only(await spans()).attributes).toMatchObject({ success: false, 'error.type': 'TypeError' });
  });

  test('calls at the same time keep their own contexts', async () => {
    const work = traceFunction('work')(async (name: string) => {
      await Promise.resolve();
      await Promise.resolve();
      innerSpan(name);
    });
    await Promise.all([work('a'), work('b')]);

    const all = await spans();
    const inner = all.filter(({ name }) => name !== 'work');
    const outer = all.filter(({ name }) => name === 'work');
    expect(new Set(inner.map(span => span.parentSpanContext?.spanId))).toEqual(new Set(outer.map(span => span.spanContext().spanId)));
    expect(inner).toHaveLength(2);
  });

  test('a lazy thenable starts its span when it is awaited, in its context, and keeps its identity', async () => {
    let runs = 0;
    const lazy = {
      then<R>(resolve: (value: string) => R) {
        runs++;
        innerSpan();
        return Promise.resolve('rows').then(resolve);
      },
    };
    const query = traceFunction('query')(() => lazy);
    expect(query()).toBe(lazy);
    expect(runs).toBe(0);
    expect(await spans()).toEqual([]);
    const awaited: unknown = await (lazy);

    expect(awaited).toBe('rows');
    const [inner, outer] = await spans();
    expectChild(inner, outer);
    expect(outer?.name).toBe('query');
  });
});

describe('generators', () => {
  test('the span covers the steps, each of which runs in its context', async () => {
    const count = traceFunction('count')(function* (to: number) {
      for (let i = 0; i < to; i++) {
        innerSpan(`step ${i}`);
        yield i;
      }
      return 'done';
    });
    const seen: number[] = [];
    for (const i of count(2)) {
      seen.push(i);
      // Between the steps the caller's own context is active.
      expect(trace.getActiveSpan()).toBeUndefined();
    }

    expect(seen).toEqual([0, 1]);
    const [first, second, outer] = await spans();
    expectChild(first, outer);
    expectChild(second, outer);
    expect(outer?.attributes).toMatchObject({ success: true, 'function.name': 'anonymous' });
  });

  test('break ends the span', async () => {
    const count = traceFunction('count')(function* () {
      for (let i = 0; ; i++) yield i;
    });
    for (const i of count()) if (i === 2) break;

    expect(only(await spans()).attributes['success']).toBe(true);
  });

  test('an asynchronous one keeps its context over awaits', async () => {
    const stream = traceFunction('stream')(async function* () {
      await Promise.resolve();
      innerSpan();
      yield 1;
      await Promise.resolve();
      throw new RangeError('broke off');
    });
    const drain = async (): Promise<void> => {
      for await (const item of stream()) expect(item).toBe(1);
    };

    await expect(drain()).rejects.toThrow('broke off');
    const [inner, outer] = await spans();
    expectChild(inner, outer);
    expect(outer?.attributes).toMatchObject({ success: false, 'error.type': 'RangeError' });
  });

  test('one that is never used has no span', async () => {
    traceFunction('unused')(function* () {
      yield 1;
    })();

    expect(await spans()).toEqual([]);
  });
});

describe('decorators', () => {
  test('a method: its name, and the class of the object it is called on', async () => {
    class Grader {
      constructor(readonly bonus: number) {}
      @traceFunction()
      grade(points: number): number {
        return points + this.bonus;
      }
    }
    class StrictGrader extends Grader {}

    expect(new Grader(1).grade(2)).toBe(3);
    expect(new StrictGrader(-1).grade(2)).toBe(1);
    expect((await spans()).map(({ name, attributes }) => [name, attributes['function.module']])).toEqual([
      ['grade', 'Grader'],
      ['grade', 'StrictGrader'],
    ]);
  });

  test('a static method: the class it is called on', async () => {
    class Grader {
      @traceFunction('make')
      static make(): string {
        return this.name;
      }
    }

    expect(Grader.make()).toBe('Grader');
    expect(only(await spans()).attributes).toMatchObject({ 'function.name': 'make', 'function.module': 'Grader' });
  });

  test('a private method and a field', async () => {
    class Grader {
      @traceFunction()
      readonly field = (): string => `${this.#hidden()}!`;
      @traceFunction()
      #hidden(): string {
        return 'hi';
      }
    }

    expect(new Grader().field()).toBe('hi!');
    const [hidden, field] = await spans();
    expect([hidden?.name, field?.name]).toEqual(['#hidden', 'field']);
    expectChild(hidden, field);
  });

  test('a method that lost its object has no module', async () => {
    class Grader {
      @traceFunction()
      grade(): void {}
    }
    const { grade } = new Grader();
    grade();
    grade.call(Object.create(null) as Grader);
    grade.call({ constructor: { name: 7 } } as unknown as Grader);

    expect((await spans()).map(({ attributes }) => attributes['function.module'])).toEqual(['', '', '']);
  });
});

describe('attributes', () => {
  test('are strings, numbers, booleans and arrays of one of these; anything else becomes a string', async () => {
    const unprintable = {
      toString() {
        throw new Error('no');
      },
    };
    traceFunction('f', {
      text: 'a',
      number: 1.5,
      truth: true,
      list: ['a', 'b'],
      numbers: [1, 2],
      mixed: ['a', 1, null],
      date: new Date(0),
      big: 10n,
      unprintable,
      nothing: null,
      missing: undefined,
      secret: 'password=hunter2',
      long: 'x'.repeat(5_000),
      '': 'no name',
    })(() => {})();

    const { attributes } = only(await spans());
    expect(attributes).toMatchObject({
      text: 'a',
      number: 1.5,
      truth: true,
      list: ['a', 'b'],
      numbers: [1, 2],
      mixed: ['a', '1', 'null'],
      date: String(new Date(0)),
      big: '10',
      unprintable: 'a value that cannot be shown',
      secret: 'password=[redacted]',
    });
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['nothing']));
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['missing']));
    expect(attributes['long']).toHaveLength(1_024);
  });

  test.each([[['a']], ['text'], [7]])('that are no object are refused: %j', attributes => {
    expect(() => traceFunction('f', attributes as never)).toThrow(expect.objectContaining({ option: 'attributes' }));
  });

  test('a decorator without its parentheses is refused, with what to write', () => {
    expect(() => traceFunction((() => {}) as never)).toThrow('@traceFunction()');
    expect(() => traceFunction('')).toThrow(expect.objectContaining({ option: 'name' }));
  });
});

describe('the module of a wrapped function', () => {
  test('is empty where the app prepares stacks in its own way, or has none', async () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    const wrapped: (() => void)[] = [];
    try {
      Error.prepareStackTrace = (_, sites) => sites;
      wrapped.push(traceFunction()(() => {}));
      Error.prepareStackTrace = undefined as never;
      Error.stackTraceLimit = 0;
      wrapped.push(traceFunction()(() => {}));
    } finally {
      Error.prepareStackTrace = prepareStackTrace as never;
      Error.stackTraceLimit = stackTraceLimit;
    }
    for (const fn of wrapped) fn();

    expect((await spans()).map(({ attributes }) => attributes['function.module'])).toEqual(['', '']);
  });
});

describe('where tracing is not active', () => {
  test('the function is called as it is, and traced as soon as there is a provider', async () => {
    await cleanUp();
    const { tracing } = setUpTracing();
    const active: unknown[] = [];
    const fn = tracing.traceFunction('f')(() => {
      active.push(trace.getActiveSpan());
      return 1;
    });

    expect(fn()).toBe(1);
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    expect(fn()).toBe(1);
    expect(active).toEqual([undefined, undefined]);
    expect(tracing.active).toBe(true);
  });
});

describe("a fault in the app's own tracing", () => {
  test('never reaches the caller; it is logged and counted', async () => {
    await cleanUp();
    const { tracing, log, errorsTotal } = setUpTracing();
    const fail = (): never => {
      throw new Error('broken processor');
    };
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [{ onStart() {}, onEnd: fail, forceFlush: async () => {}, shutdown: async () => {} }],
      }),
    );

    expect(tracing.traceFunction('f')(() => 1)()).toBe(1);
    await expect(tracing.traceFunction('f')(() => Promise.reject(new Error('own')))()).rejects.toThrow('own');
    expect(errorsTotal()).toEqual({ tracing: 2 });
    expect(only(log)).toContain('broken processor');
  });

  test('having no tracing at all leaves the call as it is', () => {
    const none = createTraceFunction(() => {
      throw new Error('no monitor');
    });

    expect(none('f')(() => 1)()).toBe(1);
  });

  test('a sampler that throws leaves the call untraced', async () => {
    await cleanUp();
    const { tracing, errorsTotal } = setUpTracing();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        sampler: {
          shouldSample() {
            throw new Error('broken sampler');
          },
        },
      }),
    );

    expect(tracing.traceFunction('f')(() => 1)()).toBe(1);
    expect(errorsTotal()).toEqual({ tracing: 1 });
  });
});
