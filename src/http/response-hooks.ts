import type { ServerResponse } from 'node:http';
import { factsOf } from './observed-request.js';

/** What a response tells the one that observes it. Its methods must not throw. */
export interface ResponseListener {
  /** Whether `write` or `end` is being told of: one may call the other, or itself as another library has wrapped it. */
  isTold: boolean;
  /** `writeHead` was called with these arguments, and did not throw. */
  onHeaders(args: readonly unknown[]): void;
  /** A piece of the body is given to `write` or `end`. */
  onPiece(piece: unknown, encoding: unknown): void;
}

type Method = (this: ServerResponse, ...args: unknown[]) => unknown;
type MethodName = 'writeHead' | 'write' | 'end';

const METHODS: readonly MethodName[] = ['writeHead', 'write', 'end'];
const HOOKED = Symbol.for('sightline.response');

/**
 * Lets a response tell of its headers and body.
 *
 * Express gives each app a prototype of its own for responses: it is hooked once, and then a request costs
 * nothing but the calls. Own methods on each response would push it out of the shape that Node's code is
 * optimised for, which costs more than all the rest of observing. Where there is no such prototype, only Node's,
 * which is everyone's, the response itself is hooked all the same.
 */
export function hookResponse(response: ServerResponse): void {
  const wasHooked = HOOKED in response;
  if (!wasHooked && !hookPrototype(Object.getPrototypeOf(response) as object)) {
    for (const name of METHODS) hook(response, name);
    return;
  }
  for (const name of METHODS) {
    // What middleware before us has put there sends by the prototype's, unless it took them before those were hooked.
    if (Object.hasOwn(response, name) && (name === 'writeHead' || !wasHooked)) hook(response, name);
  }
}

/**
 * Hooks the prototype that an Express app gives its responses, where that of the app it is mounted in, which it
 * inherits from, isn't: the outer app may yet answer in its place.
 * @returns whether it is an app's
 */
export function hookPrototype(prototype: object): boolean {
  const outermost = outermostOf(prototype);
  if (outermost === undefined) return false;
  if (!(HOOKED in outermost)) {
    Object.defineProperty(outermost, HOOKED, { value: true });
    for (const name of METHODS) hook(outermost, name);
  }
  return true;
}

function outermostOf(prototype: object): object | undefined {
  if (!Object.hasOwn(prototype, 'app')) return undefined;
  return outermostOf(Object.getPrototypeOf(prototype) as object) ?? prototype;
}

function hook(target: object, name: MethodName): void {
  const methods = target as Record<MethodName, Method>;
  const method = methods[name];
  methods[name] = name === 'writeHead' ? tellHeaders(method) : tellPiece(method);
}

function tellHeaders(writeHead: Method): Method {
  return function (...args) {
    // One that throws has written nothing; the app will answer in another way.
    const result = writeHead.apply(this, args);
    listenerOf(this)?.onHeaders(args);
    return result;
  };
}

function tellPiece(send: Method): Method {
  return function (piece, encoding, done) {
    const listener = listenerOf(this);
    // What comes after the end is refused. (`writableEnded` says the same, as an accessor, which is slow to look up here.)
    if (listener === undefined || listener.isTold || this.finished) return send.call(this, piece, encoding, done);
    listener.isTold = true;
    try {
      listener.onPiece(piece, encoding);
      return send.call(this, piece, encoding, done);
    } finally {
      listener.isTold = false;
    }
  };
}

function listenerOf(response: ServerResponse): ResponseListener | undefined {
  return factsOf(response) as ResponseListener | undefined;
}
