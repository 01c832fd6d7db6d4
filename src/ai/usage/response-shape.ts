import type { TokenUsage } from './token-usage.js';

/** An object from outside, seen as what it may have. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a response says of its call. All of it may be missing. */
export interface ResponseFacts {
  readonly usage?: TokenUsage | undefined;
  /** Whether the usage is what was known at the beginning: the end did not come. */
  readonly isPartial?: boolean | undefined;
  /** The model that answered, as the provider names it. */
  readonly model?: string | undefined;
  /** Why the model stopped, in the provider's word: `stop`, `max_tokens`, `SAFETY`, … */
  readonly finishReason?: string | undefined;
  /** The service tier the call was served with, which sets its price: `default`, `flex`, `priority`, `batch`, … */
  readonly serviceTier?: string | undefined;
  /** The provider's id of the response. */
  readonly responseId?: string | undefined;
  /** The error of a response that came back as one instead of being thrown (OpenAI's `response.failed`). */
  readonly error?: unknown;
}

/** The same, as the events of a stream fill it in. */
export type GatheredFacts = { -readonly [Name in keyof ResponseFacts]: ResponseFacts[Name] };

/** Reads the events of one stream. Keeps numbers and names, never content. */
export interface StreamReader {
  /**
   * Takes one event. Called for every one, so it looks at few fields and holds on to no object.
   * @returns whether the event carries something the model wrote: text, reasoning, a tool call
   */
  add(event: Fields): boolean;
  /** What is known so far; of an interrupted stream, the part that came. Never throws, even after `add` did. */
  facts(): ResponseFacts;
}

/**
 * How one kind of response says what it used. One file each in this folder; a new one is added to the
 * list in `read-response.ts`. Readers may throw on odd input: whoever calls them counts that as missing usage.
 */
export interface ResponseShape {
  /** For diagnostics and the docs: `openai-chat`. */
  readonly name: string;
  /** Reads a whole response; `undefined` where it is of another shape. */
  read(response: Fields): ResponseFacts | undefined;
  /** A reader for the stream that begins with this event (which it is given again by `add`); `undefined` where it is of another shape. */
  stream?(first: Fields): StreamReader | undefined;
}
