import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { routingLabels, type Alert, type HistoryEntry } from '../alert.js';
import type { WorkQueue } from '../queue/work-queue.js';
import { matchesAll, type Matcher } from '../routing/matcher.js';

/** A step of an escalation: channels that are told when nobody has stopped it for so long. */
interface EscalationLevel {
  /** Since the alert began, or since the loop did. */
  readonly afterMs: number;
  readonly channels: readonly string[];
}

/** Who is told of alerts that nobody takes care of. */
export interface EscalationPolicy {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** In the order of their times. */
  readonly levels: readonly EscalationLevel[];
  /** How often all levels are gone through again. */
  readonly repeat: number;
  /** After this an acknowledgement no longer holds, where the alert still fires; `undefined`: it holds. */
  readonly ackTimeoutMs: number | undefined;
}

/** Ready values for {@link Escalator}. */
export interface EscalatorParts {
  readonly policies: readonly EscalationPolicy[];
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The alert as it is now. */
  readonly get: (id: string) => Promise<Alert | undefined>;
  /** All alerts that are not resolved. */
  readonly active: () => Promise<readonly Alert[]>;
  /**
   * Tells the channels, and writes {@link escalationReason} on the alert. Called again for a step that was begun and
   * not written down, because the process died or the store was down.
   */
  readonly escalate: (alert: Alert, step: EscalationStep) => Promise<void>;
  /** An acknowledgement has held for too long. */
  readonly unacknowledge: (alert: Alert, policy: string) => Promise<void>;
  /** Whether other processes escalate the same alerts: then one of them looks now and then for what another has dropped. */
  readonly isShared: boolean;
}

/** A step of a policy that is due. */
export interface EscalationStep {
  readonly policy: string;
  /** Counted over all loops, from 1. */
  readonly step: number;
  /** When it was due, in milliseconds since the epoch: the same in each process, and each time. */
  readonly at: number;
  readonly channels: readonly string[];
}

/** A suppressed alert is asked for again after at most this, and one that could not be read or scheduled. */
const PAUSE_MS = 60_000;
/** Least time from the end of a loop to the next. */
const LOOP_PAUSE_MS = 60_000;
/** Alerts of a process that died before it had scheduled them are found after at most this. */
const SWEEP_MS = 5 * 60_000;
/** Alerts that are scheduled at once. */
const BATCH = 100;

const KIND = 'escalation';
const SWEEP = 'escalation-sweep';

/** How a step is written into the history; the next one is found there. */
export function escalationReason(policy: string, step: number, channels: readonly string[]): string {
  return `${policy}: step ${step}, to ${channels.join(', ')}`;
}

/** How far an escalation has come: the last step, counted over all loops from 1, and when it was. */
interface Progress {
  readonly step: number;
  readonly at: number;
}

/**
 * Escalates alerts that stay unattended. When an alert is to be looked at is kept in a queue, and where it stands is read
 * off the alert itself when its time has come: what happened meanwhile counts, work for what is no more is without
 * effect, and any process can go on where another one was. A step that its history names is done.
 */
export class Escalator {
  readonly #parts: EscalatorParts;
  readonly #policies: ReadonlyMap<string, EscalationPolicy>;
  #cancelRead: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: EscalatorParts) {
    this.#parts = parts;
    this.#policies = new Map(parts.policies.map(policy => [policy.name, policy]));
  }

  /** Takes part in the work, and goes on with the alerts that a process before this one has left. */
  start(): void {
    const { queue, isShared } = this.#parts;
    if (this.#policies.size === 0 || this.#isClosed) return;
    queue.process(KIND, key => this.#look(key));
    if (isShared) {
      queue.process(SWEEP, () => this.#sweep());
      this.#sweepOften();
    }
    this.#background(this.#readAll());
  }

  /**
   * Watches an alert from now on, or looks at it again because it changed.
   * Resolves when the queue has what is to be done; where it could not take it, this process tries again. Never rejects.
   */
  async watch(alert: Alert): Promise<void> {
    const { clock } = this.#parts;
    try {
      // Who looks at it this very moment may have read it before it changed: so this is work for a time of its own.
      await this.#scheduleAll(alert, due => Math.max(due, clock.now() + 1));
    } catch (error) {
      this.#readLater(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRead?.();
    this.#cancelSweep?.();
  }

  /** Schedules all that there is: work that waits already stays as it is. */
  async #readAll(): Promise<void> {
    const alerts = await this.#parts.active();
    for (let first = 0; first < alerts.length; first += BATCH) {
      await Promise.all(alerts.slice(first, first + BATCH).map(alert => this.#scheduleAll(alert)));
    }
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#readLater(error);
    });
  }

  #readLater(error: unknown): void {
    if (this.#isClosed) return;
    const { clock, diagnostics } = this.#parts;
    diagnostics.fault('alerts', 'alerts could not be scheduled to escalate; it is tried again', error);
    this.#cancelRead?.();
    this.#cancelRead = clock.schedule(() => {
      this.#background(this.#readAll());
    }, PAUSE_MS);
  }

  /** Each process sees to it: the work that waits may be lost, with what Redis had not written before it died. */
  #sweepOften(): void {
    this.#background(this.#scheduleSweep());
    this.#cancelSweep = this.#parts.clock.schedule(() => {
      this.#sweepOften();
    }, SWEEP_MS);
  }

  async #sweep(): Promise<void> {
    await this.#scheduleSweep();
    await this.#readAll();
  }

  async #scheduleSweep(): Promise<void> {
    const { queue, clock } = this.#parts;
    // The same for all processes: one of them does it.
    await queue.schedule({ kind: SWEEP, key: '' }, new Date(nextMultiple(SWEEP_MS, clock.now())));
  }

  async #scheduleAll(alert: Alert, at?: (due: number) => number): Promise<void> {
    for (const policy of this.#policies.values()) await this.#schedule(alert, policy, at);
  }

  async #schedule(alert: Alert, policy: EscalationPolicy, at = (due: number) => due): Promise<void> {
    const due = this.#isClosed ? undefined : this.#dueAt(alert, policy);
    if (due !== undefined) await this.#parts.queue.schedule({ kind: KIND, key: keyOf(alert, policy) }, new Date(at(due)));
  }

  /** An alert is to be looked at, as it seemed: makes the step that is due, and schedules the next. */
  async #look(key: string): Promise<void> {
    const { clock, get, queue } = this.#parts;
    const [name, id] = JSON.parse(key) as [string, string];
    const alert = await get(id);
    if (alert === undefined || alert.status === 'resolved') return;
    const policy = this.#policies.get(name);
    if (policy === undefined) {
      // A process with another version of the policies may know it.
      await queue.schedule({ kind: KIND, key }, new Date(nextMultiple(PAUSE_MS, clock.now())));
      return;
    }
    await this.#step(alert, policy);
    const after = await get(id);
    // This very work is under way still: for its own time there can't be another one.
    if (after !== undefined) await this.#schedule(after, policy, due => Math.max(due, clock.now() + 1));
  }

  async #step(alert: Alert, policy: EscalationPolicy): Promise<void> {
    const { escalate, unacknowledge, clock } = this.#parts;
    const due = this.#dueAt(alert, policy);
    if (due === undefined || due > clock.now() || this.#isClosed) return;
    if (alert.status === 'acknowledged') {
      await unacknowledge(alert, policy.name);
      return;
    }
    const next = nextStep(alert, policy);
    if (next !== undefined) await escalate(alert, next);
  }

  /** When the alert is to be looked at next; `undefined`: not before it has changed. */
  #dueAt(alert: Alert, policy: EscalationPolicy): number | undefined {
    if (alert.status === 'resolved' || !matchesAll(policy.matchers, routingLabels(alert))) return undefined;
    const now = this.#parts.clock.now();
    if (alert.status === 'acknowledged') {
      return policy.ackTimeoutMs === undefined ? undefined : (alert.acknowledgedAt?.getTime() ?? now) + policy.ackTimeoutMs;
    }
    const next = nextStep(alert, policy);
    // Nobody tells when it is released.
    return next && (alert.status === 'suppressed' ? Math.max(next.at, nextMultiple(PAUSE_MS, now)) : next.at);
  }
}

function nextStep(alert: Alert, { name, levels, repeat }: EscalationPolicy): EscalationStep | undefined {
  const last = toldSteps(alert, name);
  const done = last?.step ?? 0;
  const level = levels[done % levels.length];
  if (level === undefined || done >= levels.length * (repeat + 1)) return undefined;
  const at = Math.max(last?.at ?? beginOf(alert), releasedAt(alert)) + gapBefore(done, levels);
  return { policy: name, step: done + 1, at, channels: level.channels };
}

function keyOf({ id }: Alert, { name }: EscalationPolicy): string {
  return JSON.stringify([name, id]);
}

/** The next time that all processes find alike. */
function nextMultiple(ms: number, now: number): number {
  return (Math.floor(now / ms) + 1) * ms;
}

/** The history of this episode, as far as it is kept. */
function episodeOf({ history }: Alert): readonly HistoryEntry[] {
  return history.slice(Math.max(0, history.findLastIndex(({ event }) => event === 'reopened' || event === 'fired')));
}

function toldSteps(alert: Alert, policy: string): Progress | undefined {
  let last: Progress | undefined;
  for (const { event, reason, at } of episodeOf(alert)) {
    if (event !== 'escalated' || !reason.startsWith(`${policy}: `)) continue;
    const step = Number(/^step (\d+), to /.exec(reason.slice(policy.length + 2))?.[1] ?? 0);
    if (step > (last?.step ?? 0)) last = { step, at: at.getTime() };
  }
  return last;
}

/** Since when it has been as bad as it is. */
function beginOf(alert: Alert): number {
  const times = episodeOf(alert).filter(({ event }) => event === 'raised').map(({ at }) => at.getTime());
  return Math.max(alert.timestamp.getTime(), ...times);
}

/** While something kept it back nobody could know of it: that time does not count. */
function releasedAt(alert: Alert): number {
  return episodeOf(alert).findLast(({ event }) => event === 'released')?.at.getTime() ?? -Infinity;
}

function gapBefore(done: number, levels: readonly EscalationLevel[]): number {
  const place = done % levels.length;
  const before = levels[place - 1]?.afterMs ?? 0;
  const gap = (levels[place]?.afterMs ?? 0) - before;
  return place === 0 && done > 0 ? Math.max(LOOP_PAUSE_MS, gap) : gap;
}
