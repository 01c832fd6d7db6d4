import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { parseDuration } from '../core/duration.js';
import { InvalidOptionError } from '../core/errors.js';
import { aText, anObject, checkOptions, type OptionRule } from '../core/options.js';
import type { Metrics } from '../metrics/metrics.js';
import { AckLinks } from './ack-links.js';
import { AlertMetrics } from './alert-metrics.js';
import { Alerts, type AlertsParts } from './alerts.js';
import type { Channel } from './channels/channel.js';
import { Deliverer } from './delivery/deliverer.js';
import { Dispatcher } from './dispatcher.js';
import { escalationReason, Escalator, type EscalationPolicy } from './escalation.js';
import type { AlertsOptions, EscalationOptions } from './options.js';
import { Notifier } from './notifier.js';
import { Pipeline, type Stage } from './pipeline.js';
import { Remediator } from './remediation.js';
import { Inhibitor } from './routing/inhibition.js';
import { MaintenanceWindow } from './routing/maintenance-window.js';
import { parseMatchers } from './routing/matcher.js';
import { RouteTree } from './routing/route-tree.js';
import { TimeInterval } from './routing/time-interval.js';
import { severityRoutes } from './severity-routes.js';
import { DuplicateStage } from './stages/duplicate-stage.js';
import { FlappingStage } from './stages/flapping-stage.js';
import { InhibitionStage } from './stages/inhibition-stage.js';
import { MaintenanceStage } from './stages/maintenance-stage.js';
import { SilenceStage } from './stages/silence-stage.js';
import { TimeIntervalStage } from './stages/time-interval-stage.js';
import { MemoryAlertStore } from './stores/memory-alert-store.js';

/** Ready values for {@link createAlerts}. */
export interface AlertsSettings {
  readonly options: AlertsOptions;
  /** Source of alerts that name none. */
  readonly service: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const aList: OptionRule = { allowed: 'a list', accepts: value => Array.isArray(value) };
const aDuration: OptionRule = { allowed: "a duration such as '10s'", accepts: value => typeof value === 'string' || typeof value === 'number' };
const RULES: Readonly<Record<keyof AlertsOptions, OptionRule>> = {
  channels: anObject,
  severityChannels: anObject,
  route: anObject,
  receivers: anObject,
  timeIntervals: anObject,
  inhibitRules: aList,
  maintenanceWindows: aList,
  flapping: { allowed: 'false or an object', accepts: value => value === false || anObject.accepts(value) },
  escalations: aList,
  fallbackChannel: aText,
  sendTimeout: aDuration,
  externalUrl: aText,
  links: anObject,
};
const ESCALATION_RULES: Readonly<Record<keyof EscalationOptions, OptionRule>> = {
  name: aText,
  match: aList,
  levels: { allowed: 'a list of at least one level', accepts: value => Array.isArray(value) && value.length > 0 },
  repeat: { allowed: 'a whole number of at least 0', accepts: value => Number.isInteger(value) && (value as number) >= 0 },
  ackTimeout: aDuration,
};

/**
 * Builds the alert dispatcher as the options have it.
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function createAlerts({ options, service, metrics, clock, diagnostics, random = Math.random }: AlertsSettings): Alerts {
  checkOptions('alerts', options, RULES);
  const channels = checkedChannels(options.channels ?? {});
  const names = Object.keys(channels);
  const bySeverity = options.route === undefined ? severityRoutes(names, options.severityChannels ?? {}) : undefined;
  const receivers: Record<string, readonly string[]> = {
    default: names,
    ...Object.fromEntries(names.map(name => [name, [name]])),
    ...bySeverity?.receivers,
    ...options.receivers,
  };
  for (const [receiver, list] of Object.entries(receivers)) checkNames(list, names, `alerts.receivers.${receiver}`);
  if (options.fallbackChannel !== undefined) checkNames([options.fallbackChannel], names, 'alerts.fallbackChannel');
  const routes = new RouteTree(options.route ?? bySeverity?.route ?? {}, {
    receivers: Object.keys(receivers),
    timeIntervals: Object.keys(options.timeIntervals ?? {}),
  });
  const windows = (options.maintenanceWindows ?? []).map((window, i) => new MaintenanceWindow(window, `alerts.maintenanceWindows[${i}]`));
  const policies = (options.escalations ?? []).map((policy, i) => escalationPolicy(policy, names, `alerts.escalations[${i}]`));
  const links = options.links && new AckLinks(options.links, clock);
  const alertMetrics = new AlertMetrics(metrics);
  const store = new MemoryAlertStore();
  const deliverer = new Deliverer({
    channels,
    fallback: options.fallbackChannel,
    clock,
    diagnostics,
    metrics: alertMetrics,
    timeoutMs: parseDuration(options.sendTimeout ?? '10s', 'alerts.sendTimeout'),
    random,
  });
  const pipeline = new Pipeline(stagesOf(options, windows));
  const notifier = new Notifier({
    store,
    routes,
    pipeline,
    deliverer,
    receivers,
    linksOf: alert => links?.linksOf(alert) ?? {},
    externalUrl: options.externalUrl,
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
  const dispatcher = new Dispatcher({
    store,
    routes,
    pipeline,
    notifier,
    deliverer,
    receivers,
    tellsResolvedAtOnce: bySeverity !== undefined,
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
  const escalator = new Escalator({
    policies,
    clock,
    diagnostics,
    get: id => store.get(id),
    active: () => store.active(),
    escalate: async (alert, policy, level, to) => {
      alertMetrics.escalated(policy, level);
      await store.note(alert.id, { at: new Date(clock.now()), event: 'escalated', reason: escalationReason(policy, level, to) });
      await notifier.notify(to, alert, 'escalation', `${policy} ${level}`);
    },
    unacknowledge: async (alert, policy) => {
      await store.unacknowledge(alert.id, new Date(clock.now()), `the policy ${policy}`);
    },
  });
  const remediator = createRemediator({ store, dispatcher, notifier, metrics: alertMetrics, clock, diagnostics });
  dispatcher.start();
  escalator.start();
  return new Alerts({
    store,
    dispatcher,
    notifier,
    deliverer,
    escalator,
    remediator,
    windows,
    routes,
    inhibitRules: options.inhibitRules ?? [],
    links,
    source: service,
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
}

/** In the order in which they are asked: what explains an alert comes before what merely hides it. */
function stagesOf({ inhibitRules, timeIntervals = {}, flapping = {} }: AlertsOptions, windows: readonly MaintenanceWindow[]): Stage[] {
  const stages: Stage[] = [new DuplicateStage()];
  if (inhibitRules !== undefined && inhibitRules.length > 0) stages.push(new InhibitionStage(new Inhibitor(inhibitRules)));
  const intervals = Object.entries(timeIntervals).map(([name, specs]) => [name, specs.map((spec, i) => new TimeInterval(spec, `alerts.timeIntervals.${name}[${i}]`))] as const);
  if (intervals.length > 0) stages.push(new TimeIntervalStage(Object.fromEntries(intervals)));
  stages.push(new MaintenanceStage(() => windows), new SilenceStage(text => parseMatchers(text)));
  if (flapping !== false) {
    stages.push(new FlappingStage({ times: flapping.times ?? 6, withinMs: parseDuration(flapping.within ?? '30m', 'alerts.flapping.within') }));
  }
  return stages;
}

function createRemediator({ store, dispatcher, notifier, metrics, clock, diagnostics }: Pick<AlertsParts, 'store' | 'dispatcher' | 'notifier' | 'metrics' | 'clock' | 'diagnostics'>): Remediator {
  const running = new Set<string>();
  const now = (): Date => new Date(clock.now());
  return new Remediator({
    clock,
    diagnostics,
    get: id => store.get(id),
    claim: async key => {
      if (running.has(key)) return Promise.resolve(undefined);
      running.add(key);
      return Promise.resolve(async () => {
        running.delete(key);
        return Promise.resolve();
      });
    },
    contextOf: (alert, name, signal) => ({
      signal,
      resolve: async reason => {
        await dispatcher.resolve(alert.id, { at: now(), event: 'resolved', reason: `${name}: ${reason}`, by: name });
      },
      escalate: async (channels, reason) => {
        await store.note(alert.id, { at: now(), event: 'escalated', reason: `${name}: ${reason}` });
        await notifier.notify(channels, (await store.get(alert.id)) ?? alert, 'escalation', name);
      },
    }),
    onOutcome: async (alert, name, outcome, detail) => {
      metrics.remediated(name, outcome);
      await store.note(alert.id, { at: now(), event: 'remediated', reason: `${name}: ${outcome === 'succeeded' ? detail : `${outcome}: ${detail}`}` });
    },
  });
}

function checkedChannels(channels: Readonly<Record<string, Channel>>): Readonly<Record<string, Channel>> {
  for (const [name, channel] of Object.entries(channels)) {
    const { send, quotas } = (channel ?? {}) as Partial<Channel>;
    if (typeof send !== 'function' || !Array.isArray(quotas)) {
      throw new InvalidOptionError(`alerts.channels.${name}`, channel, "a channel of 'sightline/alerting', such as dingTalk({ … }), or createChannel({ send })");
    }
  }
  return channels;
}

function escalationPolicy(policy: EscalationOptions, channels: readonly string[], option: string): EscalationPolicy {
  checkOptions(option, policy, ESCALATION_RULES);
  const { name, match = [], levels, repeat = 0, ackTimeout } = policy;
  if (!aText.accepts(name)) throw new InvalidOptionError(`${option}.name`, name, aText.allowed);
  return {
    name,
    repeat,
    matchers: match.flatMap((text, i) => parseMatchers(text, `${option}.match[${i}]`)),
    levels: levels.map((level, i) => {
      checkNames(level.channels, channels, `${option}.levels[${i}].channels`);
      const afterMs = parseDuration(level.after, `${option}.levels[${i}].after`);
      const before = levels[i - 1]?.after;
      if (before !== undefined && afterMs < parseDuration(before, option)) {
        throw new InvalidOptionError(`${option}.levels[${i}].after`, level.after, `no less than that of the level before (${before})`);
      }
      return { afterMs, channels: level.channels };
    }),
    ackTimeoutMs: ackTimeout === undefined ? undefined : parseDuration(ackTimeout, `${option}.ackTimeout`),
  };
}

function checkNames(given: readonly string[], known: readonly string[], option: string): void {
  for (const name of given) {
    if (!known.includes(name)) throw new InvalidOptionError(option, name, known.length === 0 ? 'no name: there are no channels' : `names of channels (${known.join(', ')})`);
  }
}
