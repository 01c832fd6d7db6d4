import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { routingLabels, type Alert, type HistoryEntry } from './alert.js';
import { matchesAll, type Matcher } from './routing/matcher.js';

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
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The alert as it is now. */
  readonly get: (id: string) => Promise<Alert | undefined>;
  /** All alerts that are not resolved. */
  readonly active: () => Promise<readonly Alert[]>;
  /** Tells the channels, and writes {@link escalationReason} on the alert. */
  readonly escalate: (alert: Alert, policy: string, step: number, channels: readonly string[]) => Promise<void>;
  /** An acknowledgement has held for too long. */
  readonly unacknowledge: (alert: Alert, policy: string) => Promise<void>;
}

/** A suppressed alert is asked for again after this, and one whose step has failed. */
const PAUSE_MS = 60_000;
/** Least time from the end of a loop to the next. */
const LOOP_PAUSE_MS = 60_000;

/** Alerts of which this process remembers how far it has come. */
const MOST_REMEMBERED = 100_000;

/** How a step is written into the history; the next process reads there where an alert stands. */
export function escalationReason(policy: string, step: number, channels: readonly string[]): string {
  return `${policy}: step ${step}, to ${channels.join(', ')}`;
}

/** How far an escalation has come: the last step, counted over all loops from 1, and when it was. */
interface Progress {
  readonly step: number;
  readonly at: number;
}

/**
 * Escalates alerts that stay unattended. Where an alert stands is read off the alert itself whenever a step is due,
 * so that what happened meanwhile counts, and a restart goes on where it was: a step that its history names is done.
 */
export class Escalator {
  readonly #parts: EscalatorParts;
  readonly #timers = new Map<string, () => void>();
  /** Steps that are being made, and the alert where it changed meanwhile. */
  readonly #stepping = new Map<string, Alert | undefined>();
  /** What this process did: a history keeps only its latest entries. */
  readonly #progress = new Map<string, Progress>();
  #isClosed = false;

  constructor(parts: EscalatorParts) {
    this.#parts = parts;
  }

  /** Goes on with the alerts that a process before this one has left. */
  start(): void {
    const { policies, active, clock, diagnostics } = this.#parts;
    if (policies.length === 0 || this.#isClosed) return;
    active().then(
      alerts => {
        for (const alert of alerts) this.#watch(alert);
      },
      (error: unknown) => {
        diagnostics.fault('alerts', 'the alerts to escalate could not be read', error);
        this.#timers.set('start', clock.schedule(() => {
          this.start();
        }, PAUSE_MS));
      },
    );
  }

  /** Watches an alert from now on, or looks at it again because it changed. */
  watch(alert: Alert): void {
    // Told for the first time, or for the first time again.
    if (alert.count === 1) for (const policy of this.#parts.policies) this.#progress.delete(keyOf(alert, policy));
    this.#watch(alert);
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #watch(alert: Alert): void {
    for (const policy of this.#parts.policies) {
      const key = keyOf(alert, policy);
      // Whoever makes a step looks at the alert again afterwards.
      if (this.#stepping.has(key)) this.#stepping.set(key, alert);
      else this.#schedule(alert, policy);
    }
  }

  #schedule(alert: Alert, policy: EscalationPolicy, earliest = -Infinity): void {
    const key = keyOf(alert, policy);
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    const due = this.#dueAt(alert, policy);
    if (due === undefined) this.#progress.delete(key);
    if (this.#isClosed || due === undefined || due === Infinity) return;
    const { clock } = this.#parts;
    const cancel = clock.schedule(() => {
      this.#timers.delete(key);
      void this.#look(alert, policy);
    }, Math.max(0, Math.max(due, earliest) - clock.now()));
    this.#timers.set(key, cancel);
  }

  /** A step is due, as it seems: makes it, and sees to the next. Never rejects. */
  async #look(alert: Alert, policy: EscalationPolicy): Promise<void> {
    const { clock, diagnostics, get } = this.#parts;
    const key = keyOf(alert, policy);
    this.#stepping.set(key, undefined);
    let after: Alert | undefined = alert;
    let earliest = -Infinity;
    try {
      await this.#step(alert.id, policy);
      after = await get(alert.id);
    } catch (error) {
      diagnostics.fault('alerts', 'an alert could not be escalated', error);
      earliest = clock.now() + PAUSE_MS;
    }
    const newer = this.#stepping.get(key);
    this.#stepping.delete(key);
    // Which of the two was read last is not known: one that is acknowledged no more must not be lost.
    const isStopped = after !== undefined && this.#dueAt(after, policy) === Infinity;
    const next = isStopped ? (newer ?? after) : after;
    if (next !== undefined) this.#schedule(next, policy, earliest);
  }

  /** When the alert is to be looked at next; `Infinity`: when it has changed; `undefined`: no more. */
  #dueAt(alert: Alert, policy: EscalationPolicy): number | undefined {
    if (alert.status === 'resolved' || !matchesAll(policy.matchers, routingLabels(alert))) return undefined;
    const now = this.#parts.clock.now();
    const next = this.#nextStep(alert, policy);
    if (alert.status === 'acknowledged') {
      return policy.ackTimeoutMs === undefined ? Infinity : (alert.acknowledgedAt?.getTime() ?? now) + policy.ackTimeoutMs;
    }
    if (next === undefined) return Infinity;
    return alert.status === 'suppressed' ? Math.max(next.at, now + PAUSE_MS) : next.at;
  }

  async #step(id: string, policy: EscalationPolicy): Promise<void> {
    const { get, escalate, unacknowledge, clock } = this.#parts;
    const alert = await get(id);
    const due = alert && this.#dueAt(alert, policy);
    if (alert === undefined || due === undefined || due > clock.now() || this.#isClosed) return;
    if (alert.status === 'acknowledged') {
      await unacknowledge(alert, policy.name);
      return;
    }
    const next = this.#nextStep(alert, policy);
    if (next === undefined) return;
    const at = clock.now();
    await escalate(alert, policy.name, next.step, next.channels);
    this.#remember(keyOf(alert, policy), { step: next.step, at });
  }

  #remember(key: string, progress: Progress): void {
    this.#progress.delete(key);
    this.#progress.set(key, progress);
    for (const oldest of this.#progress.keys()) {
      if (this.#progress.size <= MOST_REMEMBERED) return;
      this.#progress.delete(oldest);
    }
  }

  #nextStep(alert: Alert, policy: EscalationPolicy): { readonly step: number; readonly at: number; readonly channels: readonly string[] } | undefined {
    const { levels, repeat } = policy;
    const told = toldSteps(alert, policy.name);
    const own = this.#progress.get(keyOf(alert, policy));
    const last = own !== undefined && own.step >= (told?.step ?? 0) ? own : told;
    const done = last?.step ?? 0;
    const level = levels[done % levels.length];
    if (level === undefined || done >= levels.length * (repeat + 1)) return undefined;
    return { step: done + 1, at: Math.max(last?.at ?? beginOf(alert), releasedAt(alert)) + gapBefore(done, levels), channels: level.channels };
  }
}

function keyOf({ id }: Alert, { name }: EscalationPolicy): string {
  return `${name}\n${id}`;
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
