import Router from '@koa/router';
import express, { type Request, type RequestHandler } from 'express';
import Koa, { type Middleware } from 'koa';
import {
  alertmanagerConfig,
  alertsOptionsFromEnv,
  createChannel,
  type Alert,
  type AlertInput,
  type Alerts,
  type AlertSeverity,
  type AlertsOptions,
  type AlertStatus,
  type Channel,
  type EscalationOptions,
  type Explanation,
  type HeartbeatOptions,
  type InhibitRule,
  type MaintenanceWindowOptions,
  type Page,
  type RemediationContext,
  type RespondOptions,
  type RouteOptions,
  type Silence,
  type SilenceInput,
  type TimeIntervalSpec,
} from '../../src/alerting/index.js';
import { alertsForTest, createVirtualClock, recordingChannel, type RecordingChannel, type VirtualClock } from '../../src/alerting/testing/index.js';
import * as forExpress from '../../src/express/index.js';
import { createMonitor, monitorOptionsFromEnv, type Monitor, type MonitorOptions } from '../../src/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

declare const alerts: Alerts;
declare const monitor: Monitor;
declare const channel: Channel;

export type Names = [
  Expect<Equal<Monitor['alerts'], Alerts>>,
  Expect<Equal<AlertSeverity, 'critical' | 'high' | 'medium' | 'low' | 'info'>>,
  Expect<Equal<AlertStatus, 'firing' | 'resolved' | 'suppressed' | 'acknowledged'>>,
];

// What must be given, and what may be left out.

export type Required = [
  Expect<Equal<RequiredKeys<AlertsOptions>, never>>,
  Expect<Equal<RequiredKeys<AlertInput>, 'title'>>,
  Expect<Equal<RequiredKeys<EscalationOptions>, 'name' | 'levels'>>,
  Expect<Equal<RequiredKeys<RespondOptions>, 'name' | 'match' | 'run'>>,
  Expect<Equal<RequiredKeys<SilenceInput>, 'matchers' | 'duration' | 'createdBy'>>,
  Expect<Equal<RequiredKeys<MaintenanceWindowOptions>, 'name'>>,
  Expect<Equal<RequiredKeys<InhibitRule>, 'sourceMatch' | 'targetMatch'>>,
  Expect<Equal<RequiredKeys<HeartbeatOptions>, 'url'>>,
  Expect<Equal<RequiredKeys<RouteOptions>, never>>,
  Expect<Equal<RequiredKeys<TimeIntervalSpec>, never>>,
  Expect<Equal<AlertsOptions, Readonly<AlertsOptions>>>,
];

// Options.

export const all: AlertsOptions = {
  channels: { dingtalk: channel, oncall: createChannel({ send: () => {} }) },
  severityChannels: { critical: ['dingtalk', 'oncall'], info: [] },
  route: { receiver: 'default', groupBy: ['...'], groupWait: 0, repeatInterval: '4h', routes: [{ match: ['severity="critical"'], receiver: 'oncall', continue: true, muteTimes: ['nights'] }] },
  receivers: { 'shop team': ['dingtalk'] },
  timeIntervals: { nights: [{ times: [{ startTime: '22:00', endTime: '24:00' }], weekdays: ['monday:friday'], daysOfMonth: [-1, '1:5'], location: 'Asia/Shanghai' }] },
  inhibitRules: [{ sourceMatch: ['severity="critical"'], targetMatch: ['severity=~"low|medium"'], equal: ['source'] }],
  maintenanceWindows: [{ name: 'release', every: ['sunday'], at: '02:00', duration: '2h', timeZone: 'Asia/Shanghai', severities: ['low'] }],
  flapping: { times: 4, within: '10m' },
  escalations: [{ name: 'on call', levels: [{ after: '5m', channels: ['oncall'] }], repeat: 2, ackTimeout: '1h' }],
  fallbackChannel: 'oncall',
  selfCheck: { severity: 'critical', channels: ['oncall'], backlog: 100 },
  heartbeat: { url: 'https://hc-ping.com/x', every: '30s', method: 'POST', fetch },
  sendTimeout: 5_000,
  externalUrl: 'https://app.example.com',
  links: { baseUrl: 'https://app.example.com/alerting', secret: '0123456789abcdef', expiresIn: '24h' },
};
createMonitor({ alerts: all });
createMonitor({ alerts: { flapping: false, selfCheck: false } });
createMonitor({ alerts: { ...alertmanagerConfig('alertmanager.yml', { channels: { team: channel }, env: process.env }), sendTimeout: '5s' } });
// @ts-expect-error no such option
createMonitor({ alerts: { routes: [] } });
// @ts-expect-error a channel is made by its factory
createMonitor({ alerts: { channels: { dingtalk: { webhookUrl: 'https://x' } } } });
// @ts-expect-error no such severity
createMonitor({ alerts: { severityChannels: { fatal: ['dingtalk'] } } });
// @ts-expect-error a list of names
createMonitor({ alerts: { receivers: { team: 'dingtalk' } } });
// @ts-expect-error as Alertmanager's, in camel case
createMonitor({ alerts: { route: { group_by: ['source'] } } });
// @ts-expect-error a matcher is one text
createMonitor({ alerts: { route: { routes: [{ match: { severity: 'critical' } }] } } });
// @ts-expect-error both ends of a time are needed
createMonitor({ alerts: { timeIntervals: { nights: [{ times: [{ startTime: '22:00' }] }] } } });
// @ts-expect-error a level has channels
createMonitor({ alerts: { escalations: [{ name: 'x', levels: [{ after: '5m' }] }] } });
// @ts-expect-error `true` says nothing that is not so already
createMonitor({ alerts: { flapping: true } });
// @ts-expect-error a service outside has an address
createMonitor({ alerts: { heartbeat: { every: '1m' } } });
// @ts-expect-error links are signed
createMonitor({ alerts: { links: { baseUrl: 'https://x' } } });
// @ts-expect-error a Date, not a text
createMonitor({ alerts: { maintenanceWindows: [{ name: 'x', start: '2026-11-22', end: '2026-11-23' }] } });

// Telling, ending, acknowledging.

export type Calls = [
  Expect<Equal<ReturnType<Alerts['fire']>, Promise<Alert>>>,
  Expect<Equal<Parameters<Alerts['fire']>, [input: AlertInput]>>,
  Expect<Equal<ReturnType<Alerts['resolve']>, Promise<Alert | undefined>>>,
  Expect<Equal<ReturnType<Alerts['acknowledge']>, Promise<Alert | undefined>>>,
  Expect<Equal<Parameters<Alerts['acknowledge']>, [id: string, user: string]>>,
  Expect<Equal<Parameters<Alerts['unacknowledge']>, [id: string, user: string]>>,
  Expect<Equal<ReturnType<Alerts['get']>, Promise<Alert | undefined>>>,
  Expect<Equal<ReturnType<Alerts['list']>, Promise<Page<Alert>>>>,
  Expect<Equal<ReturnType<Alerts['explain']>, Promise<Explanation | undefined>>>,
  Expect<Equal<ReturnType<Alerts['respond']>, void>>,
  Expect<Equal<ReturnType<Alerts['close']>, Promise<void>>>,
];

export async function lifeOfAnAlert(): Promise<void> {
  const { id, severity, resolvedAt, history } = await alerts.fire({ title: 'Disk full', severity: 'high', source: 'db', labels: { host: 'a' }, annotations: { runbook_url: 'https://x' }, endsAt: new Date() });
  const worst: AlertSeverity = severity;
  const over: Date | undefined = resolvedAt;
  const events: readonly string[] = history.map(({ event }) => event);
  console.log(worst, over, events);
  await alerts.acknowledge(id, 'ann');
  await alerts.unacknowledge(id, 'ann');
  await alerts.resolve(id, 'ann');
  await alerts.resolve({ title: 'Disk full', source: 'db', labels: { host: 'a' } });
  // @ts-expect-error an alert has a title
  await alerts.fire({ severity: 'high' });
  // @ts-expect-error no such severity
  await alerts.fire({ title: 'x', severity: 'warning' });
  // @ts-expect-error labels are texts
  await alerts.fire({ title: 'x', labels: { port: 5_432 } });
  // @ts-expect-error it is made by the store
  await alerts.fire({ title: 'x', id: '1' });
  // @ts-expect-error who takes care of it
  await alerts.acknowledge(id);
  // @ts-expect-error the severity is no part of its identity
  await alerts.resolve({ title: 'x', severity: 'high' });
  // @ts-expect-error what was read is not changed by hand
  (await alerts.fire({ title: 'x' })).status = 'resolved';
}

// Looking.

export async function look(): Promise<void> {
  const { items, next } = await alerts.list({ status: 'active', severity: 'critical', source: 'db', matchers: ['host=~"a|b"'] }, { limit: 10, after: 'x' });
  const rest: string | undefined = next;
  console.log(items.length, rest, await alerts.list());
  // @ts-expect-error no such status
  await alerts.list({ status: 'open' });
  // @ts-expect-error a page begins after a text
  await alerts.list({}, { after: 5 });
  // @ts-expect-error filters are named
  await alerts.list({ title: 'x' });
  const explanation = await alerts.explain('x');
  // @ts-expect-error there may be no alert of that id
  void explanation.alert;
  for (const { route, groupKey, judgements } of explanation?.routes ?? []) {
    const receiver: string = route.receiver;
    const reasons = judgements.map(({ stage, verdict }) => (verdict.passes ? stage : `${stage}: ${verdict.reason}`));
    console.log(receiver, groupKey, reasons, explanation?.backlog['dingtalk']);
  }
}

// Responses, silences, windows.

alerts.respond({ name: 'restart', match: ['alertname="Worker stuck"'], run: () => 'restarted' });
alerts.respond({
  name: 'restart',
  match: [],
  cooldown: '5m',
  timeout: 1_000,
  maxRuns: 1,
  concurrency: 2,
  run: async (alert, context) => {
    const isGiven: [Expect<Equal<typeof alert, Alert>>, Expect<Equal<typeof context, RemediationContext>>] = [true, true];
    await context.resolve('it helped');
    await context.escalate(['oncall'], 'it did not');
    return [isGiven, context.signal.aborted];
  },
});
// @ts-expect-error what is to be done
alerts.respond({ name: 'restart', match: [] });
// @ts-expect-error a matcher is a text
alerts.respond({ name: 'restart', match: [{ name: 'alertname' }], run: () => {} });
// @ts-expect-error no such option
alerts.respond({ name: 'restart', match: [], run: () => {}, retries: 3 });

export async function quiet(): Promise<void> {
  const silence: Silence = await alerts.silences.create({ matchers: ['source="db"'], duration: '2h', createdBy: 'ann', comment: 'moving it', startsAt: new Date() });
  const ended: boolean = await alerts.silences.expire(silence.id);
  const silences: readonly Silence[] = await alerts.silences.list();
  // @ts-expect-error somebody is answerable for it
  await alerts.silences.create({ matchers: ['source="db"'], duration: '2h' });
  // @ts-expect-error matchers are a list
  await alerts.silences.create({ matchers: 'source="db"', duration: '2h', createdBy: 'ann' });
  await alerts.maintenanceWindows.add({ name: 'release', start: new Date(), end: new Date() });
  const removed: boolean = await alerts.maintenanceWindows.remove('release');
  // @ts-expect-error a window has a name
  await alerts.maintenanceWindows.add({ start: new Date(), end: new Date() });
  console.log(ended, silences, removed);
}

// Budgets of AI calls alert by the same.

createMonitor({ alerts: { channels: { dingtalk: channel } }, ai: { budgets: [{ name: 'day', limit: 10, window: 'day', thresholds: [0.8, 1] }] } });
// @ts-expect-error who is told stands in `alerts`
createMonitor({ ai: { budgets: [{ name: 'day', limit: 10, window: 'day', channels: ['dingtalk'] }] } });

// The environment.

createMonitor({ service: 'x', ...monitorOptionsFromEnv() });
createMonitor({ alerts: { ...alertsOptionsFromEnv(process.env), sendTimeout: '5s' } });
export type FromEnv = [Expect<Equal<ReturnType<typeof monitorOptionsFromEnv>, MonitorOptions>>, Expect<Equal<ReturnType<typeof alertsOptionsFromEnv>, AlertsOptions | undefined>>];
// @ts-expect-error variables are texts
monitorOptionsFromEnv({ REDIS_PORT: 6_379 });

// Served by Express and Koa, with who may.

export const handler: RequestHandler = forExpress.serveAlerts({ authorize: () => true });
express().use('/alerting', forExpress.serveAlerts({ monitor, authorize: (request: Request) => request.get('x-user') }));
express.Router().use(forExpress.serveAlerts({ authorize: async () => Promise.resolve('ann') }));
// @ts-expect-error nothing is served to everyone
forExpress.serveAlerts();
// @ts-expect-error nothing is served to everyone
forExpress.serveAlerts({});
// @ts-expect-error a name or whether, not how many
forExpress.serveAlerts({ authorize: () => 7 });
// @ts-expect-error Express mounts it under a path
forExpress.serveAlerts({ authorize: () => true, basePath: '/alerting' });

export const middleware: Middleware = forKoa.serveAlerts({ authorize: () => true });
new Koa().use(forKoa.serveAlerts({ monitor, basePath: '/alerting', authorize: (context: Koa.Context) => context.get('x-user') }));
new Router().use(forKoa.serveAlerts({ authorize: () => false }));
// @ts-expect-error nothing is served to everyone
forKoa.serveAlerts({ basePath: '/alerting' });
// @ts-expect-error a path is a text
forKoa.serveAlerts({ authorize: () => true, basePath: /alerting/ });

// The test kit.

const made = alertsForTest({ channels: ['chat', 'oncall'], start: '2026-11-22T12:00:00Z', route: { receiver: 'chat' } });
const replaced = alertsForTest({ channels: { dingtalk: channel } });
export type Kit = [
  Expect<Equal<typeof made.channels, Readonly<Record<'chat' | 'oncall', RecordingChannel>>>>,
  Expect<Equal<typeof replaced.channels, Readonly<Record<'dingtalk', RecordingChannel>>>>,
  Expect<Equal<ReturnType<typeof alertsForTest>['alerts'], Alerts>>,
  Expect<Equal<ReturnType<VirtualClock['advance']>, Promise<void>>>,
];
replaced.channels.dingtalk.takeAll();
export const only: RecordingChannel = alertsForTest().channels.test;
// @ts-expect-error no channel of that name
void made.channels.sms;
const recorder = recordingChannel({ fail: 'down', quotas: [{ limit: 1, windowMs: 1_000 }], kind: 'chat' });
recorder.answerNext('fail', 'refuse', 'hang', 'throw', 'deliver', { retryAfter: '30s' }, { delivered: false, retryable: false, reason: 'x' });
recorder.fail = false;
// @ts-expect-error no such answer
recorder.answerNext('succeed');
// @ts-expect-error they are taken, not set
recorder.notifications = [];
createMonitor({ clock: createVirtualClock(new Date()), alerts: { channels: { recorder } } });
// @ts-expect-error a duration has a unit, or is a number
void createVirtualClock(0).advance(new Date());
