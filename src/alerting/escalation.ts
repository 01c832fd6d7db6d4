import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { routingLabels, type Alert } from './alert.js';
import { matchesAll, type Matcher } from './routing/matcher.js';

/** A step of an escalation: channels that are told when nobody has stopped it for so long. */
export interface EscalationLevel {
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
  readonly escalate: (alert: Alert, policy: string, level: number, channels: readonly string[]) => Promise<void>;
  /** An acknowledgement has held for too long. */
  readonly unacknowledge: (alert: Alert, policy: string) => Promise<void>;
}

/** A suppressed alert is asked again after this. */
const PAUSE_MS = 60_000;

/**
 * Escalates alerts that stay unattended. Where an alert stands is read off the alert itself whenever a step is due,
 * so that what happened meanwhile counts, and a restart goes on where it was: a step that its history names is done.
 */
export class Escalator {
  readonly #parts: EscalatorParts;
  readonly #timers = new Map<string, () => void>();
  #isClosed = false;

  constructor(parts: EscalatorParts) {
    this.#parts = parts;
  }

  /** Watches an alert from now on, or looks at it again because it changed. */
  watch(alert: Alert): void {
    for (const policy of this.#parts.policies) {
      if (matchesAll(policy.matchers, routingLabels(alert))) this.#schedule(alert, policy);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #schedule(alert: Alert, policy: EscalationPolicy): void {
    const key = `${policy.name}\n${alert.id}`;
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (this.#isClosed) return;
    const now = this.#parts.clock.now();
    const at = this.#dueAt(alert, policy, now);
    if (at === undefined) return;
    const cancel = this.#parts.clock.schedule(() => {
      this.#timers.delete(key);
      this.#step(alert.id, policy).catch((error: unknown) => {
        this.#parts.diagnostics.fault('alerts', 'an alert could not be escalated', error);
      });
    }, Math.max(0, at - now));
    this.#timers.set(key, cancel);
  }

  /** When the alert is to be looked at next; `undefined`: no more. */
  #dueAt(alert: Alert, policy: EscalationPolicy, now: number): number | undefined {
    if (alert.status === 'resolved') return undefined;
    if (alert.status === 'acknowledged') {
      return policy.ackTimeoutMs === undefined ? undefined : (alert.acknowledgedAt?.getTime() ?? now) + policy.ackTimeoutMs;
    }
    const next = nextStep(alert, policy);
    if (next === undefined) return undefined;
    return alert.status === 'suppressed' ? Math.max(next.at, now + PAUSE_MS) : next.at;
  }

  async #step(id: string, policy: EscalationPolicy): Promise<void> {
    const { get, escalate, unacknowledge, clock } = this.#parts;
    const alert = await get(id);
    if (alert === undefined || this.#isClosed) return;
    const due = this.#dueAt(alert, policy, clock.now());
    if (due !== undefined && due <= clock.now()) {
      if (alert.status === 'acknowledged') await unacknowledge(alert, policy.name);
      else {
        const step = nextStep(alert, policy);
        if (step !== undefined) await escalate(alert, policy.name, step.number, step.channels);
      }
    }
    const after = await get(id);
    if (after !== undefined) this.#schedule(after, policy);
  }
}

/** The step that comes next in this episode, counted over all loops from 1. */
function nextStep(alert: Alert, { name, levels, repeat }: EscalationPolicy): { number: number; at: number; channels: readonly string[] } | undefined {
  const begin = alert.timestamp.getTime();
  const done = alert.history.filter(({ event, at, reason }) => event === 'escalated' && at.getTime() >= begin && reason.startsWith(`${name}: `)).length;
  const loop = Math.floor(done / levels.length);
  const level = levels[done % levels.length];
  if (level === undefined || loop > repeat) return undefined;
  const loopMs = levels.at(-1)?.afterMs ?? 0;
  return { number: done + 1, at: begin + loop * loopMs + level.afterMs, channels: level.channels };
}
