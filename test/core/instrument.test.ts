import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createInstrument, type AnyFunction } from '../../src/core/instrument.js';
import { isSightlineError } from '../../src/core/errors.js';
import { callContext, recorder } from './recorder.js';

describe('a wrapped function', () => {
  test('gives what the function gives, and is observed', () => {
    const { instrument, events } = recorder();
    const add = instrument((a: number, b: number) => a + b);

    expect(add(1, 2)).toBe(3);
    expect(events).toEqual(['begin', 'succeed 3']);
  });

  test('passes this and all arguments on, also more than are declared', () => {
    const { instrument, calls } = recorder();
    const seen: unknown[] = [];
    const fn = instrument(function (this: unknown, ..._: unknown[]) {
      // eslint-disable-next-line prefer-rest-params
      seen.push(this, ...Array.from(arguments));
    });
    const self = { name: 'self' };
    fn.call(self, 1, 'two', undefined);

    expect(seen).toEqual([self, 1, 'two', undefined]);
    expect(calls).toEqual([{ self, args: [1, 'two', undefined] }]);
  });

  test('has no this where it is called without one', () => {
    const { instrument } = recorder();
    const fn = instrument(function (this: unknown) {
      return this;
    });

    expect(fn()).toBeUndefined();
    expect(fn.call(null)).toBeNull();
    expect(fn.call(7)).toBe(7);
  });

  test.each([undefined, null, 0, '', false, NaN, 10n, Symbol.iterator])('gives %o as it is', value => {
    const { instrument, ends } = recorder();

    expect(instrument(() => value)()).toBe(value);
    expect(ends).toEqual([{ how: 'succeed', value }]);
  });

  test.each<[string, object]>([
    ['an object', {}],
    ['an array', [1]],
    ['a function', () => {}],
    ['a class', class {}],
    ['a frozen object', Object.freeze({ a: 1 })],
    ['an object without a prototype', Object.create(null) as object],
    ['a Map and its iterator', new Map([[1, 2]]).entries()],
    ['a proxy', new Proxy({}, {})],
    ['a promise-like whose then is no function', { then: 'later' }],
  ])('gives %s as it is, at once', (_, value) => {
    const { instrument, events } = recorder();

    expect(instrument(() => value)()).toBe(value);
    expect(events).toHaveLength(2);
    expect(Reflect.ownKeys(value)).toEqual(Reflect.ownKeys(value).filter(key => key !== 'next'));
  });

  test('throws the very same error', () => {
    const { instrument, events, ends } = recorder();
    const error = new Error('no');
    const fn = instrument(() => {
      throw error;
    });

    let caught: unknown;
    try {
      fn();
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBe(error);
    expect(events).toEqual(['begin', 'fail no']);
    expect(ends[0]?.value).toBe(error);
  });

  test.each([undefined, null, 'text', 0])('throws %o, too', thrown => {
    const { instrument, ends } = recorder();
    const fn = instrument(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything can be thrown
      throw thrown;
    });

    let caught: unknown = 'nothing';
    try {
      fn();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
    expect(ends).toEqual([{ how: 'fail', value: thrown }]);
  });

  test('runs in the context of its observation, and only it', () => {
    const { instrument } = recorder('inside');

    expect(instrument(() => callContext.getStore())()).toBe('inside');
    expect(callContext.getStore()).toBeUndefined();
  });

  test('runs in the context of both, wrapped twice', () => {
    const outer = recorder('outer');
    const inner = recorder('inner');
    const seen: unknown[] = [];
    outer.instrument(inner.instrument(() => seen.push(callContext.getStore())))();

    expect(seen).toEqual(['inner']);
    expect([outer.events, inner.events]).toEqual([['begin', 'succeed 1'], ['begin', 'succeed 1']]);
  });

  test('recursing is observed at each depth', () => {
    const { instrument, events } = recorder();
    const factorial: (n: number) => number = instrument((n: number): number => (n <= 1 ? 1 : n * factorial(n - 1)));

    expect(factorial(3)).toBe(6);
    expect(events).toEqual(['begin', 'begin', 'begin', 'succeed 1', 'succeed 2', 'succeed 6']);
  });

  test('is another one at each wrapping; the given one stays as it was', () => {
    const { instrument, events } = recorder();
    const fn = (): number => 1;
    const wrapped = instrument(fn);

    expect(wrapped).not.toBe(fn);
    expect(instrument(fn)).not.toBe(wrapped);
    fn();
    expect(events).toEqual([]);
  });

  test('knows the site it was wrapped at', () => {
    const { instrument, sites } = recorder();
    instrument(function gradeEssay() {});
    instrument(() => {});

    expect(sites).toEqual([{ name: 'gradeEssay', isMethod: false }, { name: 'anonymous', isMethod: false }]);
  });
});

describe('what a wrapped function looks like', () => {
  const { instrument } = recorder();

  test('name and length, so that Express sees an error handler', () => {
    const onError = (_error: Error, _req: object, _res: object, _next: () => void): void => {};
    const wrapped = instrument(onError);

    expect(wrapped).toHaveLength(4);
    expect(wrapped.name).toBe('onError');
    expect(instrument(() => {})).toHaveLength(0);
    expect(Object.getOwnPropertyDescriptor(wrapped, 'name')).toMatchObject({ configurable: true, enumerable: false, writable: false });
  });

  test('own properties, also those that are set later, without writing through', () => {
    const fn = Object.assign(() => {}, { schema: { type: 'object' }, [Symbol.for('meta')]: 1 });
    const wrapped = instrument(fn);
    expect(wrapped.schema).toBe(fn.schema);
    expect(wrapped[Symbol.for('meta') as unknown as 'schema']).toBe(1);

    const late = fn as { late?: number };
    late.late = 1;
    expect((wrapped as { late?: number }).late).toBe(1);
    (wrapped as { late?: number }).late = 2;
    expect(late.late).toBe(1);
  });

  test('the kind of function', () => {
    const asyncFunction = instrument(async () => {});
    const generator = instrument(function* () {});
    const asyncGenerator = instrument(async function* () {});

    expect(Object.prototype.toString.call(asyncFunction)).toBe('[object AsyncFunction]');
    expect(asyncFunction.constructor.name).toBe('AsyncFunction');
    expect(asyncFunction instanceof (async () => {}).constructor).toBe(true);
    expect(Object.prototype.toString.call(generator)).toBe('[object GeneratorFunction]');
    expect(Object.prototype.toString.call(asyncGenerator)).toBe('[object AsyncGeneratorFunction]');
  });

  test('the prototype of a generator function, which its objects inherit from', () => {
    const numbers = function* (): Generator<number> {
      yield 1;
    };
    const wrapped = instrument(numbers);

    expect(wrapped()).toBeInstanceOf(numbers);
    expect(wrapped.prototype).toBe(numbers.prototype);
  });
});

describe('a wrapped class', () => {
  class Grader {
    static version = 2;
    readonly #factor: number;
    readonly target: unknown;
    constructor(factor: number) {
      this.#factor = factor;
      this.target = new.target;
    }
    grade(points: number): number {
      return points * this.#factor;
    }
  }

  test('is constructed, inherited from, and recognised', () => {
    const { instrument, events } = recorder();
    const Wrapped = instrument(Grader as unknown as AnyFunction) as unknown as typeof Grader;
    const grader = new Wrapped(2);
    expect(grader.grade(21)).toBe(42);
    expect(grader).toBeInstanceOf(Grader);
    expect(grader).toBeInstanceOf(Wrapped);
    expect(grader.target).toBe(Grader);
    expect(Wrapped.version).toBe(2);

    class Strict extends Wrapped {}
    const strict = new Strict(3);
    expect(strict).toBeInstanceOf(Strict);
    expect(strict.grade(2)).toBe(6);
    expect(strict.target).toBe(Strict);
    expect(events).toEqual([]);
  });

  test('still cannot be called', () => {
    const { instrument, events } = recorder();

    expect(() => instrument(Grader as unknown as AnyFunction)()).toThrow(/cannot be invoked without 'new'/);
    expect(events).toHaveLength(2);
  });
});

test('new on what is no constructor fails as without us', () => {
  const { instrument } = recorder();

  expect(() => new (instrument(() => {}) as unknown as new () => object)()).toThrow(TypeError);
});

describe('a TC39 decorator', () => {
  test('on a method keeps this and what the class looks like', () => {
    const { instrument, events, sites } = recorder();
    class Counter {
      count = 0;
      @instrument
      increase(by: number): number {
        return (this.count += by);
      }
    }

    expect(new Counter().increase(2)).toBe(2);
    expect(events).toEqual(['begin', 'succeed 2']);
    expect(sites).toEqual([{ name: 'increase', isMethod: true }]);
    expect(Counter.prototype.increase).toHaveLength(1);
    expect(Object.keys(Counter.prototype)).toEqual([]);
  });

  test('on a static method', () => {
    const { instrument, calls } = recorder();
    class Maths {
      static base = 10;
      @instrument
      static add(n: number): number {
        return this.base + n;
      }
    }

    expect(Maths.add(1)).toBe(11);
    expect(calls[0]?.self).toBe(Maths);
  });

  test('on a private method', () => {
    const { instrument, events, sites } = recorder();
    class Vault {
      @instrument
      #open(code: string): string {
        return `${code}!`;
      }
      tryOpen(): string {
        return this.#open('1234');
      }
    }

    expect(new Vault().tryOpen()).toBe('1234!');
    expect(events).toEqual(['begin', 'succeed 1234!']);
    expect(sites[0]?.name).toBe('#open');
  });

  test('on a field that holds a function, once for each object', () => {
    const { instrument, events, sites } = recorder();
    class Button {
      readonly label = 'ok';
      @instrument
      onClick = (): string => this.label;
    }
    const [one, other] = [new Button(), new Button()];
    const { onClick } = one;

    expect(onClick()).toBe('ok');
    expect(one.onClick).not.toBe(other.onClick);
    expect(events).toEqual(['begin', 'succeed ok']);
    expect(sites).toEqual([{ name: 'onClick', isMethod: true }, { name: 'onClick', isMethod: true }]);
  });

  test('on a private static field and under a symbol', () => {
    const { instrument, events, sites } = recorder();
    const key = Symbol('key');
    class Subject {
      @instrument
      static #run = (): number => 1;
      static run(): number {
        return this.#run();
      }
      @instrument
      [key](): number {
        return 2;
      }
    }

    expect([Subject.run(), new Subject()[key]()]).toEqual([1, 2]);
    expect(events).toHaveLength(4);
    expect(sites.map(({ name }) => name).sort()).toEqual(['#run', 'Symbol(key)']);
  });

  test('on async and generator methods', async () => {
    const { instrument, events } = recorder();
    class Source {
      @instrument
      async load(): Promise<string> {
        return 'loaded';
      }
      @instrument
      *numbers(): Generator<number, string> {
        yield 1;
        return 'end';
      }
    }

    await expect(new Source().load()).resolves.toBe('loaded');
    expect([...new Source().numbers()]).toEqual([1]);
    expect(events).toEqual(['begin', 'succeed loaded', 'begin', 'restart', 'succeed end']);
  });

  test('beside others, in the order they stand', () => {
    const outer = recorder('outer');
    const inner = recorder('inner');
    class Subject {
      @outer.instrument
      @inner.instrument
      where(): unknown {
        return callContext.getStore();
      }
    }

    expect(new Subject().where()).toBe('inner');
    expect(outer.events).toEqual(['begin', 'succeed inner']);
  });

  test('on an inherited method sees calls through super', () => {
    const { instrument, events } = recorder();
    class Base {
      @instrument
      name(): string {
        return 'base';
      }
    }
    class Derived extends Base {
      override name(): string {
        return `derived ${super.name()}`;
      }
    }

    expect(new Derived().name()).toBe('derived base');
    expect(events).toEqual(['begin', 'succeed base']);
  });
});

describe('refused where it stands, with a clear error', () => {
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      expect(isSightlineError(error)).toBe(true);
      expect(error).toMatchObject({ code: 'SIGHTLINE_INVALID_TARGET' });
      return (error as Error).message;
    }
    throw new Error('it was accepted');
  };
  const decorate = recorder().instrument as unknown as (value: unknown, context: unknown) => undefined;

  test('a getter', () => {
    expect(
      refusal(() => {
        class Subject {
          @(decorate)
          get value(): number {
            return 1;
          }
        }
        return Subject;
      }),
    ).toBe('An instrument wraps a function, or decorates a method or a field that holds a function; got a getter.');
  });

  test.each([
    ['setter', 'a setter'],
    ['accessor', 'an accessor'],
    ['class', 'a class'],
  ])('%s', (kind, shown) => {
    expect(refusal(() => decorate(() => {}, { kind, name: 'x' }))).toContain(`got ${shown}.`);
  });

  test('a field that holds no function', () => {
    expect(
      refusal(() => {
        class Subject {
          @(decorate)
          value = 7;
        }
        return new Subject();
      }),
    ).toContain('got 7.');
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['name', 'name'],
    [{ a: 1 }, 'an object with keys {a}'],
    [Promise.resolve(), 'an object with keys {}'],
  ])('%o in place of a function', (value, shown) => {
    expect(refusal(() => (recorder().instrument as unknown as (value: unknown) => unknown)(value))).toContain(`got ${shown}.`);
  });
});

describe('an observer', () => {
  test('that throws in begin is told of it, and the call goes on', () => {
    const faults: unknown[] = [];
    const error = new Error('no monitor');
    const instrument = createInstrument(() => ({
      begin() {
        throw error;
      },
      fault: fault => void faults.push(fault),
    }));

    expect(instrument((n: number) => n + 1)(1)).toBe(2);
    expect(() => instrument(() => JSON.parse('{') as unknown)()).toThrow(SyntaxError);
    expect(faults).toEqual([error, error]);
  });

  test('that lets a call pass sees nothing of it', async () => {
    const instrument = createInstrument(() => ({ begin: () => undefined, fault() {} }));
    const promise = Promise.resolve(1);

    expect(instrument(() => promise)()).toBe(promise);
    expect(instrument(() => 1)()).toBe(1);
  });
});

describe('used as middleware', () => {
  const given: unknown[][] = [];
  const instrument = createInstrument(
    () => ({ begin: () => undefined, fault() {} }),
    args => {
      given.push([...args]);
      return 'answered';
    },
  ) as unknown as (...args: unknown[]) => unknown;
  const next = (): void => {};

  test('it gets what Express and Koa call it with, and gives what it answers', () => {
    expect(instrument({ req: 1 }, { res: 1 }, next)).toBe('answered');
    expect(instrument({ ctx: 1 }, next)).toBe('answered');
    expect(given).toEqual([[{ req: 1 }, { res: 1 }, next], [{ ctx: 1 }, next]]);
  });

  test('it still wraps and decorates', () => {
    expect(instrument(next)).toBeTypeOf('function');
    expect(instrument(next, { kind: 'method', name: 'x' })).toBeTypeOf('function');
    expect(instrument(undefined, { kind: 'field', name: 'x' })).toBeTypeOf('function');
    expect(instrument({}, 'x', { value: next })).toBeUndefined();
    expect(given).toHaveLength(2);
  });
});

test('a function of another realm is wrapped as any other', () => {
  const { instrument, events } = recorder();
  const foreign = runInNewContext('(function double(n) { return n * 2; })') as (n: number) => number;

  expect(instrument(foreign)(21)).toBe(42);
  expect(instrument(foreign).name).toBe('double');
  expect(events).toEqual(['begin', 'succeed 42']);
});
