import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { describe } from '../core/errors.js';
import { redact } from '../core/redact.js';

/** What a span may hold of an error. */
export interface Failure {
  /** Class name or code: one of a few values, never a text. */
  readonly type: string;
  /** Secrets masked, at most 1,024 characters. */
  readonly message: string;
  /** Secrets masked, at most 4,096 characters. */
  readonly stack: string | undefined;
}

/** How {@link recordFailure} treats an error. */
export interface FailureOptions {
  /**
   * Whether the error's message and stack are recorded. `false` where a message quotes data, as those
   * of databases do (`Duplicate entry 'ada@example.org' for key 'email'`). Default: true.
   */
  readonly message?: boolean;
}

const MAX_MESSAGE = 1_024;
const MAX_STACK = 4_096;
const IDENTIFIER = /^[A-Za-z_$][\w$.]{0,63}$/;
/** `ECONNREFUSED`, `ER_DUP_ENTRY`, `23505`: short, and without small letters, which a text would have. */
const CODE = /^[A-Z0-9][A-Z0-9_]{2,39}$/;
/** Classes that say nothing beyond "failed", where a code says more. `error` is what `pg` names its class. */
const VAGUE = new Set(['Error', 'AggregateError', 'Object', 'error']);

/**
 * Marks a span as failed by OpenTelemetry's conventions: status ERROR, `error.type`, and an
 * `exception` event. Never throws, whatever was thrown.
 *
 * @returns what was recorded of the error; `undefined` where the span isn't recorded
 */
export function recordFailure(span: Span, error: unknown, { message: withMessage = true }: FailureOptions = {}): Failure | undefined {
  let failure: Failure | undefined;
  try {
    if (!span.isRecording()) return undefined;
    failure = describeFailure(error);
    const { type, message, stack } = failure;
    span.setAttribute('error.type', type);
    // Never the error itself: a span processor would copy its message and stack as they are.
    span.recordException({ name: type, ...(withMessage && { message, ...(stack !== undefined && { stack }) }) });
    span.setStatus({ code: SpanStatusCode.ERROR, ...(withMessage && { message }) });
  } catch {
    // A span processor of the app's that throws must not hide the error that is being recorded.
  }
  return failure;
}

/** What a span may hold of `error`. Never throws: a getter may, and anything can be thrown. */
export function describeFailure(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) {
    return { type: error === null ? 'null' : typeof error, message: safely(() => redact(String(error), MAX_MESSAGE)) ?? '', stack: undefined };
  }
  const fullMessage = text(error, 'message');
  const message = redact(fullMessage ?? safely(() => describe(error)) ?? 'an object', MAX_MESSAGE);
  // A stack begins with the message, and a long one would leave no room for the frames.
  const isLong = fullMessage !== undefined && fullMessage.length > MAX_MESSAGE;
  const stack = isLong ? text(error, 'stack')?.replace(fullMessage, () => message) : text(error, 'stack');
  return { type: typeOf(error), message, stack: stack === undefined ? undefined : redact(stack, MAX_STACK) };
}

function typeOf(error: object): string {
  // A class that sets no name of its own inherits `Error`.
  const names = [text(error, 'name'), safely(() => text(error.constructor, 'name'))];
  const name = names.find(candidate => candidate !== undefined && IDENTIFIER.test(candidate) && !VAGUE.has(candidate));
  if (name !== undefined) return name;
  const code = text(error, 'code');
  if (code !== undefined && CODE.test(code)) return code;
  return safely(() => error instanceof Error) ? 'Error' : 'Object';
}

function text(object: object, key: string): string | undefined {
  const value = safely(() => (object as Record<string, unknown>)[key]);
  return typeof value === 'string' ? value : undefined;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
