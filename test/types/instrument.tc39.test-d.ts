import type { Instrument } from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

declare const instrument: Instrument;
declare const key: unique symbol;

export class Subject {
  @instrument
  method(a: number): string {
    return String(a);
  }

  @instrument
  async generic<T extends object>(this: Subject, value: T): Promise<T> {
    return value;
  }

  @instrument
  *steps(): Generator<number, string> {
    yield 1;
    return '';
  }

  @instrument
  static make(): Subject {
    return new Subject();
  }

  @instrument
  #secret(): number {
    return 1;
  }

  @instrument
  static #hidden(): number {
    return 1;
  }

  @instrument
  [key](): number {
    return this.#secret() + Subject.#hidden();
  }

  @instrument
  field = (a: number): string => String(a);

  @instrument
  static readonly staticField = (): number => 1;

  overloaded(a: number): number;
  overloaded(a: string): string;
  @instrument
  overloaded(a: number | string): number | string {
    return a;
  }

  // @ts-expect-error a getter runs no call that could be observed
  @instrument
  get value(): number {
    return 1;
  }

  // @ts-expect-error a field must hold a function
  @instrument
  count = 7;

  // @ts-expect-error an accessor is no method
  @instrument
  accessor limit = 7;
}

// @ts-expect-error a class is no method
@instrument
export class Whole {}

declare const subject: Subject;
export type MethodsKeepTheirTypes = [
  Expect<Equal<Subject['method'], (a: number) => string>>,
  Expect<Equal<Subject['generic'], <T extends object>(this: Subject, value: T) => Promise<T>>>,
  Expect<Equal<Subject['steps'], () => Generator<number, string>>>,
  Expect<Equal<Subject['field'], (a: number) => string>>,
];
export const kept: string = subject.overloaded('x');
