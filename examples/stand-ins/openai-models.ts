/** US dollars per million tokens. */
interface Prices {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** A model of the stand-in's. */
export interface Model {
  /** The dated release that answers, which the answer names as its model. */
  readonly release: string;
  readonly prices: Prices;
}

const GPT_4O: Model = { release: 'gpt-4o-2024-08-06', prices: { input: 2.5, cachedInput: 1.25, output: 10 } };
const GPT_4O_MINI: Model = { release: 'gpt-4o-mini-2024-07-18', prices: { input: 0.15, cachedInput: 0.075, output: 0.6 } };

/** By the names one may ask for. */
export const MODELS: ReadonlyMap<string, Model> = new Map([
  ['gpt-4o', GPT_4O],
  [GPT_4O.release, GPT_4O],
  ['gpt-4o-mini', GPT_4O_MINI],
  [GPT_4O_MINI.release, GPT_4O_MINI],
]);

/** What an answer used, in OpenAI's words. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Part of `prompt_tokens`. */
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** What an answer costs, in US dollars. */
export function costOf({ prices }: Model, usage: Usage): number {
  const cached = usage.prompt_tokens_details.cached_tokens;
  const millionths = (usage.prompt_tokens - cached) * prices.input + cached * prices.cachedInput + usage.completion_tokens * prices.output;
  return millionths / 1_000_000;
}

/** Tokens of a text: its words, and every other character that is no blank. A real tokenizer finds other numbers. */
export function tokensIn(text: string): number {
  return text.match(/[a-z0-9']+|\S/gi)?.length ?? 0;
}
