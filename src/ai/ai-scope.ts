import { AsyncLocalStorage } from 'node:async_hooks';

/** Who spends: labels of `ai_attributed_cost_total`, and what budgets of tenants go by. */
export interface AiAttribution {
  readonly tenant?: string | undefined;
  readonly feature?: string | undefined;
}

/** A call that other calls are made inside of. */
export interface EnclosingCall {
  /** A call inside of this one is measured: it is the one that counts. */
  delegate(): void;
  /**
   * What is asked, where it was not known when the call began.
   * @returns why the call may not be made, now that its model is known
   */
  noteRequest(request: unknown): Error | undefined;
  /** The SDK makes one more attempt. */
  retry(): void;
  /**
   * The headers of a response may tell of rate limits.
   * @param from a response, or an error with its `headers`
   * @param isRefusal whether the attempt failed
   */
  noteHeaders(from: unknown, isRefusal: boolean): void;
  /** The service's name, where a person gave it. */
  readonly givenService: string | undefined;
}

/** What code that makes AI calls runs inside of. */
export interface AiScope extends AiAttribution {
  readonly call?: EnclosingCall | undefined;
}

/** One for both builds of the package. */
interface Scopes {
  /** What follows code through everything it awaits. Node 20 and 22 make each promise dearer while there is one. */
  storage: AsyncLocalStorage<AiScope> | undefined;
  /** What the code that runs now, without a pause, runs inside of. */
  now: AiScope | undefined;
  /** Wrapped functions and measured clients. */
  instruments: number;
}

const KEY = Symbol.for('sightline.ai-scope');
const holder = globalThis as { [KEY]?: Scopes };
const scopes: Scopes = (holder[KEY] ??= { storage: undefined, now: undefined, instruments: 0 });

/**
 * Counts what may make calls inside of others. Calls of a single one can't nest, so code is followed from the second on.
 * @param instruments how many: a client whose own methods call each other counts as two
 */
export function addInstruments(instruments: number): void {
  scopes.instruments += instruments;
  if (scopes.instruments > 1) followCode();
}

/** Follows code from now on, however deep and late it runs. */
export function followCode(): void {
  scopes.storage ??= new AsyncLocalStorage<AiScope>();
}

/** The scope that code runs in; `undefined` outside of all. */
export function currentAiScope(): AiScope | undefined {
  return scopes.storage === undefined ? scopes.now : scopes.storage.getStore();
}

/** Runs `work` in a scope. */
export function runInAiScope<T>(scope: AiScope, work: () => T): T {
  if (scopes.storage !== undefined) return scopes.storage.run(scope, work);
  const before = scopes.now;
  scopes.now = scope;
  try {
    return work();
  } finally {
    scopes.now = before;
  }
}
