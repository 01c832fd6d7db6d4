import { createTraceState, isSpanContextValid, trace, type TextMapPropagator } from '@opentelemetry/api';

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/), for where no propagator is registered.
 * OpenTelemetry's own is in `@opentelemetry/core`, which an app with only the API doesn't have, and
 * one with the SDK can't always load: it is a dependency of a dependency.
 */
export const traceContext: Pick<TextMapPropagator, 'inject' | 'extract'> = {
  inject(context, carrier, setter) {
    const span = trace.getSpanContext(context);
    if (span === undefined || !isSpanContextValid(span)) return;
    // Of the flags, the standard's first version knows only the lowest bit, "sampled".
    setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`);
    const state = span.traceState?.serialize();
    if (state) setter.set(carrier, 'tracestate', state);
  },

  extract(context, carrier, getter) {
    const header = getter.get(carrier, 'traceparent');
    const [, version, traceId, spanId, flags, rest] = (typeof header === 'string' && TRACEPARENT.exec(header.trim())) || [];
    if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return context;
    // A later version may be longer; version ff is forbidden.
    if (version === 'ff' || (version === '00' && rest !== undefined)) return context;
    const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
    if (!isSpanContextValid(span)) return context;
    const states = getter.get(carrier, 'tracestate');
    const state = Array.isArray(states) ? states.join(',') : states;
    return trace.setSpanContext(context, { ...span, ...(state && { traceState: createTraceState(state) }) });
  },
};
