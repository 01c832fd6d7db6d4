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
  /** The SDK made an attempt, and these headers came back; `undefined` where nothing did. */
  attempt(headers: unknown): void;
  /** The service's name, where a person gave it. */
  readonly givenService: string | undefined;
}

/** What code that makes AI calls runs inside of. */
export interface AiScope extends AiAttribution {
  readonly call?: EnclosingCall | undefined;
}

/** One for both builds of the package. Costs nothing until the first AI call. */
const KEY = Symbol.for('sightline.ai-scope');
const holder = globalThis as { [KEY]?: AsyncLocalStorage<AiScope> };

/** The scope that code runs in; `undefined` outside of all. */
export function currentAiScope(): AiScope | undefined {
  return holder[KEY]?.getStore();
}

/** Runs `work` in a scope. */
export function runInAiScope<T>(scope: AiScope, work: () => T): T {
  return (holder[KEY] ??= new AsyncLocalStorage<AiScope>()).run(scope, work);
}
