import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { alertmanagerConfig } from '../../src/alerting/alertmanager-config.js';
import { alertmanagerApi } from '../../src/alerting/api/alertmanager-api.js';
import type { Channel } from '../../src/alerting/channels/channel.js';
import type { InvalidOptionError } from '../../src/core/errors.js';
import { startHttpTarget } from '../support/http-target.js';
import { aMailServer } from './channels/mail-server.js';
import { aContext, anAlert, aNotification } from './samples.js';
import { MINUTE, recordingChannel, testAlerts, told } from './set-up.js';

const folder = mkdtempSync(join(tmpdir(), 'sightline-alertmanager-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ONE = (receiver: string): string => `route: {receiver: r}\nreceivers: [{name: r, ${receiver}}]\n`;

function channel(yaml: string, name: string, options: Parameters<typeof alertmanagerConfig>[1] = {}): Channel {
  const found = alertmanagerConfig(yaml, options).channels?.[name];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

interface Request {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: any;
}

/** A service that takes everything, until the test is over. */
async function aService(answer: (response: { statusCode: number; end(text?: string): unknown }) => void = response => response.end('ok')): Promise<{ url: string; got: Request[] }> {
  const got: Request[] = [];
  const target = await startHttpTarget(({ url, headers }, body, response) => {
    got.push({ path: url, authorization: headers.authorization, body: JSON.parse(body.toString()) });
    answer(response);
  });
  onTestFinished(() => target.close());
  return { url: target.url, got };
}

test('a file becomes options of alerts', () => {
  const options = alertmanagerConfig(`
global: {resolve_timeout: 10m}
route:
  receiver: team
  group_by: [alertname]
  routes:
    - {receiver: pager, matchers: [severity="critical"], group_by: [], mute_time_intervals: [nights], continue: true}
    - {receiver: nobody, match_re: {env: dev.*}}
receivers:
  - name: team
    webhook_configs: [{url: 'https://bridge.example/a'}, {url: 'https://bridge.example/b', send_resolved: false}]
  - name: pager
    pagerduty_configs: [{routing_key: abc}]
    slack_configs: [{api_url: 'https://hooks.slack.example/x'}]
    email_configs: [{to: ops@example.org, from: alerts@example.org, smarthost: 'mail.example.org:587'}]
  - name: nobody
inhibit_rules: [{source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [cluster]}]
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}], location: Asia/Shanghai}]}]
`);

  expect({ ...options, channels: Object.entries(options.channels ?? {}).map(([name, { kind, sendsResolved }]) => [name, kind, sendsResolved]) }).toEqual({
    channels: [
      ['team/webhook[0]', 'webhook', true],
      ['team/webhook[1]', 'webhook', false],
      ['pager/email[0]', 'email', false],
      ['pager/slack[0]', 'slack', false],
      ['pager/pagerduty[0]', 'pagerduty', true],
    ],
    receivers: { team: ['team/webhook[0]', 'team/webhook[1]'], pager: ['pager/email[0]', 'pager/slack[0]', 'pager/pagerduty[0]'], nobody: [] },
    route: {
      receiver: 'team',
      groupBy: ['alertname'],
      routes: [
        { receiver: 'pager', match: ['severity="critical"'], muteTimes: ['nights'], continue: true },
        { receiver: 'nobody', match: ['env=~"^(?:dev.*)$"'] },
      ],
    },
    inhibitRules: [{ sourceMatch: ['severity="critical"'], targetMatch: ['severity="warning"'], equal: ['cluster'] }],
    timeIntervals: { nights: [{ times: [{ startTime: '22:00', endTime: '24:00' }], location: 'Asia/Shanghai' }] },
    resolveTimeout: 600_000,
    flapping: false,
    muteLowDuplicates: false,
  });
});

describe('the file', () => {
  const yaml = ONE("slack_configs: [{api_url_file: secrets/slack}], pagerduty_configs: [{routing_key_file: secrets/key}], webhook_configs: [{url_file: secrets/hook}]");
  const path = join(folder, 'am.yml');
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(path, yaml);
  writeFileSync(join(folder, 'secrets', 'slack'), 'https://hooks.slack.example/x\n');
  writeFileSync(join(folder, 'secrets', 'key'), '  abc\n');
  writeFileSync(join(folder, 'secrets', 'hook'), 'https://bridge.example\n');

  test.each([['by its path', path], ['by its URL', pathToFileURL(path)]])('%s, with secrets in files beside it', (_, file) => {
    expect(Object.keys(alertmanagerConfig(file).channels ?? {})).toEqual(['r/webhook[0]', 'r/slack[0]', 'r/pagerduty[0]']);
  });

  test.each<[string, string | URL]>([
    ['that is not there', '/nowhere/am.yml'],
    ['that is a folder', folder],
    ['on another machine', new URL('https://example.org/am.yml')],
    ['that is a text of one line', '{route: {receiver: r}}'],
  ])('%s is refused', (_, file) => {
    expect(() => alertmanagerConfig(file)).toThrow(/^Invalid option `alertmanagerConfig`: got .*, expected the path of a file that can be read \([A-Z_]+\), or its text, which has more than one line\.$/);
  });

  test('is named in errors', () => {
    writeFileSync(path, 'route: {receiver: r}\nreceivers: [{name: r, webhook_configs: [{}]}]');
    expect(() => alertmanagerConfig(path)).toThrow(`Invalid option \`${path}: receivers[0].webhook_configs[0].url\``);
  });
});

describe('its channels', () => {
  test('post to a webhook what Alertmanager posts, at most `max_alerts`', async () => {
    const { url, got } = await aService();
    const send = (config: string): unknown => channel(ONE(`webhook_configs: [{url: '${url}/hook', ${config}}]`), 'r/webhook[0]').send(aNotification({ alerts: [anAlert(), anAlert({ id: 'b' }), anAlert({ id: 'c' })] }), aContext());
    await send('max_alerts: 2');
    await send('max_alerts: 0');

    expect(got).toMatchObject([
      { path: '/hook', body: { version: '4', truncatedAlerts: 1 } },
      { path: '/hook', body: { version: '4', truncatedAlerts: 0 } },
    ]);
    expect(got.map(({ body }) => body.alerts.length)).toEqual([2, 3]);
  });

  test.each([
    ['basic_auth', 'basic_auth: {username: u, password: "p:ä"}', `Basic ${Buffer.from('u:p:ä').toString('base64')}`],
    ['authorization', 'authorization: {credentials: t0ken}', 'Bearer t0ken'],
    ['authorization of another type', 'authorization: {type: Key, credentials: t0ken}', 'Key t0ken'],
    ['bearer_token', 'bearer_token: t0ken, follow_redirects: false, enable_http2: true', 'Bearer t0ken'],
    ['nothing of its own, and none of the global', 'tls_config: {insecure_skip_verify: false}', undefined],
  ])('authorize themselves by %s', async (_, http, authorization) => {
    const { url, got } = await aService();
    await channel(`global: {http_config: {bearer_token: other}}\n${ONE(`webhook_configs: [{url: '${url}', http_config: {${http}}}]`)}`, 'r/webhook[0]').send(aNotification(), aContext());

    expect(got).toMatchObject([{ authorization }]);
  });

  test('authorize themselves by the global settings, and by a user in the address before these', async () => {
    const { url, got } = await aService();
    const yaml = `global: {http_config: {bearer_token: t0ken}}\n${ONE(`webhook_configs: [{url: '${url}/a'}, {url: '${url.replace('//', '//me:p%40ss@')}/b'}]`)}`;
    for (const name of ['r/webhook[0]', 'r/webhook[1]']) await channel(yaml, name).send(aNotification(), aContext());

    expect(got).toMatchObject([{ path: '/a', authorization: 'Bearer t0ken' }, { path: '/b', authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` }]);
  });

  test('write to Slack as whom and where the file says', async () => {
    const { url, got } = await aService();
    const config = `{api_url: '${url}', channel: '#ops', username: bot, icon_emoji: ':fire:', title: '{{ template "slack.default.title" . }}', color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'}`;
    expect(await channel(ONE(`slack_configs: [${config}, {api_url: '${url}', username: '{{ template "slack.default.username" . }}'}]`), 'r/slack[0]').send(aNotification(), aContext())).toEqual({ delivered: true });

    expect(got[0]?.body).toMatchObject({ channel: '#ops', username: 'bot', icon_emoji: ':fire:', text: expect.stringContaining('Payment provider down') });
  });

  test('open an incident at the PagerDuty that the file names', async () => {
    const { url, got } = await aService(response => {
      response.statusCode = 202;
      response.end('{}');
    });
    await channel(`global: {pagerduty_url: '${url}/eu/v2/enqueue'}\n${ONE('pagerduty_configs: [{routing_key: abc}]')}`, 'r/pagerduty[0]').send(aNotification(), aContext());

    expect(got).toMatchObject([{ path: '/eu/v2/enqueue', body: { routing_key: 'abc', event_action: 'trigger' } }]);
  });

  test('send mail by the server that the file names', async () => {
    let login: unknown;
    const server = await aMailServer({
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        login = [username, password];
        done(null, { user: username });
      },
    });
    const yaml = `
global: {smtp_smarthost: '127.0.0.1:${server.port}', smtp_from: 'Alerts <alerts@example.org>', smtp_auth_username: u, smtp_auth_password: p, smtp_require_tls: false, smtp_hello: me.example.org}
${ONE(`email_configs: [{to: '"Doe, Jane" <jane@example.org>, joe@example.org', headers: {X-Team: db, subject: '{{ template "email.default.subject" . }}'}, html: '{{ template "email.default.html" . }}', text: ''}]`)}`;
    expect(await channel(yaml, 'r/email[0]', { locale: 'zh-CN' }).send(aNotification(), aContext())).toEqual({ delivered: true });

    expect(login).toEqual(['u', 'p']);
    expect(server.got).toMatchObject([{ from: 'alerts@example.org', to: ['jane@example.org', 'joe@example.org'], headers: { 'x-team': 'db', subject: expect.stringContaining('Payment provider down') }, text: expect.stringContaining('告警') }]);
  });

  test('send no mail in the clear where TLS is required, which is the default', async () => {
    const server = await aMailServer();
    const mail = channel(ONE(`email_configs: [{to: a@example.org, from: b@example.org, smarthost: '127.0.0.1:${server.port}'}]`), 'r/email[0]');

    expect(await mail.send(aNotification(), aContext())).toMatchObject({ delivered: false });
    expect(server.got).toEqual([]);
  });

  test('trust a mail server as `tls_config` says', async () => {
    const server = await aMailServer({ disabledCommands: [] });
    const mail = (config: string): Channel => channel(ONE(`email_configs: [{to: a@example.org, from: b@example.org, smarthost: '127.0.0.1:${server.port}', ${config}}]`), 'r/email[0]');

    expect(await mail('').send(aNotification(), aContext())).toMatchObject({ delivered: false });
    expect(await mail('tls_config: {insecure_skip_verify: true}').send(aNotification(), aContext())).toEqual({ delivered: true });
  });

  test('ask by the given fetch', async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return { status: 200, headers: new Headers(), text: async () => Promise.resolve('ok') };
    };
    const yaml = ONE("webhook_configs: [{url: 'https://bridge.example/'}], slack_configs: [{api_url: 'https://hooks.slack.example/'}], pagerduty_configs: [{routing_key: abc}]");
    for (const each of Object.values(alertmanagerConfig(yaml, { fetch }).channels ?? {})) await each.send(aNotification(), aContext());

    expect(asked).toEqual(['https://bridge.example/', 'https://hooks.slack.example/', 'https://events.pagerduty.com/v2/enqueue']);
  });
});

test('a channel of the app stands for a receiver, or for a part of it, and what the file says of these is not read', async () => {
  const [bridge, ops] = [recordingChannel(), recordingChannel()];
  const { channels, receivers, ...options } = alertmanagerConfig(
    `
global: {opsgenie_api_key: x}
route: {receiver: robots, group_wait: 1s, routes: [{receiver: ops, match: {team: ops}}]}
receivers:
  - {name: robots, wechat_configs: [{corp_id: x}], opsgenie_configs: [{}], webhook_configs: [{}]}
  - {name: ops, slack_configs: [{title: '{{ .CommonLabels.x }}', api_url: x}, {api_url: 'https://hooks.slack.example/'}]}
`,
    { channels: { robots: bridge, 'ops/slack[0]': ops } },
  );
  expect(receivers).toEqual({ robots: ['robots'], ops: ['ops/slack[0]', 'ops/slack[1]'] });

  const { alerts, pass } = testAlerts({ ...options, receivers: { ...receivers, ops: ['ops/slack[0]'] }, channels: { ...channels } });
  await alerts.fire({ title: 'A', severity: 'high' });
  await alerts.fire({ title: 'B', severity: 'low', labels: { team: 'ops', n: '1' } });
  await alerts.fire({ title: 'B', severity: 'low', labels: { team: 'ops', n: '2' } });
  await pass(MINUTE);
  expect([told(bridge), told(ops)]).toEqual([['first: A'], ['first: B, B']]);
});

test('with a template of the app, the texts of the file are not needed', async () => {
  const { url, got } = await aService();
  const yaml = `templates: ['*.tmpl']\n${ONE(`slack_configs: [{api_url: '${url}', title: '{{ .x }}', text: y, color: red}], email_configs: [{to: a@example.org, from: a@example.org, smarthost: 'x:25', html: '<b>', text: z, headers: {Subject: '{{ .x }}'}}]`)}`;
  await channel(yaml, 'r/slack[0]', { template: () => ({ title: 'Mine', head: [], sections: [], foot: [] }) }).send(aNotification(), aContext());

  expect(got).toMatchObject([{ body: { text: 'Mine' } }]);
});

describe('variables', () => {
  const yaml = ONE("webhook_configs: [{url: 'https://${HOST}/${PATH_}', http_config: {bearer_token: '${TOKEN}'}}]");
  test('stand for the values of `env`, whatever these hold', async () => {
    const asked: unknown[] = [];
    const fetch = async (url: string, { headers }: { headers: Record<string, string> }) => {
      asked.push([url, headers['authorization']]);
      return Promise.resolve({ status: 200, headers: new Headers(), text: async () => Promise.resolve('') });
    };
    await channel(yaml, 'r/webhook[0]', { fetch, env: { HOST: 'bridge.example', PATH_: 'a', TOKEN: "x'}, $&: ${HOST}" } }).send(aNotification(), aContext());

    expect(asked).toEqual([['https://bridge.example/a', "Bearer x'}, $&: ${HOST}"]]);
  });

  test('that are not set are refused', () => {
    expect(refusalOf(() => alertmanagerConfig(yaml, { env: { HOST: 'x', PATH_: 'y' } }))).toEqual(['alertmanager.yml: receivers[0].webhook_configs[0].http_config.bearer_token', 'the environment has no TOKEN']);
  });

  test('stand for themselves without `env`, as in Alertmanager', () => {
    const { receivers } = alertmanagerConfig("route: {receiver: '${TEAM}'}\nreceivers: [{name: '${TEAM}'}]");
    expect(receivers).toEqual({ '${TEAM}': [] });
  });
});

describe('refused by the path in the file:', () => {
  const RULES = { one: ONE, global: (global: string) => `global: {${global}}\n${ONE("slack_configs: [{api_url: 'https://x/'}]")}` };
  test.each<[string, string, string, RegExp]>([
    ['an address that is none', RULES.one("email_configs: [{to: 'ops', from: a@b.example, smarthost: 'x:25'}]"), 'receivers[0].email_configs[0].to', /an address such as/],
    ['a sender that is none', RULES.one("email_configs: [{to: a@b.example, from: ops, smarthost: 'x:25'}]"), 'receivers[0].email_configs[0].from', /an address such as/],
    ['a subject', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', headers: {Subject: Alert}}]"), 'receivers[0].email_configs[0].headers.Subject', /got "Alert", expected Alertmanager's default or nothing.*`template`/],
    ['a header that we set', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', headers: {cc: a@b.example}}]"), 'receivers[0].email_configs[0].headers', /none of those that a mail has anyway/],
    ['a header twice', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', headers: {X-a: b, x-A: c}}]"), 'receivers[0].email_configs[0].headers.x-A', /another case/],
    ['a user without a password', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', auth_username: u}]"), 'receivers[0].email_configs[0].auth_password', /the password of auth_username/],
    ['CRAM-MD5', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', auth_secret: u}]"), 'receivers[0].email_configs[0].auth_secret', /channels: \{ 'r\/email\[0\]': … \}/],
    ['a certificate without its key', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', tls_config: {cert_file: /etc/hostname}}]"), 'receivers[0].email_configs[0].tls_config.key_file', /go together/],
    ['a version of TLS that is none', RULES.one("email_configs: [{to: a@b.example, from: a@b.example, smarthost: 'x:25', tls_config: {min_version: SSL3}}]"), 'receivers[0].email_configs[0].tls_config.min_version', /TLS10, TLS11/],
    ['Slack in the clear', RULES.one("slack_configs: [{api_url: 'http://slack.example/'}]"), 'receivers[0].slack_configs[0].api_url', /begins with https/],
    ['Slack with authorization', RULES.one("slack_configs: [{api_url: 'https://x/', http_config: {bearer_token: x}}]"), 'receivers[0].slack_configs[0].http_config', /authorization is for webhooks only.* channels: \{ 'r\/slack\[0\]': … \}/],
    ['Slack with the authorization of all', RULES.global('http_config: {bearer_token: x}'), 'global.http_config', /would be used at receivers\[0\]\.slack_configs\[0\]/],
    ['a proxy of all', RULES.global('http_config: {proxy_url: "http://x"}'), 'global.http_config.proxy_url', /`fetch` of your own/],
    ['redirects', RULES.one("webhook_configs: [{url: 'https://x/', http_config: {follow_redirects: true}}]"), 'receivers[0].webhook_configs[0].http_config.follow_redirects', /got "true", expected false: redirects are not followed/],
    ['unchecked certificates', RULES.one("webhook_configs: [{url: 'https://x/', http_config: {tls_config: {insecure_skip_verify: true}}}]"), 'receivers[0].webhook_configs[0].http_config.tls_config.insecure_skip_verify', /certificates are always checked/],
    ['two ways to authorize', RULES.one("webhook_configs: [{url: 'https://x/', http_config: {bearer_token: x, basic_auth: {username: y}}}]"), 'receivers[0].webhook_configs[0].http_config', /only one of/],
    ['basic authorization by type', RULES.one("webhook_configs: [{url: 'https://x/', http_config: {authorization: {type: basic, credentials: x}}}]"), 'receivers[0].webhook_configs[0].http_config.authorization.type', /basic_auth/],
    ['a token that no header can hold', RULES.one("webhook_configs: [{url: 'https://x/', http_config: {bearer_token: 'ä'}}]"), 'receivers[0].webhook_configs[0].headers', /names and values of headers/],
    ['an address made by a template', RULES.one("webhook_configs: [{url: 'https://x/{{ .x }}'}]"), 'receivers[0].webhook_configs[0].url', /without \{\{ \}\}/],
    ['a timeout', RULES.one("webhook_configs: [{url: 'https://x/', timeout: 1s}]"), 'receivers[0].webhook_configs[0].timeout', /not supported/],
    ['another PagerDuty', RULES.one("pagerduty_configs: [{routing_key: x, url: 'https://x/'}]"), 'receivers[0].pagerduty_configs[0].url', /ends with \/v2\/enqueue/],
    ['a severity of PagerDuty', RULES.one('pagerduty_configs: [{routing_key: x, severity: info}]'), 'receivers[0].pagerduty_configs[0].severity', /channels: \{ 'r\/pagerduty\[0\]': … \}/],
    ['a key twice', RULES.one('pagerduty_configs: [{routing_key: x, routing_key_file: /etc/hostname}]'), 'receivers[0].pagerduty_configs[0].routing_key_file', /only one of them/],
    ['WeChat', RULES.one('wechat_configs: [{}]'), 'receivers[0].wechat_configs', /channels: \{ 'r': … \}/],
  ])('%s', (_, yaml, path, complaint) => {
    const [option, message] = refusalOf(() => alertmanagerConfig(yaml));
    expect(option).toBe(`alertmanager.yml: ${path}`);
    expect(message).toMatch(complaint);
  });

  test('a channel of the app without a place', () => {
    const refusal = refusalOf(() => alertmanagerConfig(ONE("webhook_configs: [{url: 'https://x/'}]"), { channels: { 'r/webhook[1]': recordingChannel() } }));
    expect(refusal).toEqual(['alertmanagerConfig.channels', expect.stringMatching(/^got "r\/webhook\[1\]", expected names of receivers in alertmanager\.yml, or of their integrations \(r, r\/webhook\[0\]\)/)]);
  });

  test('an option that does not exist, and a channel that is none', () => {
    const yaml = ONE("webhook_configs: [{url: 'https://x/'}]");
    expect(refusalOf(() => alertmanagerConfig(yaml, { chanels: {} } as object))[0]).toBe('alertmanagerConfig.chanels');
    expect(() => testAlerts(alertmanagerConfig(yaml, { channels: { r: {} as Channel } })).alerts).toThrow('alerts.channels.r');
  });

  test('no secret is shown', () => {
    const secret = 'hunter2hunter2';
    for (const config of [
      `webhook_configs: [{url: 'https://x/', http_config: {bearer_token: 'ä${secret}'}}]`,
      `webhook_configs: [{url: 'ftp://${secret}'}]`,
      `webhook_configs: [{url: 'https://x/', http_config: {basic_auth: {username: x, password: ['${secret}']}}}]`,
      `webhook_configs: [{url: 'https://x/', http_config: {authorization: {type: basic, credentials: '${secret}'}}}]`,
      `slack_configs: [{api_url: 'http://slack.example/${secret}'}]`,
      `pagerduty_configs: [{routing_key: 'ä${secret}'}]`,
      `pagerduty_configs: [{routing_key: x, url: 'https://x/${secret}'}]`,
    ]) {
      expect(refusalOf(() => alertmanagerConfig(ONE(config))).join(' ')).not.toContain('hunter2');
    }
  });
});

test('an alert without an end, told by the API, is over after `resolve_timeout`, and told so where that is wanted', async () => {
  const posted: string[] = [];
  const fetch = async (url: string, { body = '' }: { body?: string }) => {
    posted.push(`${new URL(url).pathname} ${(JSON.parse(body) as { status: string }).status}`);
    return Promise.resolve({ status: 200, headers: new Headers(), text: async () => Promise.resolve('') });
  };
  const yaml = `
global: {resolve_timeout: 10m}
route: {receiver: r, group_wait: 1s, group_interval: 10s}
receivers: [{name: r, webhook_configs: [{url: 'https://bridge.example/all'}, {url: 'https://bridge.example/firing', send_resolved: false}]}]
`;
  const { alerts, pass } = testAlerts(alertmanagerConfig(yaml, { fetch }));
  const post = alertmanagerApi(alerts).find(({ method, path }) => method === 'POST' && path === '/api/v2/alerts');
  await post?.handle({ body: [{ labels: { alertname: 'A' } }], params: [], query: new URLSearchParams(), user: undefined });
  for (let minute = 0; minute < 9; minute++) await pass(MINUTE);
  expect(posted.sort()).toEqual(['/all firing', '/firing firing']);
  for (let minute = 0; minute < 2; minute++) await pass(MINUTE);
  expect(posted.sort()).toEqual(['/all firing', '/all resolved', '/firing firing']);
});

function refusalOf(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    const { option, message } = error as InvalidOptionError;
    return [option, message.slice(`Invalid option \`${option}\`: `.length, -1)];
  }
  throw new Error('nothing was refused');
}
