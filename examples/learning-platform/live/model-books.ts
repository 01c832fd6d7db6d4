import type { OpenAiBooks, Result } from '../../stand-ins/openai-books.js';
import { totalOf, type Counts } from '../traffic/ledger.js';
import type { Scrape } from './exposition.js';

/** What calls of AI models came to, by their labels. */
export interface ModelBooks {
  /** `gpt-4o-2024-08-06 ok`, `gpt-4o rate_limited` */
  readonly aiCalls: Counts;
  /** `openai`: attempts that the SDK made again. */
  readonly aiRetries: Counts;
  /** `gpt-4o-2024-08-06 input`; `cached` is a part of the input. */
  readonly aiTokens: Counts;
  /** `gpt-4o-2024-08-06`: answers whose tokens nobody told. */
  readonly aiUntold: Counts;
  /** US dollars, by `gpt-4o-2024-08-06`. */
  readonly aiCost: Counts;
  /** The same dollars, by nothing: `all` of what has a school to pay it. */
  readonly aiAttributed: Counts;
}

/** What a provider's view of a request is to the app that made it. */
const OUTCOMES: Readonly<Record<Result, string>> = {
  answered: 'ok',
  filtered: 'content_filter',
  rate_limited: 'rate_limited',
  left_waiting: 'timeout',
  left_streaming: 'aborted',
  refused: 'invalid_request',
};
const TRIED_AGAIN: readonly Result[] = ['rate_limited', 'left_waiting'];

/**
 * What the provider's books of HTTP requests say of the calls behind them.
 * @param maxRetries of the client: a request that failed is the end of its call when it was the last attempt
 */
export function booksOfProvider(books: OpenAiBooks, maxRetries: number): ModelBooks {
  const calls: Counts = new Map();
  const retries: Counts = new Map();
  for (const [key, requests] of books.requests) {
    const [model = '', retry, result] = key.split(' ') as [string, string, Result];
    if (Number(retry) > 0) add(retries, 'openai', requests);
    if (Number(retry) === maxRetries || !TRIED_AGAIN.includes(result)) add(calls, `${model} ${OUTCOMES[result]}`, requests);
  }
  return {
    aiCalls: calls,
    aiRetries: retries,
    aiTokens: books.tokens,
    aiUntold: books.untold,
    aiCost: books.billed,
    aiAttributed: new Map([['all', totalOf(books.billed)]]),
  };
}

/** The same, as `/metrics` has it. */
export function booksOnMetrics(scrape: Scrape): ModelBooks {
  const details = scrape.by('ai_token_details_total', 'model', 'kind');
  return {
    aiCalls: scrape.by('ai_request_outcomes_total', 'model', 'outcome'),
    aiRetries: scrape.by('ai_retries_total', 'service'),
    aiTokens: new Map([...scrape.by('ai_token_usage_total', 'model', 'type'), ...details]),
    aiUntold: scrape.by('ai_usage_missing_total', 'model'),
    aiCost: scrape.by('ai_service_cost_total', 'model'),
    aiAttributed: new Map([['all', scrape.total('ai_attributed_cost_total')]]),
  };
}

function add(counts: Counts, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
