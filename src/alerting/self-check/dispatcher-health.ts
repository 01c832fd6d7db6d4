import type { Clock } from '../../core/clock.js';
import type { AlertMetrics } from '../alert-metrics.js';

/** Ready values for {@link DispatcherHealth}. */
export interface DispatcherHealthParts {
  readonly clock: Clock;
  readonly metrics: AlertMetrics;
}

/** A loop that has nothing to do runs every few seconds. */
const SILENT_MS = 60_000;
/** The self-check looks every 15 seconds. By their number: after a process stood still its clock alone says that all were late. */
const SILENT_LOOKS = 4;
/** A store that is away for less is being restarted. */
const PATIENCE_MS = 30_000;

/** Whether the dispatcher's loop runs, and its store answers. */
export class DispatcherHealth {
  readonly #parts: DispatcherHealthParts;
  #ranAt: number;
  #looks = 0;
  #failure: { readonly since: number; readonly reason: string } | undefined;

  constructor(parts: DispatcherHealthParts) {
    this.#parts = parts;
    this.#ranAt = parts.clock.monotonic();
  }

  /** The loop has come to its end. @param error what the store said, where it did not answer */
  ran(error?: unknown): void {
    const { clock, metrics } = this.#parts;
    const now = clock.monotonic();
    this.#looks = 0;
    metrics.storeAnswered(error === undefined);
    if (error !== undefined) {
      this.#failure = { since: this.#failure?.since ?? now, reason: error instanceof Error ? error.message : 'it failed' };
      return;
    }
    this.#failure = undefined;
    this.#ranAt = now;
    metrics.ran(clock.now());
  }

  /** Why the dispatcher does not work now; `undefined` where it does. */
  get fault(): string | undefined {
    const silentMs = this.#parts.clock.monotonic() - this.#ranAt;
    return this.#failure?.reason ?? (silentMs > SILENT_MS ? silence(silentMs) : undefined);
  }

  /** Looks whether its store can be relied on. To be called every 15 seconds. @returns why not, once that has lasted */
  look(): string | undefined {
    const now = this.#parts.clock.monotonic();
    if (this.#failure !== undefined) return now - this.#failure.since >= PATIENCE_MS ? this.#failure.reason : undefined;
    this.#looks++;
    return this.#looks >= SILENT_LOOKS ? silence(now - this.#ranAt) : undefined;
  }
}

function silence(ms: number): string {
  return `it has not answered for ${Math.floor(ms / 1_000)} s`;
}
