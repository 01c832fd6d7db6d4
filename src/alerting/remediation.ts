import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { redact } from '../core/redact.js';
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

type RemediationOutcome = 'succeeded' | 'failed' | 'timed_out' | 'skipped';

/** Ready values for {@link Remediator}. */
export interface RemediatorParts {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The alert as it is now. */
  readonly get: (id: string) => Promise<Alert | undefined>;
  readonly contextOf: (alert: Alert, name: string, signal: AbortSignal) => RemediationContext;
  /** Told of each run's end, and why one was skipped. */
  readonly onOutcome: (alert: Alert, name: string, outcome: RemediationOutcome, detail: string) => Promise<void>;
  /** Lets one process run it at a time. @returns what gives the claim back; `undefined` where another one has it */
  readonly claim: (key: string) => Promise<(() => Promise<void>) | undefined>;
}

interface Outcome {
  readonly outcome: RemediationOutcome;
  readonly detail: string;
}

/** What came of a run in its time, or of none. */
interface Run extends Outcome {
  /** Resolves when it has ended, however late. */
  readonly ended: Promise<unknown>;
  /** Gives the claim to run it back. */
  readonly release: () => Promise<void>;
}

/** Alerts that wait for a run of one response. */
const MOST_WAITING = 1_000;
const LONGEST_DETAIL = 500;

/** A response, and what it is doing. */
interface Line {
  readonly remediation: Remediation;
  underWay: number;
  /** Ids of alerts that it runs for: still so when a run was told to end, and has not. */
  readonly busy: Set<string>;
  /** What begins the runs that wait. */
  readonly waiting: (() => void)[];
}

/** Runs responses to alerts that fire: never two at once for one alert, and no more than they allow. */
export class Remediator {
  readonly #parts: RemediatorParts;
  readonly #lines: Line[] = [];
  /** What ends the runs that are under way. */
  readonly #stops = new Set<() => void>();
  #isClosed = false;

  constructor(parts: RemediatorParts) {
    this.#parts = parts;
  }

  add(remediation: Remediation): void {
    this.#lines.push({ remediation, underWay: 0, busy: new Set(), waiting: [] });
  }

  has(name: string): boolean {
    return this.#lines.some(({ remediation }) => remediation.name === name);
  }

  /** An alert fires: what responds to it runs. Resolves when all of it has ended; never rejects. */
  async respond(alert: Alert): Promise<void> {
    if (this.#lines.length === 0) return;
    const labels = routingLabels(alert);
    await Promise.all(this.#lines.filter(({ remediation }) => matchesAll(remediation.matchers, labels)).map(line => this.#respond(line, alert)));
  }

  /** An alert is told again, and nobody takes care of it: what may run once more does. Never rejects. */
  async respondAgain(alert: Alert): Promise<void> {
    if (this.#lines.length === 0 || alert.status === 'acknowledged') return;
    const labels = routingLabels(alert);
    const now = this.#parts.clock.now();
    const may = ({ remediation, busy }: Line): boolean =>
      !busy.has(alert.id) &&
      // Before, it is the business of whoever heard first that it fires.
      now - beginOf(alert) >= remediation.cooldownMs &&
      matchesAll(remediation.matchers, labels) &&
      reasonToSkip(remediation, alert, now) === undefined;
    await Promise.all(this.#lines.filter(may).map(line => this.#respond(line, alert, true)));
  }

  /** Tells what is under way to end, and begins nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    for (const { waiting } of this.#lines) for (const begin of waiting.splice(0)) begin();
  }

  /** @param isAgain whether it is no news that nothing was run */
  async #respond(line: Line, alert: Alert, isAgain = false): Promise<void> {
    const { diagnostics, onOutcome } = this.#parts;
    const { name } = line.remediation;
    const { outcome, detail, ended, release } = await this.#inTurn(line, alert);
    try {
      if (outcome !== 'skipped' || !(this.#isClosed || isAgain)) await onOutcome(alert, name, outcome, detail.slice(0, LONGEST_DETAIL));
    } catch (error) {
      diagnostics.fault('alerts', `the outcome of \`${name}\` could not be recorded`, error);
    }
    // Whoever gets the claim next must see the outcome, and a run that goes on after its time must be the only one.
    ended.then(release).catch((error: unknown) => {
      diagnostics.fault('alerts', `the claim on \`${name}\` could not be given back`, error);
    });
  }

  /** Runs it when its turn has come, unless there is a reason not to. */
  async #inTurn(line: Line, alert: Alert): Promise<Run> {
    const { remediation, busy, waiting } = line;
    const early = reasonToSkip(remediation, alert, this.#parts.clock.now());
    if (early !== undefined) return skipped(early);
    if (busy.has(alert.id)) return skipped('it is running already');
    busy.add(alert.id);
    let ended: Promise<unknown> = Promise.resolve();
    try {
      if (line.underWay >= remediation.concurrency) {
        if (waiting.length >= MOST_WAITING) return skipped(`${waiting.length} alerts wait for it already`);
        await new Promise<void>(resolve => waiting.push(resolve));
      }
      line.underWay++;
      try {
        const run = await this.#claimAndRun(remediation, alert);
        ended = run.ended;
        return run;
      } finally {
        line.underWay--;
        waiting.shift()?.();
      }
    } finally {
      void ended.finally(() => busy.delete(alert.id));
    }
  }

  async #claimAndRun(remediation: Remediation, alert: Alert): Promise<Run> {
    const { claim, get, clock } = this.#parts;
    let release: (() => Promise<void>) | undefined;
    try {
      release = await claim(`${remediation.name}\n${alert.id}`);
      if (release === undefined) return skipped('it is running already');
      // Since it fired somebody may have ended it, or another process responded.
      const now = await get(alert.id);
      const reason = now?.status === 'resolved' ? 'it is resolved' : now && reasonToSkip(remediation, now, clock.now());
      if (reason !== undefined) return { ...skipped(reason), release };
      if (this.#isClosed) return { ...skipped('the app ends'), release };
      return { ...(await this.#runOnce(remediation, now ?? alert)), release };
    } catch (error) {
      return { ...skipped(`it could not be claimed: ${messageOf(error)}`), ...(release && { release }) };
    }
  }

  async #runOnce({ name, run, timeoutMs }: Remediation, alert: Alert): Promise<Omit<Run, 'release'>> {
    const { clock, contextOf } = this.#parts;
    const controller = new AbortController();
    let release = (): void => {};
    const stopped = new Promise<Outcome>(resolve => {
      const stop = (outcome: Outcome) => (): void => {
        resolve(outcome);
        controller.abort();
      };
      const cancel = clock.schedule(stop({ outcome: 'timed_out', detail: `it took longer than ${timeoutMs / 1_000} s` }), timeoutMs);
      const close = stop({ outcome: 'failed', detail: 'the app ended before it did' });
      this.#stops.add(close);
      release = () => {
        cancel();
        this.#stops.delete(close);
      };
    });
    const ended = (async (): Promise<Outcome> => {
      try {
        const result: unknown = await run(alert, inTime(contextOf(alert, name, controller.signal)));
        return { outcome: 'succeeded', detail: typeof result === 'string' && result !== '' ? result : 'done' };
      } catch (error) {
        return { outcome: 'failed', detail: messageOf(error) };
      }
    })();
    try {
      return { ...(await Promise.race([ended, stopped])), ended };
    } finally {
      release();
    }
  }
}

function skipped(detail: string): Run {
  return { outcome: 'skipped', detail, ended: Promise.resolve(), release: () => Promise.resolve() };
}

/** A run that was told to end, and goes on, must not end or escalate what has happened since. */
function inTime(context: RemediationContext): RemediationContext {
  const { signal } = context;
  const check = (): void => {
    if (signal.aborted) throw new Error('This run has taken too long: what it says no longer counts.');
  };
  return {
    signal,
    async resolve(reason) {
      check();
      await context.resolve(reason);
    },
    async escalate(channels, reason) {
      check();
      await context.escalate(channels, reason);
    },
  };
}

function reasonToSkip({ name, cooldownMs, maxRuns }: Remediation, { history }: Alert, now: number): string | undefined {
  const runs = history.filter(({ event, reason }) => event === 'remediated' && reason.startsWith(`${name}: `) && !reason.startsWith(`${name}: skipped: `));
  const begin = history.findLastIndex(({ event }) => event === 'reopened' || event === 'fired');
  const inThisEpisode = runs.filter(run => history.indexOf(run) >= begin).length;
  if (inThisEpisode >= maxRuns) return maxRuns === 1 ? 'it ran once, which is all it may' : `it ran ${maxRuns} times, which is all it may`;
  const last = runs.at(-1);
  return last !== undefined && now - last.at.getTime() < cooldownMs ? 'it ran a short while ago' : undefined;
}

/** When this episode began, as far as its history is kept. */
function beginOf({ history, timestamp }: Alert): number {
  return (history.findLast(({ event }) => event === 'reopened' || event === 'fired' || event === 'raised')?.at ?? timestamp).getTime();
}

/** What a run threw may be anything. */
function messageOf(error: unknown): string {
  try {
    return redact(error instanceof Error ? error.message : String(error));
  } catch {
    return 'an error that cannot be shown';
  }
}
