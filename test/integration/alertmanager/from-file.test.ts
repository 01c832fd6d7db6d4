import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { alertmanagerConfig } from '../../../src/alerting/alertmanager-config.js';
import { alertmanagerApi } from '../../../src/alerting/api/alertmanager-api.js';
import { testAlerts } from '../../alerting/set-up.js';
import { Alertmanager } from '../../support/alertmanager.js';
import { startHttpTarget } from '../../support/http-target.js';
import { findServer } from '../../support/servers.mjs';

const program = findServer('prometheus-alertmanager');

/** As people write it: both spellings, comments, anchors, defaults that are inherited and some that are not. */
const FILE = `
# Everything to one bridge, which tells the webhooks apart by their paths.
global:
  resolve_timeout: 5m
  http_config: {authorization: {credentials: t0ken}}
route: &times
  receiver: ops
  group_by: [alertname, cluster]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
  routes:
    - match: {team: inherits}
      group_by: [] # the same as none: that of the route above
      receiver: inherits
    - match: {team: everything}
      group_by: [...]
      receiver: everything
      routes:
        - {match: {env: dev}, group_by: [env], receiver: dev}
    - match_re: {team: nest.*}
      continue: yes
      receiver: nested
      routes:
        - {matchers: ['env =~ "prod|stage"', '{cluster!="x",severity="critical"}'], receiver: deep, group_wait: 3s, continue: true}
        - {match: {env: prod}, receiver: deeper, group_by: [alertname]}
    - {matchers: [team="nested"], receiver: again}
    - matchers: [team="times"]
      receiver: times
      routes:
        - {matchers: [n="1"], mute_time_intervals: [always]}
        - {matchers: [n="2"], active_time_intervals: [never]}
        - {matchers: [n="3"], active_time_intervals: [always], mute_time_intervals: [never]}
        - {matchers: [n="4"], mute_time_intervals: [far]}
        - {matchers: [n="5"]}
    - {matchers: [team="quiet"], receiver: quiet, repeat_interval: 3s}
receivers:
  - {name: ops, webhook_configs: [{url: BRIDGE/ops}]}
  - {name: inherits, webhook_configs: [{url: BRIDGE/inherits, max_alerts: 1}]}
  - {name: everything, webhook_configs: [{url: BRIDGE/everything, http_config: {basic_auth: {username: me, password: 'p:w'}}}]}
  - {name: dev, webhook_configs: [{url: BRIDGE/dev, http_config: {}}]}
  - {name: nested, webhook_configs: [{url: BRIDGE/nested-1}, {url: BRIDGE/nested-2, send_resolved: no}]}
  - {name: deep, webhook_configs: [{url: USER/deep}]}
  - {name: deeper, webhook_configs: [{url: BRIDGE/deeper}]}
  - {name: again, webhook_configs: [{url: BRIDGE/again}]}
  - {name: times, webhook_configs: [{url: BRIDGE/times}]}
  - {name: quiet, webhook_configs: [{url: BRIDGE/quiet, send_resolved: false}]}
  - name: unused
inhibit_rules:
  - {source_match: {severity: critical}, target_match_re: {severity: warn.*}, equal: [cluster, team]}
time_intervals:
  - {name: always, time_intervals: [{weekdays: ['sunday:saturday'], location: Asia/Shanghai}]}
  - {name: never, time_intervals: [{years: ['1999'], location: America/New_York}]}
mute_time_intervals:
  - {name: far, time_intervals: [{months: [january], days_of_month: ['1'], years: ['2001'], times: [{start_time: 00:00, end_time: 24:00}]}]}
`;

interface Fault {
  readonly at: number;
  readonly until: number;
  readonly labels: Readonly<Record<string, string>>;
}

const labels = (more: Readonly<Record<string, string>>): Fault['labels'] => ({ alertname: 'Disk', severity: 'critical', source: 'db', cluster: 'a', ...more });
const FAULTS: readonly Fault[] = [
  { at: 0, until: 6, labels: labels({ team: 'none' }) },
  ...['1', '2', '3'].map(n => ({ at: 0, until: 8, labels: labels({ team: 'inherits', n }) })),
  { at: 4, until: 12, labels: labels({ team: 'inherits', cluster: 'b' }) },
  { at: 0, until: 10, labels: labels({ team: 'everything', env: 'prod', n: '1' }) },
  { at: 0, until: 4, labels: labels({ team: 'everything', env: 'prod', n: '2' }) },
  { at: 2, until: 12, labels: labels({ team: 'everything', env: 'dev', n: '1' }) },
  { at: 2, until: 8, labels: labels({ team: 'everything', env: 'dev', n: '2' }) },
  { at: 0, until: 8, labels: labels({ team: 'nested', env: 'prod' }) },
  { at: 0, until: 6, labels: labels({ team: 'nested', env: 'stage', alertname: 'Memory' }) },
  { at: 2, until: 10, labels: labels({ team: 'nested', env: 'test' }) },
  { at: 2, until: 6, labels: labels({ team: 'nest', env: 'test', severity: 'warning' }) },
  { at: 4, until: 10, labels: labels({ team: 'nested', severity: 'warning', alertname: 'Slow' }) },
  ...['1', '2', '3', '4', '5'].map(n => ({ at: 0, until: 8, labels: labels({ team: 'times', n }) })),
  { at: 0, until: 12, labels: labels({ team: 'quiet', n: '1' }) },
  { at: 0, until: 6, labels: labels({ team: 'quiet', n: '2' }) },
];
const LENGTH = 16;
const annotations = { summary: 'the disk is full', description: 'make room', runbook_url: 'https://wiki.example/disk' };

type Told = Record<string, unknown[]>;

/** Notes what a webhook was told of a group, but for the times and the names of the alerts that a limit leaves out. */
function note(told: Told, path: string, authorization: string | undefined, body: string): void {
  const { alerts, externalURL, ...rest } = JSON.parse(body) as { alerts: { fingerprint: string; startsAt: string; endsAt: string }[]; truncatedAlerts: number; groupKey: string; commonLabels: object; externalURL: string };
  const all = alerts.map(({ startsAt: _startsAt, endsAt, ...alert }) => ({ ...alert, isOver: endsAt !== '0001-01-01T00:00:00Z' }));
  const isCut = rest.truncatedAlerts > 0;
  (told[`${path} ${rest.groupKey}`] ??= []).push({
    authorization,
    hasUrl: typeof externalURL === 'string',
    ...rest,
    // Which are left out is not the same: ours are the mildest.
    commonLabels: isCut ? undefined : rest.commonLabels,
    alerts: isCut ? all.length : all.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
  });
}

function fileFor(bridge: string): string {
  return FILE.replaceAll('BRIDGE', bridge).replaceAll('USER', bridge.replace('//', '//user:s3cret@'));
}

function postedAt(second: number, began: number): object[] {
  return FAULTS.filter(({ at, until }) => at === second || until === second).map(({ at, until, labels: each }) => ({
    labels: each,
    annotations,
    generatorURL: 'http://prometheus.example/graph',
    startsAt: new Date(began + at * 1_000).toISOString(),
    endsAt: new Date(began + (until === second ? until : 3_600) * 1_000).toISOString(),
  }));
}

async function playTheirs(): Promise<Told> {
  const told: Told = {};
  const bridge = await startHttpTarget(({ url = '', headers }, body, response) => {
    note(told, url, headers.authorization, body.toString());
    response.end();
  });
  const server = await Alertmanager.start(program!, { config: fileFor(bridge.url) });
  try {
    const began = Date.now();
    for (let second = 0; second <= LENGTH; second++) {
      const alerts = postedAt(second, began);
      const response = alerts.length === 0 ? undefined : await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(alerts) });
      if (response !== undefined && !response.ok) throw new Error(await response.text());
      await pause(began + (second + 1) * 1_000 - Date.now());
    }
    return told;
  } finally {
    await server.stop();
    await bridge.close();
  }
}

async function playOurs(): Promise<Told> {
  const told: Told = {};
  const options = alertmanagerConfig(fileFor('http://bridge.example'), {
    fetch: async (url, { headers, body = '' }) => {
      note(told, new URL(url).pathname, headers['authorization'], body);
      return Promise.resolve({ status: 200, headers: new Headers(), text: async () => Promise.resolve('') });
    },
  });
  const { alerts, clock, pass } = testAlerts(options);
  const post = alertmanagerApi(alerts).find(({ method, path }) => method === 'POST' && path === '/api/v2/alerts');
  const began = clock.now();
  for (let second = 0; second <= LENGTH; second++) {
    const body = postedAt(second, began);
    if (body.length > 0) await post?.handle({ body, params: [], query: new URLSearchParams(), user: undefined });
    await pass(1_000);
  }
  return told;
}

describe.skipIf(program === undefined)('a file that a real Alertmanager runs', () => {
  let theirs: Told = {};
  beforeAll(async () => {
    theirs = await playTheirs();
  });

  test('tells each webhook the same of each group, in turn, by the same authorization', async () => {
    const ours = await playOurs();
    expect(new Set(Object.keys(theirs).map(key => key.split(' ')[0]))).toEqual(
      new Set(['/ops', '/inherits', '/everything', '/dev', '/nested-1', '/nested-2', '/deep', '/deeper', '/again', '/times', '/quiet']),
    );
    expect(ours).toEqual(theirs);
  });
});
