import type { Clock } from '../../core/clock.js';
import { isObject } from '../../core/shadow.js';
import type { StreamedText } from '../captured-content.js';
import { readAnswer, type Reading } from '../reading.js';
import { readerFor } from '../usage/read-response.js';
import type { Fields, StreamReader } from '../usage/response-shape.js';
import type { TokenUsage } from '../usage/token-usage.js';

/** Events in which a stream must show what it is. */
const EVENTS_TRIED = 20;

/** What is known of an answer that comes in parts. Keeps none of them. */
export class StreamedAnswer {
  readonly #clock: Clock;
  readonly #extractUsage: ((event: unknown) => TokenUsage | undefined) | undefined;
  readonly #text: StreamedText | undefined;
  #reader: StreamReader | undefined;
  #own: Reading | undefined;
  #failed = false;
  #events = 0;
  /** When the first and the last part that the model wrote came. */
  #firstAt = NaN;
  #lastAt = NaN;

  constructor(clock: Clock, extractUsage: ((event: unknown) => TokenUsage | undefined) | undefined, text: StreamedText | undefined) {
    this.#clock = clock;
    this.#extractUsage = extractUsage;
    this.#text = text;
  }

  /** Takes one event. Never throws. */
  add(event: unknown): void {
    this.#events++;
    let isOutput = true;
    try {
      this.#text?.add(event);
      if (isObject(event)) {
        if (this.#reader === undefined && this.#events <= EVENTS_TRIED) this.#reader = readerFor(event as Fields);
        if (this.#reader !== undefined) isOutput = this.#reader.add(event as Fields);
        if (this.#extractUsage !== undefined) this.#read(event);
      }
    } catch {
      this.#failed = true;
    }
    if (!isOutput) return;
    this.#lastAt = this.#clock.monotonic();
    if (Number.isNaN(this.#firstAt)) this.#firstAt = this.#lastAt;
  }

  /** Whether anything has come. */
  get hasBegun(): boolean {
    return this.#events > 0;
  }

  reading(): Reading {
    try {
      const facts = this.#reader?.facts();
      const own = this.#own?.facts;
      return { facts: own === undefined ? facts : { ...facts, ...own }, failed: this.#failed };
    } catch {
      return { facts: this.#own?.facts, failed: true };
    }
  }

  /** Seconds from `start` to the first part; `undefined` where none came. */
  firstTokenSeconds(start: number): number | undefined {
    return Number.isNaN(this.#firstAt) ? undefined : (this.#firstAt - start) / 1_000;
  }

  /** How fast the answer was written; `undefined` where it came at once. */
  tokensPerSecond(outputTokens: number | undefined): number | undefined {
    const seconds = (this.#lastAt - this.#firstAt) / 1_000;
    return outputTokens !== undefined && outputTokens > 1 && seconds > 0 ? outputTokens / seconds : undefined;
  }

  #read(event: unknown): void {
    const reading = readAnswer(event, this.#extractUsage);
    if (reading.failed) this.#failed = true;
    else if (reading.facts?.usage !== undefined) this.#own = reading;
  }
}
