import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { InvalidOptionError } from '../core/errors.js';
import { redact } from '../core/redact.js';

/**
 * Attributes for a span. Strings, numbers, booleans and arrays of one of these are kept, anything else
 * becomes a string; `undefined` and `null` are left out.
 */
export type SpanAttributes = Readonly<Record<string, unknown>>;

/**
 * Attributes as OpenTelemetry takes them, with secrets masked and long texts cut.
 * @throws InvalidOptionError where it is no object
 */
export function toAttributes(attributes: SpanAttributes | undefined): Attributes {
  if (attributes === undefined) return {};
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) {
    throw new InvalidOptionError('attributes', attributes, "an object such as { 'essay.kind': 'cet4' }");
  }
  const result: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== '' && value !== undefined && value !== null) result[key] = toAttribute(value);
  }
  return result;
}

function toAttribute(value: unknown): AttributeValue {
  if (!Array.isArray(value)) return toPrimitive(value);
  const items = value.map(toPrimitive);
  const isUniform = items.every(item => typeof item === typeof items[0]);
  return (isUniform ? items : items.map(String)) as AttributeValue;
}

function toPrimitive(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  try {
    return redact(String(value));
  } catch {
    return 'a value that cannot be shown';
  }
}
