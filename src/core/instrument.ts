import { SightlineError, describe } from './errors.js';
import { followResult } from './follow-result.js';

// `any` is what makes the signature accept every function and give it back unchanged.
/* eslint-disable @typescript-eslint/no-explicit-any */
export type AnyFunction = (this: any, ...args: any) => any;

/**
 * One value, three uses: it wraps a function, decorates a method or a field (TC39),
 * and decorates a method under `experimentalDecorators`. What it returns has the type,
 * name, length and behaviour of what it was given.
 */
export interface Instrument {
  <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext<any, F>): F;
  <This, F extends AnyFunction>(
    value: undefined,
    context: ClassFieldDecoratorContext<This, F>,
  ): (this: This, initial: F) => F;
  <F extends AnyFunction>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** What is known of an instrumented function when it is wrapped. */
export interface CallSite {
  /** The function's or method's name; `anonymous` where it has none. */
  readonly name: string;
  /** The class of a decorated method, where the decorator can see it (legacy mode). */
  readonly className?: string;
  /** Whether the function is a method, so that its class can be read from `this`. */
  readonly isMethod: boolean;
}

/** One call under observation. Its methods must not throw; {@link Observer.begin} may. */
export interface Observation {
  /** Calls `fn` in the observation's context (an active span). Left out: called directly. */
  run?(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown;
  /** Takes over the end of a result it knows better, and returns what the caller gets; `undefined` leaves it to {@link followResult}. */
  follow?(result: object): unknown;
  /** The work only starts now: a generator's first `next()`, a lazy thenable's first `then()`. */
  restart(): void;
  /** A generator or an iterable gave an item. Must not throw. */
  step?(item: unknown): void;
  /** Whoever read a generator or an iterable left early, by `return(value)`. Left out: `succeed(value)`. */
  leave?(value: unknown): void;
  succeed(value: unknown): void;
  fail(error: unknown): void;
}

/** Makes an observation of each call. `undefined` lets a call pass unobserved. */
export interface Observer {
  begin(self: unknown, args: ArrayLike<unknown>): Observation | undefined;
  /** A fault of the observer's own; the call goes on without it. */
  fault(error: unknown): void;
}

/**
 * Turns an observer into an {@link Instrument}.
 *
 * @param observe makes the observer of one wrapped function
 * @param middleware where given, called when the instrument itself is used as Express or Koa middleware
 */
export function createInstrument(
  observe: (site: CallSite) => Observer,
  middleware?: (args: readonly unknown[]) => unknown,
): Instrument {
  const instrument = (...args: unknown[]): unknown => {
    const [target, second, third] = args;
    if (middleware && isMiddlewareCall(args)) return middleware(args);
    if (isDecoratorContext(second)) return decorate(target, second);
    if (args.length >= 2 && (typeof second === 'string' || typeof second === 'symbol')) {
      decorateLegacy(target, second, third);
      return undefined;
    }
    if (typeof target !== 'function') throw badTarget(target);
    const fn = target as AnyFunction;
    return wrapFunction(fn, observe({ name: fn.name || 'anonymous', isMethod: false }));
  };

  function decorate(target: unknown, context: DecoratorContext): unknown {
    const site: CallSite = { name: String(context.name), isMethod: true };
    if (context.kind === 'method') return wrapFunction(target as AnyFunction, observe(site));
    if (context.kind === 'field') {
      return (initial: unknown) => {
        if (typeof initial !== 'function') throw badTarget(initial);
        return wrapFunction(initial as AnyFunction, observe(site));
      };
    }
    throw badTarget(context.kind === 'accessor' ? 'an accessor' : `a ${context.kind}`);
  }

  function decorateLegacy(target: unknown, key: string | symbol, descriptor: unknown): void {
    const described = (descriptor ?? {}) as PropertyDescriptor;
    const method: unknown = described.value;
    if (typeof method !== 'function') {
      // This mode decorates a field before it holds anything.
      throw badTarget(`the ${'get' in described ? 'accessor' : 'field'} \`${String(key)}\``);
    }
    const owner = typeof target === 'function' ? target : (target as object).constructor;
    // A class may have a static member of that name.
    const className = typeof owner.name === 'string' ? owner.name : '';
    const site: CallSite = { name: String(key), className, isMethod: true };
    described.value = wrapFunction(method as AnyFunction, observe(site));
  }

  return instrument as Instrument;
}

/** `fn`, observed at each call; what the caller sees does not change. */
function wrapFunction<F extends AnyFunction>(fn: F, observer: Observer): F {
  function wrapped(this: unknown): unknown {
    // Passed on as it is: a rest parameter would allocate an array at each call.
    // eslint-disable-next-line prefer-rest-params
    const args: IArguments = arguments;
    if (new.target) return Reflect.construct(fn, args, new.target === (wrapped as unknown) ? fn : new.target) as unknown;
    let observation: Observation | undefined;
    try {
      observation = observer.begin(this, args);
    } catch (error) {
      tell(observer, error);
    }
    if (observation === undefined) return Reflect.apply(fn, this, args) as unknown;
    let result: unknown;
    try {
      result = observation.run ? observation.run(fn, this, args) : (Reflect.apply(fn, this, args) as unknown);
    } catch (error) {
      observation.fail(error);
      throw error;
    }
    if (result === null || (typeof result !== 'object' && typeof result !== 'function')) {
      observation.succeed(result);
      return result;
    }
    return observation.follow?.(result) ?? followResult(result, observation);
  }
  return disguise(wrapped, fn) as F;
}

/** Makes `wrapped` look like `fn`: Express tells error handlers by their length, and metadata is kept on functions. */
export function disguise(wrapped: AnyFunction, fn: AnyFunction): AnyFunction {
  Object.defineProperties(wrapped, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  });
  // Which an arrow function, a method and an async function have none of.
  if (Object.hasOwn(wrapped, 'prototype') || Object.hasOwn(fn, 'prototype')) wrapped.prototype = (fn as { prototype?: unknown }).prototype;
  // Own properties and AsyncFunction come by the prototype.
  Object.setPrototypeOf(wrapped, fn);
  return wrapped;
}

function tell(observer: Observer, error: unknown): void {
  try {
    observer.fault(error);
  } catch {
    // Where not even a monitor can be made there is no one to tell; the call goes on.
  }
}

function isDecoratorContext(value: unknown): value is DecoratorContext {
  return typeof value === 'object' && value !== null && typeof (value as DecoratorContext).kind === 'string';
}

/** Express calls `(req, res, next)`, Koa calls `(ctx, next)`. */
function isMiddlewareCall(args: readonly unknown[]): boolean {
  return typeof args[0] === 'object' && args[0] !== null && typeof args[args.length - 1] === 'function' && args.length <= 3;
}

function badTarget(given: unknown): SightlineError {
  return new SightlineError(
    'SIGHTLINE_INVALID_TARGET',
    `An instrument wraps a function, or decorates a method or a field that holds a function; got ${
      typeof given === 'string' ? given : describe(given)
    }.`,
  );
}
