import { context, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { InvalidOptionError } from '../core/errors.js';
import { createInstrument, type AnyFunction, type CallSite, type Instrument, type Observation, type Observer } from '../core/instrument.js';
import { callSiteModule } from './call-site-module.js';
import { toAttributes, type SpanAttributes } from './span-attributes.js';
import { recordFailure } from './span-failure.js';
import type { Tracing } from './tracing.js';

export type { SpanAttributes } from './span-attributes.js';

/**
 * Makes `traceFunction` for whatever tracing `tracingOf` gives at the time of a call.
 *
 * The instrument makes a span of each call, with OpenTelemetry's context set to it, so that spans made
 * within are its children. The span's name is `name`, else the function's. Its attributes are those
 * given and the monitoring plan's: `function.name`; `function.module`, the class of a method, for
 * other functions the file they were wrapped in, relative to the working directory; `success`; and
 * for a call that failed `error.type` and `error.message`, beside the exception and status ERROR.
 */
export function createTraceFunction(tracingOf: () => Tracing): (name?: string, attributes?: SpanAttributes) => Instrument {
  return (name, attributes) => {
    if (name !== undefined && (typeof name !== 'string' || name === '')) {
      throw new InvalidOptionError('name', name, 'the name of a span, or nothing; as a decorator write @traceFunction()');
    }
    const given = toAttributes(attributes);
    const instrument: Instrument = createInstrument(site => {
      const module = site.isMethod ? site.className : callSiteModule(instrument as AnyFunction);
      return new FunctionTracer(tracingOf, name ?? site.name, { ...given, 'function.name': site.name }, module);
    });
    return instrument;
  };
}

/** Makes the spans of one function. */
class FunctionTracer implements Observer {
  readonly #tracingOf: () => Tracing;
  readonly #name: string;
  readonly #isModuleKnown: boolean;
  #module: string;
  /** With the module they were made for: a method is mostly called on objects of one class. */
  #attributes: Attributes;

  /** @param module `undefined`: the class of `this` at each call */
  constructor(tracingOf: () => Tracing, name: string, attributes: Attributes, module: CallSite['className']) {
    this.#tracingOf = tracingOf;
    this.#name = name;
    this.#isModuleKnown = module !== undefined;
    this.#module = module ?? '';
    this.#attributes = { ...attributes, 'function.module': this.#module };
  }

  begin(self: unknown): Observation | undefined {
    const tracing = this.#tracingOf();
    if (!tracing.active) return undefined;
    return new TracedCall(tracing, this.#name, this.#isModuleKnown ? this.#attributes : this.#attributesOn(self), context.active());
  }

  fault(error: unknown): void {
    this.#tracingOf().fault(error);
  }

  #attributesOn(self: unknown): Attributes {
    const module = classNameOf(self);
    if (module !== this.#module) {
      this.#module = module;
      this.#attributes = { ...this.#attributes, 'function.module': module };
    }
    return this.#attributes;
  }
}

/** One call, as a span. */
class TracedCall implements Observation {
  readonly #tracing: Tracing;
  readonly #name: string;
  readonly #attributes: Attributes;
  readonly #parent: Context;
  #span: Span;
  #context: Context;

  constructor(tracing: Tracing, name: string, attributes: Attributes, parent: Context) {
    this.#tracing = tracing;
    this.#name = name;
    this.#attributes = attributes;
    this.#parent = parent;
    this.#span = tracing.tracer.startSpan(name, { attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  run(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    return context.with(this.#context, () => Reflect.apply(fn, self, args) as unknown);
  }

  /** A span's start can't be moved, so the work gets a new one. The first is never ended, and so never sent. */
  restart(): void {
    this.#guard(() => {
      this.#span = this.#tracing.tracer.startSpan(this.#name, { attributes: this.#attributes }, this.#parent);
      this.#context = trace.setSpan(this.#parent, this.#span);
    });
  }

  succeed(): void {
    this.#guard(() => {
      this.#span.setAttribute('success', true);
      this.#span.end();
    });
  }

  fail(error: unknown): void {
    this.#guard(() => {
      const failure = recordFailure(this.#span, error);
      if (failure) this.#span.setAttributes({ success: false, 'error.message': failure.message });
      this.#span.end();
    });
  }

  /** A sampler or a span processor of the app's may throw; the caller must not notice. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#tracing.fault(error);
    }
  }
}

/** The class of an object, or the class itself where its static method is called. */
function classNameOf(self: unknown): string {
  try {
    const owner: unknown = typeof self === 'function' ? self : (self as object | undefined)?.constructor;
    const name: unknown = (owner as { name?: unknown } | undefined)?.name;
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}
