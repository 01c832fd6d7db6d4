import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { parseDuration, type Duration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import type { FetchLike } from '../../core/json-http.js';
import { aFunction, checkOptions, type OptionRule } from '../../core/options.js';
import type { AlertMetrics } from '../alert-metrics.js';
import type { Alerts } from '../alerts.js';
import { aUrl, checkChannelOptions, required } from '../channels/channel-options.js';
import type { ChannelTrouble } from '../delivery/channel-health.js';
import type { Deliverer } from '../delivery/deliverer.js';
import { DispatcherHealth } from './dispatcher-health.js';
import { Heartbeat } from './heartbeat.js';
import type { Notifier } from '../notifier.js';
import { OpenAlerts } from './open-alerts.js';
import type { RouteOptions } from '../routing/route-tree.js';
import { SelfCheck } from './self-check.js';
import { selfCheckRoutes, type SelfCheckRoutes } from './self-check-routes.js';
import { SEVERITIES, type AlertSeverity } from '../severity.js';
import type { AlertStore } from '../stores/alert-store.js';

/** Alerts of the dispatcher's own failures. */
export interface SelfCheckOptions {
  /** Default: `high`. */
  readonly severity?: AlertSeverity;
  /** Channels that are told; of one that fails, the others among them, or else all others. Default: all. */
  readonly channels?: readonly string[];
  /** Notifications that may wait for a channel before that is an alert. Default: 500. */
  readonly backlog?: number;
}

/** A heartbeat to a service outside, which calls for help when it hears nothing. */
export interface HeartbeatOptions {
  /** The service's address for it: of a check on healthchecks.io, Dead Man's Snitch, Cronitor or the like. It is kept secret. */
  readonly url: string;
  /** Default: `1m`; at least `1s`. Let the service wait for two or three. */
  readonly every?: Duration;
  /** Default: `GET`. */
  readonly method?: 'GET' | 'POST';
  /** Longest time of one request. Default: `10s`, or `every` where that is less. */
  readonly timeout?: Duration;
  /** In place of the global one: for a proxy. */
  readonly fetch?: FetchLike;
}

/** Ready values for {@link SelfWatch}. */
export interface SelfWatchSettings {
  readonly selfCheck: false | SelfCheckOptions | undefined;
  readonly heartbeat: HeartbeatOptions | undefined;
  /** All channels there are. */
  readonly channels: readonly string[];
  readonly service: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** What is watched, once it is made. */
export interface Watched {
  readonly store: AlertStore;
  readonly notifier: Pick<Notifier, 'notify' | 'channelsOf'>;
  readonly deliverer: Pick<Deliverer, 'backlog' | 'channel' | 'failing'>;
  readonly alerts: Pick<Alerts, 'fire' | 'resolve'>;
}

const SELF_CHECK_RULES: Readonly<Record<keyof SelfCheckOptions, OptionRule>> = {
  severity: { allowed: SEVERITIES.join(', '), accepts: value => (SEVERITIES as readonly unknown[]).includes(value) },
  channels: { allowed: 'a list of at least one name of a channel', accepts: value => Array.isArray(value) && value.length > 0 },
  backlog: { allowed: 'a whole number of at least 1', accepts: value => Number.isInteger(value) && (value as number) >= 1 },
};
const aDuration: OptionRule = { allowed: "a duration such as '1m'", accepts: value => typeof value === 'string' || typeof value === 'number' };
const BACKLOG = 500;
const SHORTEST_MS = 1_000;

/** Who watches the watcher: finds what of the dispatcher fails, and tells that inside, outside and in metrics. */
export class SelfWatch {
  readonly #settings: SelfWatchSettings;
  readonly #health: DispatcherHealth;
  readonly #routes: SelfCheckRoutes;
  #openAlerts: OpenAlerts | undefined;
  #selfCheck: SelfCheck | undefined;
  #heartbeat: Heartbeat | undefined;

  /** @throws InvalidOptionError naming the option, what was given and what is allowed */
  constructor(settings: SelfWatchSettings) {
    this.#settings = settings;
    const { clock, metrics, channels, selfCheck, heartbeat } = settings;
    if (selfCheck !== false) checkSelfCheck(selfCheck, channels);
    if (heartbeat !== undefined) readHeartbeat(heartbeat);
    this.#health = new DispatcherHealth({ clock, metrics });
    this.#routes = this.#isChecking ? selfCheckRoutes(channels, this.#told) : { receivers: {}, routes: [] };
  }

  /** Channels by receiver, of {@link withRoutes}. */
  get receivers(): SelfCheckRoutes['receivers'] {
    return this.#routes.receivers;
  }

  /** A routing tree, with the routes of the dispatcher's own alerts before its others. */
  withRoutes(route: RouteOptions): RouteOptions {
    return { ...route, routes: [...this.#routes.routes, ...(route.routes ?? [])] };
  }

  /** What became of an attempt says so of its channel. */
  found(channel: string, trouble: ChannelTrouble | undefined): void {
    this.#selfCheck?.found(channel, trouble);
  }

  /** The dispatcher's loop has come to its end. @param error what the store said, where it did not answer */
  ran(error?: unknown): void {
    this.#health.ran(error);
    if (error === undefined) void this.#openAlerts?.refresh();
  }

  start({ store, notifier, deliverer, alerts }: Watched): void {
    const { clock, diagnostics, metrics, channels, service, selfCheck, heartbeat } = this.#settings;
    this.#openAlerts = new OpenAlerts({ store, clock, diagnostics, metrics });
    if (this.#isChecking) {
      const { severity = 'high', backlog = BACKLOG } = selfCheck || {};
      this.#selfCheck = new SelfCheck({
        severity,
        service,
        channels,
        backlogLimit: backlog,
        fire: input => alerts.fire(input),
        resolve: input => alerts.resolve(input, 'the self-check'),
        tellDirectly: alert => {
          const isOver = alert.status === 'resolved';
          const told = notifier.channelsOf(alert).filter(name => !isOver || deliverer.channel(name)?.sendsResolved !== false);
          return notifier.notify(told, alert, isOver ? 'resolved' : 'first', 'self-check');
        },
        backlog: () => deliverer.backlog(),
        storeTrouble: () => this.#health.look(),
        clock,
        diagnostics,
      });
      this.#selfCheck.start();
    }
    if (heartbeat !== undefined) {
      const fault = (): string | undefined => this.#health.fault ?? (deliverer.failing().length >= channels.length ? 'no channel works' : undefined);
      this.#heartbeat = new Heartbeat({ ...readHeartbeat(heartbeat), fault, clock, diagnostics, metrics });
      this.#heartbeat.start();
    }
  }

  close(): void {
    this.#selfCheck?.close();
    this.#heartbeat?.close();
  }

  get #isChecking(): boolean {
    const { selfCheck, channels } = this.#settings;
    return selfCheck !== false && (selfCheck !== undefined || channels.length > 1);
  }

  get #told(): readonly string[] {
    const { selfCheck, channels } = this.#settings;
    return (selfCheck || {}).channels ?? channels;
  }
}

function checkSelfCheck(options: SelfCheckOptions | undefined, channels: readonly string[]): void {
  checkOptions('alerts.selfCheck', options, SELF_CHECK_RULES);
  for (const name of options?.channels ?? []) {
    if (!channels.includes(name)) throw new InvalidOptionError('alerts.selfCheck.channels', name, `names of channels (${channels.join(', ')})`);
  }
}

function readHeartbeat(options: HeartbeatOptions): { url: string; method: 'GET' | 'POST'; everyMs: number; timeoutMs: number; fetch: FetchLike | undefined } {
  checkChannelOptions('alerts.heartbeat', options, {
    url: required(aUrl),
    every: aDuration,
    method: { allowed: "'GET' or 'POST'", accepts: value => value === 'GET' || value === 'POST' },
    timeout: aDuration,
    fetch: aFunction,
  });
  const { url, every = '1m', method = 'GET', timeout = '10s', fetch } = options;
  const everyMs = parseDuration(every, 'alerts.heartbeat.every');
  if (everyMs < SHORTEST_MS) throw new InvalidOptionError('alerts.heartbeat.every', every, "at least '1s'");
  const timeoutMs = Math.min(everyMs, parseDuration(timeout, 'alerts.heartbeat.timeout'));
  if (timeoutMs === 0) throw new InvalidOptionError('alerts.heartbeat.timeout', timeout, 'a duration that is not 0');
  return { url, method, everyMs, timeoutMs, fetch };
}
