import type { AnyFunction } from './instrument.js';

/** An object seen as what it may have. */
export type Members = Record<PropertyKey, AnyFunction | undefined>;

/** Puts a method of our own before the object's, without changing what enumerates it. */
export function shadow(object: object, key: PropertyKey, value: AnyFunction): void {
  const enumerable = Object.prototype.propertyIsEnumerable.call(object, key);
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable });
}

/** Whether a value can have members. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
