import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { requestText, type FetchLike } from '../../core/json-http.js';
import type { AlertMetrics } from '../alert-metrics.js';

/** Ready values for {@link Heartbeat}. */
export interface HeartbeatParts {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly everyMs: number;
  /** Longest time of one request. */
  readonly timeoutMs: number;
  readonly fetch: FetchLike | undefined;
  /** Why the dispatcher does not work now; `undefined` where it does. */
  readonly fault: () => string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** The dispatcher has looked at its store by then. */
const FIRST_MS = 1_000;

/**
 * Tells a service outside that the dispatcher works, as long as it does: one that hears nothing calls for help, which
 * an alerter that died with its host can't.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #cancelNext: (() => void) | undefined;
  #underWay: AbortController | undefined;
  #isClosed = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#beatIn(Math.min(FIRST_MS, this.#parts.everyMs));
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelNext?.();
    this.#underWay?.abort();
  }

  #beatIn(ms: number): void {
    if (this.#isClosed) return;
    this.#cancelNext = this.#parts.clock.schedule(() => {
      // First, so that whatever becomes of this one there is a next.
      this.#beatIn(this.#parts.everyMs);
      void this.#beat();
    }, ms);
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const { fault, diagnostics, metrics, clock } = this.#parts;
    try {
      const why = fault();
      if (why !== undefined) {
        metrics.heartbeat('withheld');
        diagnostics.notice('heartbeat', `no heartbeat is sent: ${why}`);
        return;
      }
      await this.#send();
      metrics.heartbeat('sent', clock.now());
    } catch (error) {
      if (this.#isClosed) return;
      metrics.heartbeat('failed');
      // Its text names the host at most: the address is a secret.
      diagnostics.notice('heartbeat', `the heartbeat could not be sent: ${error instanceof Error ? error.message : 'it failed'}`);
    }
  }

  async #send(): Promise<void> {
    const { url, method, fetch, timeoutMs, clock } = this.#parts;
    const controller = new AbortController();
    const cancelTimeout = clock.schedule(() => {
      controller.abort(new DOMException('no answer in time', 'TimeoutError'));
    }, timeoutMs);
    this.#underWay = controller;
    try {
      const { status, safe, text } = await requestText(url, { method, fetch, signal: controller.signal, maxBytes: 1_024 });
      if (status < 200 || status > 299) throw new Error(`status ${status}: ${safe(text)}`);
    } finally {
      cancelTimeout();
      if (this.#underWay === controller) this.#underWay = undefined;
    }
  }
}
