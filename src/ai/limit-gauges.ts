import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { isObject } from '../core/shadow.js';
import type { AiMetrics } from '../metrics/ai-metrics.js';
import { readRateLimits } from './rate-limits.js';

/** Reading headers takes as long as half of all else there is to count. */
const READ_EVERY_MS = 100;
/** Models remembered of a service. Apps use a handful. */
const MOST_MODELS = 200;

/** What a model's provider has said of its limits. */
interface Said {
  readAt: number;
  /** The newest headers, until they are read. */
  unread: object | undefined;
}

/** The gauges of what providers say is left before they refuse a call, and how long they ask to wait. */
export class LimitGauges {
  readonly #metrics: AiMetrics;
  readonly #clock: Clock;
  readonly #diagnostics: Diagnostics;
  /** By service and model. */
  readonly #said = new Map<string, Map<string, Said>>();

  constructor(metrics: AiMetrics, clock: Clock, diagnostics: Diagnostics) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#diagnostics = diagnostics;
  }

  /**
   * Takes the headers of a response. Those of a refusal are read at once; of others the newest every so often, so that
   * the gauges are never older than that, however many calls there are.
   */
  note(service: string, model: string, headers: unknown, isRefusal: boolean): void {
    if (!isObject(headers)) return;
    const said = this.#saidOf(service, model);
    const wait = said.readAt + READ_EVERY_MS - this.#clock.monotonic();
    if (isRefusal || wait <= 0) {
      this.#read(service, model, headers, said);
      return;
    }
    const isWaiting = said.unread !== undefined;
    said.unread = headers;
    if (isWaiting) return;
    this.#clock.schedule(() => {
      const { unread } = said;
      if (unread !== undefined) this.#read(service, model, unread, said);
    }, wait);
  }

  #saidOf(service: string, model: string): Said {
    let models = this.#said.get(service);
    if (models === undefined) this.#said.set(service, (models = new Map<string, Said>()));
    let said = models.get(model);
    if (said === undefined) {
      if (models.size >= MOST_MODELS) models.clear();
      models.set(model, (said = { readAt: -Infinity, unread: undefined }));
    }
    return said;
  }

  #read(service: string, model: string, headers: object, said: Said): void {
    said.readAt = this.#clock.monotonic();
    said.unread = undefined;
    this.#diagnostics.guard('ai', 'the rate limits of a response could not be shown', () => {
      const limits = readRateLimits(headers, this.#clock.now());
      if (limits === undefined) return;
      for (const { kind, value } of limits.remaining) this.#metrics.setRateLimit(service, model, kind, value);
      if (limits.retryAfterSeconds !== undefined) this.#metrics.setRetryAfter(service, model, limits.retryAfterSeconds);
    });
  }
}
