import type { Clock } from '../core/clock.js';
import { isObject } from '../core/shadow.js';
import type { AiMetrics } from '../metrics/ai-metrics.js';
import { readRateLimits } from './rate-limits.js';

/** Reading headers takes as long as half of all else there is to count, and what is left of a limit changes slowly. */
const READ_EVERY_MS = 100;
/** Services remembered. Apps use a handful. */
const MOST_SERVICES = 200;

/** The gauges of what providers say is left before they refuse a call, and how long they ask to wait. */
export class LimitGauges {
  readonly #metrics: AiMetrics;
  readonly #clock: Clock;
  readonly #readAt = new Map<string, number>();

  constructor(metrics: AiMetrics, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** Whether a service's answer is worth reading: each refusal is, of the other answers one in a while. */
  isDue(service: string, isRefusal: boolean): boolean {
    const now = this.#clock.monotonic();
    const last = this.#readAt.get(service);
    if (!isRefusal && last !== undefined && now - last < READ_EVERY_MS) return false;
    if (last === undefined && this.#readAt.size >= MOST_SERVICES) this.#readAt.clear();
    this.#readAt.set(service, now);
    return true;
  }

  /** @param headers of a response */
  read(service: string, model: string, headers: unknown): void {
    const limits = isObject(headers) ? readRateLimits(headers, this.#clock.now()) : undefined;
    if (limits === undefined) return;
    for (const { kind, value } of limits.remaining) this.#metrics.setRateLimit(service, model, kind, value);
    if (limits.retryAfterSeconds !== undefined) this.#metrics.setRetryAfter(service, model, limits.retryAfterSeconds);
  }
}
