import type { IncomingHttpHeaders } from 'node:http';
import { context, propagation, ROOT_CONTEXT, type Context, type TextMapGetter, type TextMapPropagator } from '@opentelemetry/api';
import { traceContext } from './trace-context.js';

/** Headers in any of the forms that `fetch` and `http.request` take. */
export type HeadersLike = Headers | readonly (readonly string[])[] | Readonly<Record<string, unknown>>;

/**
 * The headers that continue the current trace in another service: `traceparent` and, where there is
 * one, `tracestate`; or those of the propagator that the app has registered. Empty without a trace.
 *
 * @example await fetch(url, { headers: { accept: 'application/json', ...traceHeaders() } })
 */
export function traceHeaders(): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagator().inject(context.active(), carrier, {
    set: (_carrier, name, value) => {
      carrier[name.toLowerCase()] = value;
    },
  });
  return carrier;
}

/**
 * A copy of `headers` with those that continue the current trace added, in the place of any such
 * already there. What is given stays as it is.
 *
 * @param headers `Headers`, a plain object or an array of pairs; default: an empty object
 * @returns the same kind
 * @example await fetch(url, { headers: injectHeaders({ accept: 'application/json' }) })
 * @example http.request(url, { headers: injectHeaders() })
 */
export function injectHeaders(headers?: undefined): Record<string, string>;
export function injectHeaders<H extends HeadersLike>(headers: H): H;
export function injectHeaders(headers: HeadersLike = {}): HeadersLike {
  return withHeaders(headers, traceHeaders());
}

/** A copy of `headers`, of the same kind, with `added` in the place of headers of the same names. */
export function withHeaders(headers: HeadersLike, added: Readonly<Record<string, string>>): HeadersLike {
  if (isHeaders(headers)) {
    // The class of the one given: undici and node-fetch have their own.
    const copy = new (headers.constructor as typeof Headers)(headers);
    for (const [name, value] of Object.entries(added)) copy.set(name, value);
    return copy;
  }
  if (Array.isArray(headers)) {
    const pairs = headers as readonly (readonly string[])[];
    return [...pairs.filter(([name]) => !isIn(added, name)), ...Object.entries(added)];
  }
  const others = Object.entries(headers).filter(([name]) => !isIn(added, name));
  return Object.fromEntries([...others, ...Object.entries(added)]);
}

/**
 * The context of the caller's trace, from a request's headers; malformed ones are ignored.
 * It begins at the root: the code that handles a request must not look like part of
 * whatever trace was active when the server began to listen.
 *
 * @example const span = tracer.startSpan('consume', {}, extractHeaders(message.headers))
 */
export function extractHeaders(headers: IncomingHttpHeaders): Context {
  return propagator().extract(ROOT_CONTEXT, headers, getter);
}

const getter: TextMapGetter<IncomingHttpHeaders> = {
  get: (headers, name) => headers[name.toLowerCase()],
  keys: headers => Object.keys(headers),
};

/** The app's propagator, if it has registered one. The API has no other way to tell than its fields. */
function propagator(): Pick<TextMapPropagator, 'inject' | 'extract'> {
  return propagation.fields().length > 0 ? propagation : traceContext;
}

function isIn(headers: Readonly<Record<string, string>>, name = ''): boolean {
  return Object.hasOwn(headers, name.toLowerCase());
}

function isHeaders(headers: HeadersLike): headers is Headers {
  const { get, set, append } = headers as Partial<Headers>;
  return typeof get === 'function' && typeof set === 'function' && typeof append === 'function';
}
