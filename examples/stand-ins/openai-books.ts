import { costOf, type Model, type Usage } from './openai-models.js';

/**
 * What became of an HTTP request, as far as a provider can see: `left_waiting` before there was an answer (a timeout
 * of the client's, to whoever never leaves otherwise), `left_streaming` in the middle of one.
 */
export type Result = 'answered' | 'filtered' | 'rate_limited' | 'left_waiting' | 'left_streaming' | 'refused';

/** The stand-in's own books, to hold a client's metrics against. */
export class OpenAiBooks {
  /**
   * HTTP requests by `model retry result`: `gpt-4o-2024-08-06 0 answered`. The model is the one that answered, else the
   * one asked for; the retry is the number that OpenAI's SDKs send along, 0 for a first attempt.
   */
  readonly requests = new Map<string, number>();
  /** Tokens that clients were told of, by `model type`; `cached` ones are a part of `input`. */
  readonly tokens = new Map<string, number>();
  /** US dollars for these tokens, by model. */
  readonly billed = new Map<string, number>();
  /** Answers whose client was not told their tokens, by model: streams left early, or that did not ask for them. */
  readonly untold = new Map<string, number>();

  /** Notes how a request ended. */
  ended(model: string, retry: number, result: Result): void {
    add(this.requests, `${model} ${retry} ${result}`, 1);
  }

  /** Notes an answer that did not say what it used. */
  toldNothing(model: Model): void {
    add(this.untold, model.release, 1);
  }

  /** Notes what a client was told that its answer used. */
  told(model: Model, usage: Usage): void {
    add(this.tokens, `${model.release} input`, usage.prompt_tokens);
    add(this.tokens, `${model.release} cached`, usage.prompt_tokens_details.cached_tokens);
    add(this.tokens, `${model.release} output`, usage.completion_tokens);
    add(this.billed, model.release, costOf(model, usage));
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
