import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestFacts } from './observed-request.js';

/**
 * The request that code runs for, for those who are not handed it (a decorated controller method).
 * Following a request through every promise costs the whole app a little, so it is off until someone asks.
 * One for both builds of the package.
 */
interface RequestScope {
  storage: AsyncLocalStorage<RequestFacts> | undefined;
}

const KEY = Symbol.for('sightline.scope');
const holder = globalThis as { [KEY]?: RequestScope };
const scope: RequestScope = (holder[KEY] ??= { storage: undefined });

/** Follows requests from now on. */
export function enableRequestScope(): void {
  scope.storage ??= new AsyncLocalStorage();
}

/** Runs the app for a request. */
export function runInRequestScope<T>(facts: RequestFacts, work: () => T): T {
  return scope.storage === undefined ? work() : scope.storage.run(facts, work);
}

/** The facts of the request that this code runs for, where requests are followed. */
export function currentRequestFacts(): RequestFacts | undefined {
  return scope.storage?.getStore();
}
