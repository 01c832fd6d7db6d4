import { describe, expect, test } from 'vitest';
import { createInstrument, type AnyFunction } from '../../src/core/instrument.js';
import { recorder } from '../core/recorder.js';

describe('a wrapped function has a prototype only where the function has one', () => {
  test.each<[string, AnyFunction]>([
    ['arrow function', () => {}],
    ['async function', async function () {}],
    ['method', { run() {} }.run],
  ])('not of an %s', (_, fn) => {
    expect(recorder().instrument(fn).prototype).toBeUndefined();
  });
});

test('a legacy decorator in a class with a static member called name gets no odd class name', () => {
  const sites: unknown[] = [];
  const instrument = createInstrument(site => {
    sites.push(site.className);
    return { begin: () => undefined, fault() {} };
  });
  class Product {
    static name(): string {
      return 'a product';
    }
    buy(): void {}
  }
  instrument(Product.prototype, 'buy', Object.getOwnPropertyDescriptor(Product.prototype, 'buy') as TypedPropertyDescriptor<() => void>);

  expect(sites).toEqual(['']);
});
