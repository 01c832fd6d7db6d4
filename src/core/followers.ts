import type { AnyFunction, Observation } from './instrument.js';

/** Observations one object may have at a time; further calls that return it end when they return. */
const LIMIT = 100;

/** By the object that ends them. */
const followed = new WeakMap<object, Followers>();

/**
 * Has `object` end `observation`.
 *
 * @param prepare called the first time, to see to it that the object tells its end; may throw
 */
export function follow(object: object, observation: Observation, prepare: (followers: Followers) => void): void {
  const known = followed.get(object);
  if (known !== undefined) {
    known.add(observation, object);
    return;
  }
  const followers = new Followers();
  followers.add(observation, object);
  followed.set(object, followers);
  try {
    prepare(followers);
  } catch {
    // Frozen, or a proxy that refuses: the call is counted, the object stays untouched.
    followers.close(object);
  }
}

interface Member {
  readonly observation: Observation;
  isRunning: boolean;
}

/**
 * The observations that an object ends: those of every call that returned it. Several instruments may
 * stand around one function, and a function may return one object many times, a connection or a promise
 * it keeps. So the object is prepared once, and here its end is told to each, once.
 */
export class Followers implements Observation {
  #members: Member[] = [];
  #isOver = false;

  add(observation: Observation, result: unknown): void {
    if (this.#isOver || this.#members.length >= LIMIT) observation.succeed(result);
    else this.#members.push({ observation, isRunning: false });
  }

  /** Ends all, and from now on whatever is added: the object can't end again. */
  close(value: unknown): void {
    this.#isOver = true;
    this.succeed(value);
  }

  /** Whether any of them has a context to run in. */
  get haveContext(): boolean {
    return this.#members.some(({ observation }) => observation.run !== undefined);
  }

  /** Within the contexts of all; the instrument nearest to the function is the innermost. */
  run(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    let call = fn;
    for (const { observation } of this.#members) {
      if (observation.run === undefined) continue;
      const inner = call;
      call = function (this: unknown, ...given: unknown[]): unknown {
        return observation.run?.(inner, this, given);
      };
    }
    return Reflect.apply(call, self, args) as unknown;
  }

  restart(): void {
    for (const member of this.#members) {
      if (member.isRunning) continue;
      member.isRunning = true;
      member.observation.restart();
    }
  }

  step(item: unknown): void {
    for (const { observation } of this.#members) observation.step?.(item);
  }

  leave(value: unknown): void {
    for (const { observation } of this.#takeAll()) {
      if (observation.leave) observation.leave(value);
      else observation.succeed(value);
    }
  }

  succeed(value: unknown): void {
    for (const { observation } of this.#takeAll()) observation.succeed(value);
  }

  fail(error: unknown): void {
    for (const { observation } of this.#takeAll()) observation.fail(error);
  }

  #takeAll(): readonly Member[] {
    const members = this.#members;
    if (members.length > 0) this.#members = [];
    return members;
  }
}
