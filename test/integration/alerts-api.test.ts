import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertsOptions } from '../../src/alerting/options.js';
import { serveAlerts } from '../../src/express/index.js';
import { createMonitor } from '../../src/monitor.js';
import { recordingChannel, told, type RecordingChannel } from '../alerting/set-up.js';
import { Alertmanager } from '../support/alertmanager.js';
import { startHttpTarget } from '../support/http-target.js';
import { Prometheus } from '../support/prometheus.js';
import { findServer } from '../support/servers.mjs';
import { serve } from '../support/serve.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const prometheusProgram = findServer('prometheus');
const alertmanagerProgram = findServer('prometheus-alertmanager');
const amtoolProgram = findServer('amtool');

interface App {
  readonly url: string;
  readonly port: number;
  readonly channel: RecordingChannel;
  readonly alerts: ReturnType<typeof createMonitor>['alerts'];
}

/** An app that serves alerts, on the system's clock. */
async function startApp(options: AlertsOptions = {}): Promise<App> {
  const channel = recordingChannel();
  const monitor = createMonitor({ metrics: { process: false }, alerts: { channels: { dingtalk: channel }, ...options } });
  onTestFinished(() => monitor.close());
  const { url, port } = await serve(express().use(serveAlerts({ monitor, authorize: () => true })));
  return { url, port, channel, alerts: monitor.alerts };
}

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function get(url: string): Promise<any> {
  return (await fetch(url)).json();
}

test.skipIf(prometheusProgram === undefined)('a real Prometheus fires into the app, which tells of it, and of its end', async () => {
  const { port, url, channel, alerts } = await startApp();
  let isBroken = 0;
  const target = await startHttpTarget((_, __, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(`app_broken{part="支付"} ${isBroken}\n`));
  const folder = await mkdtemp(join(tmpdir(), 'sightline-rules-'));
  onTestFinished(async () => {
    await target.close();
    await rm(folder, { recursive: true });
  });
  const rule = { alert: 'AppBroken', expr: 'app_broken == 1', labels: { severity: 'critical' }, annotations: { summary: 'Broken: {{ $labels.part }}', runbook_url: 'https://wiki/broken' } };
  const other = { alert: 'SomethingBroken', expr: 'sum(app_broken) > 0', labels: { severity: 'high', team: 'ops' } };
  const rules = join(folder, 'rules.yml');
  await writeFile(rules, JSON.stringify({ groups: [{ name: 'app', rules: [rule, other] }] }));
  await using prometheus = await Prometheus.start(prometheusProgram!, { jobs: { app: `127.0.0.1:${target.port}` }, ruleFiles: [rules], alertmanager: `127.0.0.1:${port}` });

  // What fires before it has found its Alertmanagers waits for a minute.
  await expect.poll(async () => (await prometheus.api<{ activeAlertmanagers: unknown[] }>('alertmanagers')).activeAlertmanagers, { timeout: 30_000 }).toHaveLength(1);
  isBroken = 1;
  await until(() => channel.sent.length >= 2);
  expect(told(channel).sort()).toEqual(['first: AppBroken', 'first: SomethingBroken']);
  const [broken] = channel.sent.flatMap(({ alerts: each }) => each).filter(({ title }) => title === 'AppBroken');
  expect(broken).toMatchObject({
    severity: 'critical',
    source: 'app',
    description: 'Broken: 支付',
    labels: { alertname: 'AppBroken', part: '支付', job: 'app', severity: 'critical' },
    annotations: { runbook_url: 'https://wiki/broken' },
    generatorUrl: expect.stringMatching(/^http.*\/graph\?g0\.expr=app_broken/),
  });
  expect((await get(`${url}/api/v2/alerts?filter=team%3D%22ops%22`)).map(({ labels }: any) => labels)).toEqual([{ alertname: 'SomethingBroken', severity: 'high', team: 'ops' }]);

  isBroken = 0;
  await until(() => told(channel).includes('resolved: AppBroken (resolved)'));
  expect(await alerts.get(broken!.id)).toMatchObject({ status: 'resolved' });
});

describe.skipIf(amtoolProgram === undefined)('a real amtool', () => {
  async function amtoolFor({ url }: App): Promise<(...args: string[]) => Promise<string>> {
    // It reads a configuration of whoever runs the tests.
    const home = await mkdtemp(join(tmpdir(), 'sightline-amtool-'));
    onTestFinished(() => rm(home, { recursive: true }));
    return async (...args) => {
      const { stdout, stderr } = await run(amtoolProgram!, [`--alertmanager.url=${url}`, '--version-check', ...args], { env: { ...process.env, HOME: home } });
      expect(stderr).toBe('');
      return stdout;
    };
  }

  test('asks for alerts', async () => {
    const app = await startApp();
    const amtool = await amtoolFor(app);
    await app.alerts.fire({ title: 'Payment provider down', severity: 'critical', source: 'billing', labels: { region: 'eu' } });
    await post(`${app.url}/api/v2/alerts`, [{ labels: { alertname: 'Slow', severity: 'page' }, annotations: { summary: 'It is slow' } }]);

    expect(await amtool('alert', 'query')).toMatch(/Slow .*It is slow +active[\s\S]*|Payment provider down/);
    const alerts = JSON.parse(await amtool('alert', 'query', '-o', 'json', 'region=eu'));
    expect(alerts).toMatchObject([{ labels: { alertname: 'Payment provider down', severity: 'critical', source: 'billing', region: 'eu' }, status: { state: 'active' } }]);
    expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', 'Slow'))).toHaveLength(1);
    expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', 'alertname=~"S.*"', 'severity!=page'))).toEqual([]);
  });

  test('adds an alert', async () => {
    const app = await startApp();
    const amtool = await amtoolFor(app);
    await amtool('alert', 'add', 'alertname=Slow', 'severity=critical', '--annotation=summary=It is slow', '--generator-url=http://app/x');
    await until(() => app.channel.sent.length > 0);
    expect(told(app.channel)).toEqual(['first: Slow']);
  });

  test('adds, changes, finds and ends a silence', async () => {
    const app = await startApp();
    const amtool = await amtoolFor(app);
    const id = (await amtool('silence', 'add', 'alertname=Slow', 'region=~"eu|us"', 'team!=ops', '--comment=known', '--author=ada', '--duration=2h')).trim();
    expect(JSON.parse(await amtool('silence', 'query', '-o', 'json'))).toMatchObject([{ id, status: { state: 'active' }, createdBy: 'ada', comment: 'known' }]);
    await post(`${app.url}/api/v2/alerts`, [{ labels: { alertname: 'Slow', region: 'eu', severity: 'critical' } }]);
    expect(JSON.parse(await amtool('alert', 'query', '-o', 'json'))).toEqual([]);
    expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', '--silenced'))).toMatchObject([{ status: { state: 'suppressed', silencedBy: [id] } }]);

    expect((await amtool('silence', 'update', '--duration=3h', '--comment=still', id)).trim()).toContain(id);
    expect(await amtool('silence', 'query', 'alertname=Slow')).toMatch(/still/);
    expect((await amtool('silence', 'query', '-q', 'alertname=Other')).trim()).toBe('');
    await amtool('silence', 'expire', id);
    expect((await amtool('silence', 'query', '-q')).trim()).toBe('');
    expect((await amtool('silence', 'query', '-q', '--expired')).trim()).toBe(id);
    await until(() => app.channel.sent.length > 0);
    expect(told(app.channel)).toEqual(['first: Slow']);
  });

  test('is told what is wrong', async () => {
    const amtool = await amtoolFor(await startApp());
    await expect(amtool('silence', 'add', 'alertname=~.*', '--comment=x', '--author=ada')).rejects.toThrow(/at least one matcher that does not match an empty label/);
    await expect(amtool('silence', 'expire', '00000000-0000-4000-8000-000000000000')).rejects.toThrow();
  });

  test('shows the cluster and the configuration that there are not', async () => {
    const amtool = await amtoolFor(await startApp());
    expect(await amtool('cluster', 'show')).toContain('disabled');
    expect(await amtool('config', 'show')).toContain('its routes are options of the app');
  });
});

describe.skipIf(alertmanagerProgram === undefined)('a real Alertmanager', () => {
  test('sends its webhook to the app, which tells of it, and of its end', async () => {
    const app = await startApp();
    await using alertmanager = await Alertmanager.start(alertmanagerProgram!, { webhookUrl: `${app.url}/webhooks/alertmanager` });
    const alert = { labels: { alertname: 'DiskFull', severity: 'critical', job: 'node' }, annotations: { description: '95 %' }, startsAt: new Date(Date.now() - 1_000).toISOString() };
    await post(`${alertmanager.url}/api/v2/alerts`, [alert]);
    await until(() => app.channel.sent.length > 0);
    expect(app.channel.sent[0]?.alerts).toMatchObject([{ title: 'DiskFull', description: '95 %', severity: 'critical', source: 'node', labels: alert.labels, timestamp: new Date(alert.startsAt) }]);
    const [there] = (await get(`${alertmanager.url}/api/v2/alerts`)) as { fingerprint: string }[];
    expect(app.channel.sent[0]?.alerts[0]?.fingerprint).toBe(there?.fingerprint);

    await post(`${alertmanager.url}/api/v2/alerts`, [{ ...alert, endsAt: new Date().toISOString() }]);
    await until(() => told(app.channel).includes('resolved: DiskFull (resolved)'));
  });

  test('and the app give the same answers', async () => {
    const inhibit = { sourceMatch: ['alertname="Down"'], targetMatch: ['alertname="Slow"'], equal: ['region'] };
    const app = await startApp({
      receivers: { rest: [], ops: [] },
      route: { receiver: 'rest', groupBy: ['alertname'], routes: [{ match: ['severity="page"'], receiver: 'ops', continue: true }, { match: ['region="eu"'], receiver: 'rest' }] },
      inhibitRules: [inhibit],
    });
    await using alertmanager = await Alertmanager.start(alertmanagerProgram!, {
      config: {
        route: { receiver: 'rest', group_by: ['alertname'], routes: [{ matchers: ['severity="page"'], receiver: 'ops', continue: true }, { matchers: ['region="eu"'], receiver: 'rest' }] },
        receivers: [{ name: 'rest' }, { name: 'ops' }],
        inhibit_rules: [{ source_matchers: inhibit.sourceMatch, target_matchers: inhibit.targetMatch, equal: inhibit.equal }],
      },
    });
    const both = async <T>(ask: (url: string) => Promise<T>): Promise<[T, T]> => Promise.all([ask(app.url), ask(alertmanager.url)]);
    const at = (ms: number): string => new Date(Math.floor(Date.now() / 1_000) * 1_000 + ms).toISOString();
    const [startsAt, endsAt] = [at(-60_000), at(600_000)];
    const alerts = [
      { labels: { alertname: 'Down', region: 'eu', severity: 'page' }, annotations: { summary: 's', description: 'd' }, startsAt, endsAt, generatorURL: 'http://p/g' },
      { labels: { alertname: 'Slow', region: 'eu' }, startsAt, endsAt },
      { labels: { alertname: 'Slow', region: 'us', empty: '', odd: 'a"b\\c\nd 支付' }, annotations: { summary: 'only' }, startsAt, endsAt },
      { labels: { alertname: 'Bare', __proto: 'x', a: '' }, annotations: {}, startsAt, endsAt },
      { labels: { alertname: 'Muted' }, annotations: { description: 'only' }, startsAt, endsAt },
      { labels: {}, startsAt, endsAt },
      { labels: { alertname: 'Backwards' }, startsAt: endsAt, endsAt: startsAt },
    ];
    const posted = await both(async url => {
      const answer = await post(`${url}/api/v2/alerts`, alerts);
      return [answer.status, await answer.text()];
    });
    expect(posted[0]).toEqual(posted[1].map(each => (typeof each === 'string' ? each.replace('\n', '') : each)));
    const silences = await both(async url => {
      const answer = await post(`${url}/api/v2/silences`, { matchers: [{ name: 'alertname', value: 'Mut.*', isRegex: true }], startsAt: at(-1_000), endsAt, createdBy: 'ada', comment: 'c' });
      return ((await answer.json()) as { silenceID: string }).silenceID;
    });
    // Its routes take alerts on their own time: until then they are in no group.
    const path = '/api/v2/alerts';
    await expect.poll(async () => (await get(`${alertmanager.url}${path}/groups`)).flatMap((group: any) => group.alerts).length).toBe(6);

    /** Without what differs by nature: when it was told, and the ids of silences. */
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === 'updatedAt' ? undefined : each)).replaceAll(silences[0], 'silence').replaceAll(silences[1], 'silence'));
    for (const query of ['', '?active=false', '?silenced=false', '?inhibited=false', '?filter=region%3D%22eu%22', '?filter=nothing%3D%22%22&filter=alertname%3D~%22S.*%22', '?receiver=ops', '?receiver=re.*']) {
      for (const asked of [`${path}${query}`, `${path}/groups${query}`]) {
        const [ours, theirs] = await both(url => get(`${url}${asked}`));
        // Its groups come in no order, and so do the alerts in them.
        const sorted = (list: any[], keyOf: (each: any) => unknown): any[] => list.sort((a, b) => (JSON.stringify(keyOf(a)) < JSON.stringify(keyOf(b)) ? -1 : 1));
        const inOrder = (list: any[]): any[] => {
          for (const { alerts: grouped } of list) if (grouped) sorted(grouped, each => each.fingerprint);
          return asked.includes('groups') ? sorted(list, ({ labels, receiver, alerts: [first] }) => [labels, receiver, first.fingerprint]) : list;
        };
        expect([asked, plain(inOrder(ours))]).toEqual([asked, plain(inOrder(theirs))]);
      }
    }
    const [ours, theirs] = await both(url => get(`${url}/api/v2/silences`));
    // Each begins when it came.
    const shape = ([silence]: any[]): unknown => plain({ ...silence, startsAt: 'then' });
    expect(shape(ours)).toEqual(shape(theirs));
    const [status, itsStatus] = await both(url => get(`${url}/api/v2/status`));
    expect(Object.keys(status).sort()).toEqual(Object.keys(itsStatus).sort());
    expect(Object.keys(status.versionInfo).sort()).toEqual(Object.keys(itsStatus.versionInfo).sort());
    const bad = [['not-json', '{'], ['not-a-list', '{}']];
    for (const [name, body] of bad) {
      const answers = await both(async url => (await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body! })).status);
      expect([name, answers[0]]).toEqual([name, answers[1]]);
    }
  });
});
