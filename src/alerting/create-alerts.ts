import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { parseDuration } from '../core/duration.js';
import { InvalidOptionError } from '../core/errors.js';
import { aBoolean, aText, anObject, checkOptions, type OptionRule } from '../core/options.js';
import type { RedisConnection } from '../core/redis.js';
import type { Metrics } from '../metrics/metrics.js';
import { AckLinks } from './ack-links.js';
import type { Alert } from './alert.js';
import { AlertMetrics } from './alert-metrics.js';
import { Alerts } from './alerts.js';
import type { Channel } from './channels/channel.js';
import { Deliverer } from './delivery/deliverer.js';
import { Dispatcher } from './dispatcher.js';
import { EscalationNotices } from './escalation/escalation-notices.js';
import { Escalator, type EscalationPolicy } from './escalation/escalation.js';
import { Farewells } from './farewells.js';
import { Intake } from './intake.js';
import { MaintenanceWindows } from './maintenance-windows.js';
import { openStore } from './open-store.js';
import type { AlertsOptions, EscalationOptions } from './options.js';
import { NotificationRecords } from './notification-records.js';
import { Notifier } from './notifier.js';
import { Outbox } from './outbox.js';
import { Pipeline, type Stage } from './pipeline.js';
import { openWorkQueue } from './queue/open-work-queue.js';
import { createRemediator } from './create-remediator.js';
import { Inhibitor } from './routing/inhibition.js';
import { MaintenanceWindow } from './routing/maintenance-window.js';
import { parseMatchers } from './routing/matcher.js';
import { RouteTree } from './routing/route-tree.js';
import { TimeInterval } from './routing/time-interval.js';
import { SelfWatch } from './self-check/self-watch.js';
import { severityRoutes } from './severity-routes.js';
import { SEVERITIES } from './severity.js';
import { DuplicateStage } from './stages/duplicate-stage.js';
import { FlappingStage } from './stages/flapping-stage.js';
import { InhibitionStage } from './stages/inhibition-stage.js';
import { MaintenanceStage } from './stages/maintenance-stage.js';
import { SilenceStage } from './stages/silence-stage.js';
import { TimeIntervalStage } from './stages/time-interval-stage.js';

/** Ready values for {@link createAlerts}. */
export interface AlertsSettings {
  readonly options: AlertsOptions;
  /** Source of alerts that name none. */
  readonly service: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Where alerts are shared with other processes; left out: they are this process's own. */
  readonly redis?: RedisConnection | undefined;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const aList: OptionRule = { allowed: 'a list', accepts: value => Array.isArray(value) };
const aDuration: OptionRule = { allowed: "a duration such as '10s'", accepts: value => typeof value === 'string' || typeof value === 'number' };
const aCount: OptionRule = { allowed: 'a whole number of at least 1', accepts: value => Number.isInteger(value) && (value as number) >= 1 };
const RULES: Readonly<Record<keyof AlertsOptions, OptionRule>> = {
  channels: anObject,
  severityChannels: anObject,
  route: anObject,
  receivers: anObject,
  timeIntervals: anObject,
  inhibitRules: aList,
  maintenanceWindows: aList,
  flapping: { allowed: 'false or an object', accepts: value => value === false || anObject.accepts(value) },
  muteLowDuplicates: aBoolean,
  resolveTimeout: aDuration,
  snapshot: aText,
  keyPrefix: aText,
  escalations: aList,
  fallbackChannel: aText,
  selfCheck: { allowed: 'false or an object', accepts: value => value === false || anObject.accepts(value) },
  heartbeat: anObject,
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
const LEVEL_RULES = { after: aDuration, channels: aList };
const FLAPPING_RULES = { times: aCount, within: aDuration };
const SEVERITY_RULES: Readonly<Record<string, OptionRule>> = Object.fromEntries(SEVERITIES.map(severity => [severity, aList]));

/**
 * Builds the alert dispatcher as the options have it.
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function createAlerts({ options, service, metrics, clock, diagnostics, redis, random = Math.random }: AlertsSettings): Alerts {
  checkOptions('alerts', options, RULES);
  // One that is mistyped would be as good as none, and nobody told.
  checkOptions('alerts.severityChannels', options.severityChannels, SEVERITY_RULES);
  const channels = checkedChannels(options.channels ?? {});
  const names = Object.keys(channels);
  const bySeverity = options.route === undefined ? severityRoutes(names, options.severityChannels ?? {}) : undefined;
  for (const [severity, list] of Object.entries(options.severityChannels ?? {})) checkNames(list, names, `alerts.severityChannels.${severity}`);
  const receivers: Record<string, readonly string[]> = {
    default: names,
    ...Object.fromEntries(names.map(name => [name, [name]])),
    ...bySeverity?.receivers,
    ...options.receivers,
  };
  for (const [receiver, list] of Object.entries(receivers)) checkNames(list, names, `alerts.receivers.${receiver}`);
  if (options.fallbackChannel !== undefined) checkNames([options.fallbackChannel], names, 'alerts.fallbackChannel');
  const alertMetrics = new AlertMetrics(metrics);
  const watch = new SelfWatch({ selfCheck: options.selfCheck, heartbeat: options.heartbeat, channels: names, service, clock, diagnostics, metrics: alertMetrics });
  const route = options.route ?? bySeverity?.route ?? {};
  const timeIntervals = Object.keys(options.timeIntervals ?? {});
  // Its own, first: their paths stand in errors.
  new RouteTree(route, { receivers: Object.keys(receivers), timeIntervals });
  Object.assign(receivers, watch.receivers);
  const routes = new RouteTree(watch.withRoutes(route), { receivers: Object.keys(receivers), timeIntervals });
  const configured = (options.maintenanceWindows ?? []).map((window, i) => new MaintenanceWindow(window, `alerts.maintenanceWindows[${i}]`));
  const policies = (options.escalations ?? []).map((policy, i) => escalationPolicy(policy, names, `alerts.escalations[${i}]`));
  for (const [i, { name }] of policies.entries()) {
    // What a policy has told is found by its name.
    if (policies.findIndex(other => other.name === name) < i) throw new InvalidOptionError(`alerts.escalations[${i}].name`, name, 'a name that no other policy has');
  }
  for (const { name, levels, repeat } of policies) alertMetrics.watchEscalations(name, levels.length * (repeat + 1));
  const links = options.links && new AckLinks(options.links, clock);
  const { store, prefix, shareOf } = openStore({ options, service, redis, clock, diagnostics });
  const outbox = new Outbox({ clock, diagnostics });
  const processId = randomUUID();
  const windows: MaintenanceWindows = new MaintenanceWindows({ configured, store, clock, diagnostics, onChange: () => dispatcher.reconsiderAll() });
  const sendTimeoutMs = parseDuration(options.sendTimeout ?? '10s', 'alerts.sendTimeout');
  // An attempt, the store's answers, and clocks that differ.
  const leaseMs = 2 * sendTimeoutMs + 10_000;
  const deliverer = new Deliverer({
    channels,
    fallback: options.fallbackChannel,
    clock,
    diagnostics,
    metrics: alertMetrics,
    timeoutMs: sendTimeoutMs,
    random,
    shareOf,
    onHealth: (channel, trouble) => {
      watch.found(channel, trouble);
    },
  });
  const pipeline = new Pipeline(stagesOf(options));
  const records = new NotificationRecords({ store, routes, receivers, claimedBy: redis && processId, claimMs: leaseMs, clock });
  const notifier = new Notifier({
    store,
    routes,
    pipeline,
    deliverer,
    outbox,
    records,
    claimedBy: redis && processId,
    claimMs: leaseMs,
    receivers,
    linksOf: alert => links?.linksOf(alert) ?? {},
    externalUrl: options.externalUrl,
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
  const farewells = new Farewells({
    store,
    channels,
    channelsOf: alert => notifier.channelsOf(alert),
    tell: (channel, alert, told) => notifier.tellEnd(channel, alert, told),
    clock,
  });
  /** Who is told of an alert outside of its groups is owed its end. */
  const escalateTo = async (channel: string, alert: Alert, receiver: string): Promise<'delivered' | 'failed' | 'left'> => {
    const end = await notifier.deliver(channel, alert, 'escalation', receiver);
    if (end === 'delivered') await farewells.owe(alert, channel, notifier.keyFor(channel, alert));
    return end;
  };
  const dispatcher: Dispatcher = new Dispatcher({
    store,
    routes,
    pipeline,
    windows,
    notifier,
    records,
    deliverer,
    farewells,
    receivers,
    tellsResolvedAtOnce: bySeverity !== undefined,
    leaseMs,
    onRun: error => {
      watch.ran(error);
    },
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
  const queue = openWorkQueue({ redis, prefix, clock, diagnostics, random });
  const notices = new EscalationNotices({
    queue,
    store,
    clock,
    deliver: escalateTo,
    onEscalated: (policy, step) => {
      alertMetrics.escalated(policy, step);
    },
  });
  const escalator = new Escalator({
    policies,
    queue,
    clock,
    diagnostics,
    get: id => store.get(id),
    active: () => store.active(),
    escalate: (alert, step) => notices.escalate(alert, step),
    isShared: redis !== undefined,
    unacknowledge: async (alert, policy) => {
      await store.unacknowledge(alert.id, new Date(clock.now()), `the policy ${policy}`);
    },
  });
  const remediator = createRemediator({ processId, store, dispatcher, escalateTo, metrics: alertMetrics, clock, diagnostics });
  // First those that may throw: a dispatcher that was started would go on without anybody who can close it.
  if (policies.length > 0) notices.start();
  escalator.start();
  dispatcher.start();
  const intake = new Intake({
    dispatcher,
    notifier,
    outbox,
    isShared: redis !== undefined,
    clock,
    diagnostics,
    onNews: alert => {
      void escalator.watch(alert);
      void remediator.respond(alert);
    },
    onAgain: alert => {
      void remediator.respondAgain(alert);
    },
  });
  const alerts = new Alerts({
    store,
    intake,
    dispatcher,
    notifier,
    deliverer,
    farewells,
    queue,
    escalator,
    remediator,
    watch,
    outbox,
    windows,
    routes,
    inhibitRules: options.inhibitRules ?? [],
    resolveTimeoutMs: parseDuration(options.resolveTimeout ?? '5m', 'alerts.resolveTimeout'),
    links,
    source: service,
    clock,
    diagnostics,
    metrics: alertMetrics,
  });
  watch.start({ store, notifier, deliverer, alerts });
  return alerts;
}

/** In the order in which they are asked: what explains an alert comes before what merely hides it. */
function stagesOf({ inhibitRules, timeIntervals = {}, flapping = {}, muteLowDuplicates = true }: AlertsOptions): Stage[] {
  const stages: Stage[] = muteLowDuplicates ? [new DuplicateStage()] : [];
  if (inhibitRules !== undefined && inhibitRules.length > 0) stages.push(new InhibitionStage(new Inhibitor(inhibitRules)));
  const intervals = Object.entries(timeIntervals).map(([name, specs]) => {
    if (!aList.accepts(specs)) throw new InvalidOptionError(`alerts.timeIntervals.${name}`, specs, 'a list of intervals');
    return [name, specs.map((spec, i) => new TimeInterval(spec, `alerts.timeIntervals.${name}[${i}]`))] as const;
  });
  if (intervals.length > 0) stages.push(new TimeIntervalStage(Object.fromEntries(intervals)));
  stages.push(new MaintenanceStage(), new SilenceStage(text => parseMatchers(text)));
  if (flapping !== false) {
    checkOptions('alerts.flapping', flapping, FLAPPING_RULES);
    stages.push(new FlappingStage({ times: flapping.times ?? 6, withinMs: parseDuration(flapping.within ?? '30m', 'alerts.flapping.within') }));
  }
  return stages;
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
      if (!anObject.accepts(level)) throw new InvalidOptionError(`${option}.levels[${i}]`, level, 'an object with after and channels');
      checkOptions(`${option}.levels[${i}]`, level, LEVEL_RULES);
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
  if (!aList.accepts(given)) throw new InvalidOptionError(option, given, 'a list of names of channels');
  for (const name of given) {
    if (!known.includes(name)) throw new InvalidOptionError(option, name, known.length === 0 ? 'no name: there are no channels' : `names of channels (${known.join(', ')})`);
  }
}
