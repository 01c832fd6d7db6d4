import type { AnyFunction, Instrument } from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

declare const instrument: Instrument;

// A wrapped function has the type it had: overloads, generics, this, and all.

declare function plain(a: number, b?: string): boolean;
export const plainWrapped = instrument(plain);
export type PlainIsKept = Expect<Equal<typeof plainWrapped, typeof plain>>;

interface Overloaded {
  (id: number): Promise<string>;
  (name: string, exact: boolean): Promise<string[]>;
}
declare const overloaded: Overloaded;
export const overloadedWrapped = instrument(overloaded);
export type OverloadsAreKept = Expect<Equal<typeof overloadedWrapped, Overloaded>>;
export const byName: Promise<string[]> = overloadedWrapped('ada', true);

declare function generic<T extends { id: string }>(items: readonly T[]): T | undefined;
export const genericWrapped = instrument(generic);
export type GenericsAreKept = Expect<Equal<typeof genericWrapped, typeof generic>>;
export const found: { id: string; age: number } | undefined = genericWrapped([{ id: 'a', age: 1 }]);

declare function withThis(this: { readonly prefix: string }, text: string): string;
export const withThisWrapped = instrument(withThis);
export type ThisIsKept = Expect<Equal<typeof withThisWrapped, typeof withThis>>;
// @ts-expect-error it needs a this
withThisWrapped('x');

declare function guard(value: unknown): value is string;
export const guardWrapped = instrument(guard);
export type PredicatesAreKept = Expect<Equal<typeof guardWrapped, typeof guard>>;

declare const withProperties: ((n: number) => number) & { readonly schema: { type: 'object' } };
export const withPropertiesWrapped = instrument(withProperties);
export type PropertiesAreKept = Expect<Equal<typeof withPropertiesWrapped, typeof withProperties>>;

declare function generator(n: number): Generator<number, string, boolean>;
export const generatorWrapped = instrument(generator);
export type GeneratorsAreKept = Expect<Equal<typeof generatorWrapped, typeof generator>>;

/** A promise subclass, as OpenAI's. */
interface ApiPromise<T> extends Promise<T> {
  asResponse(): Promise<unknown>;
}
declare function lazy<T>(body: T): ApiPromise<T>;
export const response: Promise<unknown> = instrument(lazy)({ a: 1 }).asResponse();

// Arguments of an arrow function keep the types written on them.
export const inferred = instrument(async (id: string, options?: { deep: boolean }) => ({ id, deep: options?.deep }));
export type ArrowsAreKept = Expect<
  Equal<typeof inferred, (id: string, options?: { deep: boolean }) => Promise<{ id: string; deep: boolean | undefined }>>
>;

// What is no function is refused.
// @ts-expect-error a number
instrument(7);
// @ts-expect-error nothing
instrument();
// @ts-expect-error an object
instrument({ run() {} });

export type InstrumentsAreFunctions = Expect<Instrument extends AnyFunction ? true : false>;
