import type { Clock } from './clock.js';
import { redact } from './redact.js';

/** Where Sightline's own faults are written: `console`, a pino logger, anything with `warn`. */
export interface DiagnosticsLogger {
  warn(message: string): void;
}

/** At most one line per component in this time; what is held back is counted in the next line. */
const QUIET_MS = 60_000;

/**
 * The one place where Sightline's own faults go, so that none reaches the host.
 * Each is counted; lines are rate-limited per component, so a fault in a hot path cannot flood a log.
 */
export class Diagnostics {
  readonly #logger: DiagnosticsLogger;
  readonly #clock: Clock;
  readonly #components = new Map<string, { lastLine: number; held: number }>();
  #count: (component: string) => void = () => {};

  constructor(logger: DiagnosticsLogger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Where each fault is counted; set once the metrics exist (they report here themselves). */
  countWith(count: (component: string) => void): void {
    this.#count = count;
  }

  /** A fault of ours: counted in `sightline_errors_total{component}` and logged. Never throws. */
  fault(component: string, what: string, error?: unknown): void {
    try {
      this.#count(component);
    } catch {
      // The line below still tells.
    }
    this.notice(component, error === undefined ? what : `${what}: ${messageOf(error)}`);
  }

  /** Something the operator should know that is no fault of ours. Never throws. */
  notice(component: string, message: string): void {
    try {
      const now = this.#clock.monotonic();
      const state = this.#components.get(component);
      if (state && now - state.lastLine < QUIET_MS) {
        state.held++;
        return;
      }
      const held = state?.held ?? 0;
      this.#components.set(component, { lastLine: now, held: 0 });
      const more = held > 0 ? ` (and ${held} more in the last minute)` : '';
      const written = this.#logger.warn(`[sightline] ${component}: ${redact(message)}${more}`) as unknown;
      // A logger may be asynchronous, whatever its type says.
      if (written instanceof Promise) written.catch(() => {});
    } catch {
      // A logger that throws must not take the host down with it.
    }
  }

  /** Runs `work`; a throw becomes a fault of `component` and the result is `undefined`. */
  guard<T>(component: string, what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.fault(component, what, error);
      return undefined;
    }
  }
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
