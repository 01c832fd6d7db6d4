import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { isSightlineError } from '../core/errors.js';
import type { AnyFunction, Observation } from '../core/instrument.js';
import { isObject } from '../core/shadow.js';
import { abortSignalsIn, watchAbort } from './abort-signals.js';
import type { Tracing } from '../tracing/tracing.js';
import type { AiAccounting, Spender } from './ai-accounting.js';
import { currentAiScope, runInAiScope, type AiScope, type EnclosingCall } from './ai-scope.js';
import { followApiPromise, isApiPromise } from './api-promise.js';
import type { CallDescription } from './call-description.js';
import { endOf, type CallEnd } from './call-end.js';
import { CallSpan } from './call-span.js';
import { followDataPromise, isDataPromise } from './data-promise.js';
import { missingAfterBreak, missingIn, missingInStream } from './missing-usage.js';
import { outcomeOfError, outcomeOfStatus, type AiOutcome } from './outcome.js';
import { readAnswer } from './reading.js';
import { noteAnswer, refuse } from './refuse.js';
import { requestedModel } from './requested-model.js';
import { followAnswer, isRawResponse } from './stream/follow-answer.js';
import { StreamedAnswer } from './stream/streamed-answer.js';

/** What the AI instruments need of a monitor. */
export interface AiMonitorParts {
  readonly ai: AiAccounting;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** The model's name, where nobody names it. */
const UNKNOWN_MODEL = 'unknown';
/** In place of a name that no provider has answered to. */
const OTHER_MODEL = 'other';

/**
 * One call of an AI service, from before it is made to the end of its answer: counted once, timed, its tokens
 * and cost booked and, where tracing is on, a client span.
 *
 * A call that is made inside of another one is the one that counts: a decorator around a measured client, or
 * LangChain around it, would see the same tokens again.
 */
export class AiCall implements Observation, EnclosingCall {
  readonly givenService: string | undefined;
  /** Why the call may not be made: its budget is spent. */
  readonly refusal: Error | undefined;
  readonly #parts: AiMonitorParts;
  readonly #about: CallDescription;
  readonly #service: string;
  readonly #spender: Spender;
  readonly #scope: AiScope;
  readonly #span: CallSpan | undefined;
  /** By which the caller may end the call. */
  readonly #signals: readonly AbortSignal[];
  #requestModel: string | undefined;
  #start: number;
  #stream: StreamedAnswer | undefined;
  #retries = 0;
  #isAnswered = false;
  #stopWatching: (() => void) | undefined;
  /** Ends the wait for who reads the response. */
  #stopWaiting: (() => void) | undefined;
  #isInFlight = false;
  #isDelegated = false;
  /** Whether its usage is booked. */
  #isSettled = false;
  /** Whether the call itself is counted. */
  #isCounted = false;

  /**
   * @param request what is asked, which may name the model
   * @param args what the function was called with
   */
  constructor(parts: AiMonitorParts, about: CallDescription, request: unknown, args: ArrayLike<unknown>) {
    this.#parts = parts;
    this.#about = about;
    const { ai, tracing } = parts;
    const scope = currentAiScope();
    const enclosing = scope?.call;
    this.givenService = about.isServiceGiven ? about.service : enclosing?.givenService;
    this.#service = this.givenService ?? about.service;
    this.#requestModel = requestedModel(request) ?? about.model;
    this.#spender = ai.spender(scope);
    this.#signals = abortSignalsIn(args);
    this.#scope = { call: this, tenant: scope?.tenant, feature: scope?.feature };
    this.#start = parts.clock.monotonic();
    this.refusal = ai.refusalOf(this.#service, this.#requestModel, this.#spender.tenant);
    if (this.refusal !== undefined) return;
    enclosing?.delegate();
    ai.metrics.moveInFlight(this.#service, 1);
    this.#isInFlight = true;
    if (!tracing.active) return;
    this.#span = new CallSpan(tracing, about, this.#service, this.#requestModel, ai.contentLength);
    this.#span.capture(request);
  }

  run(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    if (this.refusal !== undefined) return refuse(fn, this.refusal, self, args);
    const answer = this.#runInScope(fn, self, args);
    if (isObject(answer)) noteAnswer(fn, answer);
    return answer;
  }

  /** A promise of an SDK, and an answer that goes on after it was returned, are followed here; other promises are not. */
  follow(result: object): object | undefined {
    if (this.#isOver) return result;
    try {
      if (isApiPromise(result)) {
        followApiPromise(result, this);
        return result;
      }
      if (isDataPromise(result)) {
        followDataPromise(result, this);
        return result;
      }
    } catch {
      // A getter or a proxy that throws; whoever uses it will see.
    }
    return followAnswer(result, this) ? result : undefined;
  }

  restart(): void {
    this.#start = this.#parts.clock.monotonic();
  }

  delegate(): void {
    this.#isDelegated = true;
    this.#leaveFlight();
  }

  noteRequest(request: unknown): Error | undefined {
    const model = requestedModel(request);
    if (model === undefined || model === this.#requestModel) return undefined;
    this.#requestModel = model;
    this.#guard(() => {
      this.#span?.nameModel(model);
      this.#span?.capture(request);
    });
    return this.#parts.ai.refusalOf(this.#service, model, this.#spender.tenant);
  }

  retry(): void {
    this.#retries++;
  }

  noteHeaders(from: unknown, isRefusal: boolean): void {
    if (this.#isDelegated || !isObject(from)) return;
    this.#guard(() => {
      const { headers } = from as { readonly headers?: unknown };
      this.#parts.ai.limits.note(this.#service, this.#modelLabel(undefined, !isRefusal), headers, isRefusal);
    });
  }

  /** The answer: whole, as a stream, or a raw response. */
  succeed(answer: unknown): void {
    if (this.#isSettled || this.#isOver || this.#stream !== undefined) return;
    this.#isAnswered = true;
    if (isObject(answer) && followAnswer(answer, this)) return;
    this.#guard(() => {
      if (isObject(answer) && isRawResponse(answer)) {
        this.finishUnread(answer.status);
        return;
      }
      const reading = readAnswer(answer, this.#about.extractUsage);
      this.#finish(endOf(reading, missingIn(reading), answer));
    });
  }

  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#guard(() => {
      // Nobody was called, neither by this function nor by one inside of it.
      if (isSightlineError(error) && error.code === 'SIGHTLINE_AI_BUDGET_EXCEEDED') this.delegate();
      const reading = this.#stream?.hasBegun ? this.#stream.reading() : undefined;
      this.#finish({ outcome: this.#outcomeOf(error), isFailed: true, error, reading, missing: reading && missingAfterBreak(reading) });
    });
  }

  abandon(): void {
    if (this.#stream !== undefined) this.#endStream(this.#stream, true);
  }

  awaitReader(httpStatus: number): void {
    if (this.#isCounted || this.#isSettled || this.#stopWaiting !== undefined) return;
    this.#guard(() => {
      const { clock, ai } = this.#parts;
      const since = clock.monotonic();
      const stop = ai.lateReaders.wait(() => {
        this.#stopWaiting = undefined;
        this.finishUnread(httpStatus, since);
      });
      this.#stopWaiting = () => {
        stop();
        // The provider did not take this time.
        this.#start += clock.monotonic() - since;
      };
    });
  }

  beRead(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  /** A response came whose body nobody asks for: the call is counted now, its tokens should it be read after all. */
  finishUnread(httpStatus: number, endedAt?: number): void {
    this.#guard(() => {
      if (this.#isCounted || this.#isSettled || this.#stream !== undefined) return;
      const isFailed = httpStatus >= 400;
      if (!isFailed && !this.#isDelegated) this.#parts.ai.metrics.addMissingUsage(this.#service, this.#modelLabel(undefined, true), 'unread');
      this.#count({ outcome: isFailed ? outcomeOfStatus(httpStatus) : 'ok', isFailed, error: { status: httpStatus }, endedAt }, undefined);
    });
  }

  /** The answer comes in parts from now on. */
  beginStream(isAborted: () => boolean, isLazy = false): Observation {
    const stream = (this.#stream = new StreamedAnswer(this.#parts.clock, this.#about.extractUsage, this.#span?.text));
    const isLazyCall = isLazy && !this.#isAnswered;
    // Who aborts a stream may not read it any more, and then nothing else tells its end.
    if (this.#signals.length > 0) {
      this.#stopWatching = watchAbort(this.#signals, this.#parts.clock, () => {
        this.abandon();
      });
    }
    return {
      // The body of a generator runs when it is read, and may call a model then.
      ...(isLazyCall && { run: (fn: AnyFunction, self: unknown, args: ArrayLike<unknown>) => this.#runInScope(fn, self, args) }),
      // A generator runs from its first step on; what came by a promise has been running.
      restart: () => {
        if (isLazyCall) this.restart();
      },
      step: event => {
        stream.add(event);
      },
      succeed: () => {
        this.#endStream(stream, isAborted() || this.#signals.some(({ aborted }) => aborted));
      },
      leave: () => {
        this.#endStream(stream, true);
      },
      fail: error => {
        this.fail(error);
      },
    };
  }

  /** Whether nothing is left to be told of it: the call inside is the one that counts, and no span waits for the end. */
  get #isOver(): boolean {
    return this.#isDelegated && this.#span === undefined;
  }

  #runInScope(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    const inScope = (): unknown => runInAiScope(this.#scope, () => Reflect.apply(fn, self, args) as unknown);
    return this.#span === undefined ? inScope() : this.#span.run(inScope);
  }

  /** The caller's own signal says more than an SDK's error for it, which may be any. */
  #outcomeOf(error: unknown): AiOutcome {
    const outcome = outcomeOfError(error);
    const signal = outcome === 'other' || outcome === 'aborted' ? this.#signals.find(({ aborted }) => aborted) : undefined;
    if (signal === undefined) return outcome;
    return outcomeOfError(signal.reason) === 'timeout' ? 'timeout' : 'aborted';
  }

  #endStream(stream: StreamedAnswer, isBroken: boolean): void {
    if (this.#isSettled) return;
    this.#guard(() => {
      const reading = stream.reading();
      if (isBroken) this.#finish({ ...endOf(reading, missingAfterBreak(reading)), outcome: 'aborted' });
      else this.#finish(endOf(reading, missingInStream(reading)));
    });
  }

  /** Books the usage, and counts the call unless it is. */
  #finish(end: CallEnd): void {
    this.#isSettled = true;
    this.#stopWatching?.();
    const { ai } = this.#parts;
    const facts = end.reading?.facts;
    let cost: number | undefined;
    if (!this.#isDelegated) {
      if (!end.isFailed && this.#requestModel !== undefined) ai.noteModel(this.#requestModel);
      const model = this.#modelLabel(facts?.model, end.outcome !== 'invalid_request');
      cost = ai.settle(this.#service, model, this.#spender, facts, end.missing);
      this.#observeStream(model, facts?.usage?.outputTokens);
    }
    this.#count(end, cost);
  }

  #count(end: CallEnd, cost: number | undefined): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#leaveFlight();
    const { outcome, isFailed, reading, endedAt } = end;
    const retries = this.#retries;
    if (!this.#isDelegated) {
      const { metrics } = this.#parts.ai;
      const model = this.#modelLabel(reading?.facts?.model, outcome !== 'invalid_request');
      metrics.addRequest(this.#service, model, isFailed ? 'error' : 'success', ((endedAt ?? this.#parts.clock.monotonic()) - this.#start) / 1_000);
      metrics.addOutcome(this.#service, model, outcome);
      if (retries > 0) metrics.addRetries(this.#service, model, retries);
    }
    // The call inside says what was used: who adds the spans up would count it twice.
    const facts = this.#isDelegated ? undefined : reading?.facts;
    const firstTokenSeconds = this.#stream?.firstTokenSeconds(this.#start);
    this.#span?.end({ outcome, isFailed, error: end.error, retries, cost, facts, firstTokenSeconds, endedAt }, end.answer);
  }

  #observeStream(model: string, outputTokens: number | undefined): void {
    const firstToken = this.#stream?.firstTokenSeconds(this.#start);
    if (firstToken === undefined) return;
    const { metrics } = this.#parts.ai;
    metrics.observeFirstToken(this.#service, model, firstToken);
    const speed = this.#stream?.tokensPerSecond(outputTokens);
    if (speed !== undefined) metrics.observeSpeed(this.#service, model, speed);
  }

  #leaveFlight(): void {
    if (!this.#isInFlight) return;
    this.#isInFlight = false;
    this.#parts.ai.metrics.moveInFlight(this.#service, -1);
  }

  /**
   * The model as a label: of the response, else of the request, else the one given with the instrument.
   * @param isTrusted whether the request's model is one, for all that is known: a proxy's clients may send any text
   */
  #modelLabel(responseModel: string | undefined, isTrusted: boolean): string {
    if (responseModel !== undefined && responseModel !== '') return responseModel;
    const model = this.#requestModel;
    if (model === undefined) return UNKNOWN_MODEL;
    const isReal = isTrusted || model === this.#about.model || this.#parts.ai.isModel(this.#service, model);
    return isReal ? model : OTHER_MODEL;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.diagnostics.fault('ai', 'a call could not be recorded', error);
    }
  }
}
