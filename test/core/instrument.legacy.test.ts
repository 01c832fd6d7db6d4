import { describe, expect, test } from 'vitest';
import { isSightlineError } from '../../src/core/errors.js';
import { recorder } from './recorder.js';

describe('a legacy decorator', () => {
  test('on a method keeps this and what the class looks like, and sees the class', () => {
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
    expect(sites).toEqual([{ name: 'increase', className: 'Counter', isMethod: true }]);
    expect(Counter.prototype.increase).toHaveLength(1);
    expect(Object.getOwnPropertyDescriptor(Counter.prototype, 'increase')).toMatchObject({ writable: true, configurable: true });
  });

  test('on a static method', () => {
    const { instrument, calls, sites } = recorder();
    class Maths {
      static base = 10;
      @instrument
      static add(n: number): number {
        return this.base + n;
      }
    }

    expect(Maths.add(1)).toBe(11);
    expect(calls[0]?.self).toBe(Maths);
    expect(sites[0]).toMatchObject({ className: 'Maths', name: 'add' });
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

  test('under a symbol, and beside others in the order they stand', () => {
    const key = Symbol('key');
    const outer = recorder();
    const inner = recorder();
    class Subject {
      @outer.instrument
      @inner.instrument
      [key](): number {
        return 1;
      }
    }

    expect(new Subject()[key]()).toBe(1);
    expect([outer.sites[0]?.name, outer.events, inner.events]).toEqual(['Symbol(key)', ['begin', 'succeed 1'], ['begin', 'succeed 1']]);
  });

  test('still wraps functions', () => {
    const { instrument, events } = recorder();

    expect(instrument((n: number) => n + 1)(1)).toBe(2);
    expect(events).toEqual(['begin', 'succeed 2']);
  });
});

describe('refused where it stands, with a clear error', () => {
  const decorate = recorder().instrument as any;
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

  test('a getter', () => {
    const message = refusal(() => {
      class Subject {
        @decorate
        get value(): number {
          return 1;
        }
      }
      return Subject;
    });
    expect(message).toContain('got the accessor `value`.');
  });

  test('a field, which this mode decorates before it holds anything', () => {
    const message = refusal(() => {
      class Subject {
        @decorate
        onClick = (): void => {};
      }
      return Subject;
    });
    expect(message).toContain('got the field `onClick`.');
  });
});
