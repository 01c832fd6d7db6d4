import type { Clock } from '../core/clock.js';
import { routingLabels, type Alert } from './alert.js';
import { matchesAll, type Matcher } from './routing/matcher.js';

/** What an automated response may do with its alert. */
export interface RemediationContext {
  /** Aborted when the run has taken too long. */
  readonly signal: AbortSignal;
  /** Ends the alert: what was done has helped. */
  resolve(reason: string): Promise<void>;
  /** Tells these channels at once: what was done has not helped. */
  escalate(channels: readonly string[], reason: string): Promise<void>;
}

/** An automated response to alerts. */
export interface Remediation {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly run: (alert: Alert, context: RemediationContext) => unknown;
  /** Least time between two runs for one alert. */
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  /** Runs in one episode of an alert. */
  readonly maxRuns: number;
  /** Runs at once, of all alerts. */
  readonly concurrency: number;
}

export type RemediationOutcome = 'succeeded' | 'failed' | 'timed_out' | 'skipped';

/** Ready values for {@link Remediator}. */
export interface RemediatorParts {
  readonly clock: Clock;
  readonly contextOf: (alert: Alert, name: string, signal: AbortSignal) => RemediationContext;
  /** Told of each run's end, and why one was skipped. */
  readonly onOutcome: (alert: Alert, name: string, outcome: RemediationOutcome, detail: string) => Promise<void>;
  /** Lets one process run it at a time. @returns what gives the claim back; `undefined` where another one has it */
  readonly claim: (key: string, forMs: number) => Promise<(() => Promise<void>) | undefined>;
}

/** Runs responses to alerts that fire: never two at once for one alert, and no more than they allow. */
export class Remediator {
  readonly #parts: RemediatorParts;
  readonly #remediations: Remediation[] = [];
  readonly #running = new Map<string, number>();

  constructor(parts: RemediatorParts) {
    this.#parts = parts;
  }

  add(remediation: Remediation): void {
    this.#remediations.push(remediation);
  }

  /** An alert fires: what responds to it runs. Resolves when all of it has ended; never rejects. */
  async respond(alert: Alert): Promise<void> {
    const labels = routingLabels(alert);
    await Promise.allSettled(this.#remediations.filter(({ matchers }) => matchesAll(matchers, labels)).map(each => this.#run(each, alert)));
  }

  async #run(remediation: Remediation, alert: Alert): Promise<void> {
    const { name, concurrency, timeoutMs } = remediation;
    const { onOutcome, claim } = this.#parts;
    const reason = this.#reasonToSkip(remediation, alert);
    if (reason !== undefined) {
      await onOutcome(alert, name, 'skipped', reason);
      return;
    }
    const running = this.#running.get(name) ?? 0;
    if (running >= concurrency) {
      await onOutcome(alert, name, 'skipped', `${running} runs are under way`);
      return;
    }
    this.#running.set(name, running + 1);
    try {
      const release = await claim(`${name}\n${alert.id}`, timeoutMs);
      if (release === undefined) {
        await onOutcome(alert, name, 'skipped', 'it is running already');
        return;
      }
      const { outcome, detail } = await this.#runOnce(remediation, alert);
      await onOutcome(alert, name, outcome, detail);
      await release();
    } finally {
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    }
  }

  #reasonToSkip({ name, cooldownMs, maxRuns }: Remediation, alert: Alert): string | undefined {
    const begin = alert.timestamp.getTime();
    const runs = alert.history.filter(({ event, reason }) => event === 'remediated' && reason.startsWith(`${name}: `) && !reason.startsWith(`${name}: skipped`));
    if (runs.filter(({ at }) => at.getTime() >= begin).length >= maxRuns) return `it ran ${maxRuns} times, which is all it may`;
    const last = runs.at(-1);
    const isCooling = last !== undefined && this.#parts.clock.now() - last.at.getTime() < cooldownMs;
    return isCooling ? 'it ran a short while ago' : undefined;
  }

  async #runOnce({ name, run, timeoutMs }: Remediation, alert: Alert): Promise<{ outcome: RemediationOutcome; detail: string }> {
    const controller = new AbortController();
    let cancel = (): void => {};
    const timeout = new Promise<{ outcome: RemediationOutcome; detail: string }>(resolve => {
      cancel = this.#parts.clock.schedule(() => {
        controller.abort();
        resolve({ outcome: 'timed_out', detail: `it took longer than ${timeoutMs / 1_000} s` });
      }, timeoutMs);
    });
    const work = (async (): Promise<{ outcome: RemediationOutcome; detail: string }> => {
      try {
        const result = await run(alert, this.#parts.contextOf(alert, name, controller.signal));
        return { outcome: 'succeeded', detail: typeof result === 'string' ? result : 'done' };
      } catch (error) {
        return { outcome: 'failed', detail: error instanceof Error ? error.message : String(error) };
      }
    })();
    try {
      return await Promise.race([work, timeout]);
    } finally {
      cancel();
    }
  }
}
