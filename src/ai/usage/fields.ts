import type { Fields } from './response-shape.js';

const NONE: Fields = Object.freeze({});
/** Items read of a list, so that a list from outside can't hold up a call. */
const ITEMS = 1_000;
/** Longer than any name of a model, and short enough for a label. */
const NAME_LENGTH = 200;

/** Whether a value is an object, which may have fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NONE;
}

/** The fields of a list's first item. */
export function firstOf(list: unknown): Fields {
  return Array.isArray(list) ? fieldsOf(list[0]) : NONE;
}

/** The fields of a list's items. */
export function itemsOf(list: unknown): Fields[] {
  if (!Array.isArray(list)) return [];
  return Array.from({ length: Math.min(list.length, ITEMS) }, (_, i) => fieldsOf(list[i]));
}

/** A short text: a model, a reason, an id. `undefined` for anything else, such as a text that may be content. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= NAME_LENGTH ? value : undefined;
}

/** Whether a text or a list has something in it. */
export function isFilled(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0;
}
