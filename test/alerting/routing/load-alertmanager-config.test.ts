import { describe, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../../src/alerting/routing/load-alertmanager-config.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

const SMALLEST = 'route: {receiver: r}\nreceivers: [{name: r}]\n';

test('a whole file becomes options of ours', () => {
  const config = loadAlertmanagerConfig(`
global:
  resolve_timeout: 10m
  smtp_smarthost: 'smtp.example.org:587'
  smtp_from: alerts@example.org
  smtp_auth_username: alerts
  smtp_auth_password: hunter2
  slack_api_url: https://hooks.slack.example/T0/B0/x
templates: []
route:
  receiver: team
  group_by: [alertname, cluster]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 3h
  routes:
    - receiver: pager
      matchers: [severity="critical", '{team=~"db|cache", region!=eu}']
      continue: yes
      mute_time_intervals: [nights]
      active_time_intervals: [office]
      routes: [{match: {env: prod}, group_by: [...]}]
    - match: {code: 0500, empty: , country: NO}
      match_re: {service: api-.*|web}
receivers:
  - name: team
    email_configs:
      - to: 'one@example.org, two@example.org'
        headers: {X-Team: db}
        send_resolved: true
      - {to: three@example.org, smarthost: '[::1]:25', from: other@example.org, auth_username: o, auth_password: p, hello: me, require_tls: false}
    webhook_configs: [{url: 'http://127.0.0.1:9000/hook', max_alerts: 20}]
  - name: pager
    pagerduty_configs: [{routing_key: abc}]
    slack_configs:
      - {channel: '#ops', username: bot, icon_emoji: ':fire:'}
      - api_url: https://hooks.slack.example/other
        send_resolved: true
  - name: nobody
inhibit_rules:
  - source_matchers: [severity = critical]
    target_matchers: ['severity=~"high|low"']
    equal: [cluster]
  - {name: old, source_match: {a: b}, source_match_re: {c: d.*}, target_match: {e: f}, target_match_re: {g: h.*}}
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: 22:00, end_time: 24:00}]
        weekdays: [monday:friday, sunday]
        days_of_month: [1, '-3:-1']
        months: [january:march]
        years: [2026]
        location: Asia/Shanghai
      - {}
mute_time_intervals: [{name: office, time_intervals: [{weekdays: ['monday:friday']}]}]
`);

  expect(config).toEqual({
    route: {
      receiver: 'team',
      groupBy: ['alertname', 'cluster'],
      groupWait: 10_000,
      groupInterval: 60_000,
      repeatInterval: 10_800_000,
      routes: [
        {
          receiver: 'pager',
          match: ['severity="critical"', 'team=~"db|cache"', 'region!="eu"'],
          continue: true,
          muteTimes: ['nights'],
          activeTimes: ['office'],
          routes: [{ match: ['env="prod"'], groupBy: ['...'] }],
        },
        { match: ['code="0500"', 'empty=""', 'country="NO"', 'service=~"^(?:api-.*|web)$"'] },
      ],
    },
    receivers: [
      {
        name: 'team',
        isGiven: false,
        channels: [
          {
            kind: 'webhook',
            name: 'team/webhook[0]',
            path: 'alertmanager.yml: receivers[0].webhook_configs[0]',
            sendsResolved: true,
            options: { url: 'http://127.0.0.1:9000/hook', format: 'alertmanager', maxAlerts: 20 },
          },
          {
            kind: 'email',
            name: 'team/email[0]',
            path: 'alertmanager.yml: receivers[0].email_configs[0]',
            sendsResolved: true,
            options: {
              to: ['one@example.org', 'two@example.org'],
              from: 'alerts@example.org',
              headers: { 'X-Team': 'db' },
              smtp: { host: 'smtp.example.org', port: 587, name: 'localhost', secure: false, requireTLS: true, ignoreTLS: false, auth: { user: 'alerts', pass: 'hunter2' } },
            },
          },
          {
            kind: 'email',
            name: 'team/email[1]',
            path: 'alertmanager.yml: receivers[0].email_configs[1]',
            sendsResolved: false,
            options: {
              to: ['three@example.org'],
              from: 'other@example.org',
              smtp: { host: '::1', port: 25, name: 'me', secure: false, requireTLS: false, ignoreTLS: true, auth: { user: 'o', pass: 'p' } },
            },
          },
        ],
      },
      {
        name: 'pager',
        isGiven: false,
        channels: [
          {
            kind: 'slack',
            name: 'pager/slack[0]',
            path: 'alertmanager.yml: receivers[1].slack_configs[0]',
            sendsResolved: false,
            options: { webhookUrl: 'https://hooks.slack.example/T0/B0/x', channel: '#ops', username: 'bot', iconEmoji: ':fire:' },
          },
          {
            kind: 'slack',
            name: 'pager/slack[1]',
            path: 'alertmanager.yml: receivers[1].slack_configs[1]',
            sendsResolved: true,
            options: { webhookUrl: 'https://hooks.slack.example/other' },
          },
          {
            kind: 'pagerduty',
            name: 'pager/pagerduty[0]',
            path: 'alertmanager.yml: receivers[1].pagerduty_configs[0]',
            sendsResolved: true,
            options: { routingKey: 'abc', baseUrl: 'https://events.pagerduty.com' },
          },
        ],
      },
      { name: 'nobody', isGiven: false, channels: [] },
    ],
    inhibitRules: [
      { sourceMatch: ['severity="critical"'], targetMatch: ['severity=~"high|low"'], equal: ['cluster'] },
      { name: 'old', sourceMatch: ['a="b"', 'c=~"^(?:d.*)$"'], targetMatch: ['e="f"', 'g=~"^(?:h.*)$"'] },
    ],
    timeIntervals: {
      nights: [
        {
          times: [{ startTime: '22:00', endTime: '24:00' }],
          weekdays: ['monday:friday', 'sunday'],
          daysOfMonth: ['1', '-3:-1'],
          months: ['january:march'],
          years: ['2026'],
          location: 'Asia/Shanghai',
        },
        {},
      ],
      office: [{ weekdays: ['monday:friday'] }],
    },
    resolveTimeoutMs: 600_000,
  });
});

test('what is left out is as in Alertmanager', () => {
  expect(loadAlertmanagerConfig(`global:\ntemplates:\ninhibit_rules: null\n${SMALLEST}`)).toEqual({
    route: { receiver: 'r' },
    receivers: [{ name: 'r', isGiven: false, channels: [] }],
    inhibitRules: [],
    timeIntervals: {},
    resolveTimeoutMs: 300_000,
  });
});

test('anchors may be used', () => {
  const { route } = loadAlertmanagerConfig('receivers: [{name: r}]\nroute: {receiver: r, routes: [&a {match: {x: y}, group_wait: 1s}, {<<: *a, group_wait: 2s}]}');

  expect(route.routes).toEqual([{ match: ['x="y"'], groupWait: 1_000 }, { match: ['x="y"'], groupWait: 2_000 }]);
});

describe('what Sightline cannot do is refused with its path, never skipped', () => {
  const receiver = (config: string): string => `route: {receiver: r}\nreceivers: [{name: r, ${config}}]`;
  const route = (config: string): string => `receivers: [{name: r}]\nroute: {receiver: r, routes: [{receiver: r}, {${config}}]}`;
  test.each<[string, string, string, RegExp]>([
    ['an empty file', '', 'alertmanager.yml: route', /the routing tree/],
    ['no mapping', '- a', 'alertmanager.yml:', /a mapping/],
    ['no route', 'receivers: [{name: r}]', 'alertmanager.yml: route', /the routing tree/],
    ['a part that does not exist', `${SMALLEST}tracing: {}`, 'alertmanager.yml: tracing', /not supported; supported here: route, global, receivers/],
    ['templates', `${SMALLEST}templates: ['*.tmpl']`, 'alertmanager.yml: templates', /none: Alertmanager's templates are not supported/],
    ['a proxy', `${SMALLEST}global: {http_config: {proxy_url: x}}`, 'alertmanager.yml: global.http_config.proxy_url', /not supported; .* give a `fetch` of your own/],
    ['a misspelt default', `${SMALLEST}global: {smtp_form: x}`, 'alertmanager.yml: global.smtp_form', /not supported; supported here: resolve_timeout, http_config, smtp_from/],
    ['another service', receiver('opsgenie_configs: [{}]'), 'alertmanager.yml: receivers[0].opsgenie_configs', /supported here: name, webhook_configs, email_configs, slack_configs, pagerduty_configs\. Or give a channel for the whole receiver: channels: \{ 'r': … \}/],
    ['a password in a file that is not there', `${SMALLEST}global: {smtp_auth_password_file: /nowhere/x}`, 'alertmanager.yml: global.smtp_auth_password_file', /a file that can be read \(ENOENT\)/],
    ['a password twice', `${SMALLEST}global: {smtp_auth_password: x, smtp_auth_password_file: /dev/null}`, 'alertmanager.yml: global.smtp_auth_password_file', /a file that is not empty/],
    ['a text of a message', receiver("slack_configs: [{api_url: 'https://x/', text: x}]"), 'alertmanager.yml: receivers[0].slack_configs[0].text', /got "x", expected Alertmanager's default or nothing.*`template` .* channels: \{ 'r\/slack\[0\]': … \}/],
    [
      'a template in a text',
      receiver("slack_configs: [{api_url: 'https://x/', channel: '#{{ .CommonLabels.team }}'}]"),
      'alertmanager.yml: receivers[0].slack_configs[0].channel',
      /without \{\{ \}\}.* channels: \{ 'r\/slack\[0\]': … \}/,
    ],
    ['events of the first version', receiver('pagerduty_configs: [{service_key: x}]'), 'alertmanager.yml: receivers[0].pagerduty_configs[0].service_key', /not supported; .* Events API v2/],
    [
      'a client certificate',
      receiver('webhook_configs: [{url: "http://x/", http_config: {tls_config: {cert_file: x}}}]'),
      'alertmanager.yml: receivers[0].webhook_configs[0].http_config.tls_config.cert_file',
      /not supported; .* give a `fetch` of your own/,
    ],
    ['labels of a route', route('labels: {a: b}'), 'alertmanager.yml: route.routes[1].labels', /not supported/],
    ['no receiver', 'route: {group_wait: 1s}\nreceivers: []', 'alertmanager.yml: route.receiver', /expected the name of a receiver/],
    ['a receiver that does not exist', route('receiver: x'), 'alertmanager.yml: route.routes[1].receiver', /got "x", expected the name of a receiver \(known here: r\)/],
    ['a receiver without a name', 'route: {receiver: r}\nreceivers: [{name: r}, {}]', 'alertmanager.yml: receivers[1].name', /a name that routes can use/],
    ['a receiver twice', 'route: {receiver: r}\nreceivers: [{name: r}, {name: r}]', 'alertmanager.yml: receivers[1].name', /no other receiver has/],
    ['a null as a channel', receiver('webhook_configs: [null]'), 'alertmanager.yml: receivers[0].webhook_configs[0]', /a mapping/],
    ['a webhook without a URL', receiver('webhook_configs: [{}]'), 'alertmanager.yml: receivers[0].webhook_configs[0].url', /a URL/],
    ['an e-mail without an address', receiver('email_configs: [{smarthost: "x:25", from: a}]'), 'alertmanager.yml: receivers[0].email_configs[0].to', /an address/],
    ['an e-mail without a server', receiver('email_configs: [{to: a, from: a}]'), 'alertmanager.yml: receivers[0].email_configs[0].smarthost', /global\.smtp_smarthost/],
    ['an e-mail without a sender', receiver('email_configs: [{to: a, smarthost: "x:25"}]'), 'alertmanager.yml: receivers[0].email_configs[0].from', /global\.smtp_from/],
    ['a server without a port', receiver('email_configs: [{to: a, from: a, smarthost: x}]'), 'alertmanager.yml: receivers[0].email_configs[0].smarthost', /host:port/],
    ['Slack without a URL', receiver('slack_configs: [{}]'), 'alertmanager.yml: receivers[0].slack_configs[0].api_url', /global\.slack_api_url/],
    ['PagerDuty without a key', receiver('pagerduty_configs: [{}]'), 'alertmanager.yml: receivers[0].pagerduty_configs[0].routing_key', /missing/],
    ['matchers on the first route', 'receivers: [{name: r}]\nroute: {receiver: r, match: {a: b}}', 'alertmanager.yml: route.matchers', /no matchers/],
    ['a matcher that is none', route('matchers: [a="b", c]'), 'alertmanager.yml: route.routes[1].matchers[1]', /"c", expected a label's name/],
    ['matchers as one text', route('matchers: "a=b"'), 'alertmanager.yml: route.routes[1].matchers', /a list/],
    ['an expression that is none', route('match_re: {a: "["}'), 'alertmanager.yml: route.routes[1].match_re.a', /RE2's syntax/],
    ['a label that cannot be', route('match: {a-b: c}'), 'alertmanager.yml: route.routes[1].match', /"a-b", expected names of labels/],
    ['labels twice', route('group_by: [a, a]'), 'alertmanager.yml: route.routes[1].group_by[1]', /not in the list yet/],
    ['an interval of nothing', route('group_interval: 0s'), 'alertmanager.yml: route.routes[1].group_interval', /not 0/],
    ['a duration without a unit', route('repeat_interval: 30'), 'alertmanager.yml: route.routes[1].repeat_interval', /got "30", expected/],
    ['a boolean that is none', route('continue: maybe'), 'alertmanager.yml: route.routes[1].continue', /true or false/],
    ['a time interval that does not exist', route('mute_time_intervals: [x]'), 'alertmanager.yml: route.routes[1].mute_time_intervals[0]', /there is none/],
    ['a time interval without a name', `${SMALLEST}time_intervals: [{}]`, 'alertmanager.yml: time_intervals', /a name for each/],
    ['time intervals with one name', `${SMALLEST}time_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]`, 'alertmanager.yml: time_intervals', /differ/],
    [
      'a time that is none',
      `${SMALLEST}time_intervals: [{name: x, time_intervals: [{}, {times: [{start_time: 9:00, end_time: 17:00}]}]}]`,
      'alertmanager.yml: time_intervals[0].time_intervals[1].times[0].start_time',
      /"9:00"/,
    ],
    [
      'days that are none',
      `${SMALLEST}time_intervals: [{name: x, time_intervals: [{days_of_month: [0]}]}]`,
      'alertmanager.yml: time_intervals[0].time_intervals[0].days_of_month[0]',
      /1 to 31/,
    ],
    ['an inhibit rule that cannot be', `${SMALLEST}inhibit_rules: [{source_matchers: [x]}]`, 'alertmanager.yml: inhibit_rules[0].source_matchers[0]', /a label's name/],
    ['a key twice', `${SMALLEST}receivers: []`, 'alertmanager.yml', /not valid YAML: duplicate key at line 3, column 1/],
    ['two documents', `${SMALLEST}---\n${SMALLEST}`, 'alertmanager.yml', /not valid YAML: multiple docs/],
    ['what is no YAML', 'route: {', 'alertmanager.yml', /not valid YAML: .* at line 1/],
    ['an anchor that does not exist', 'route: *x', 'alertmanager.yml', /not valid YAML: an alias without its anchor/],
    ['a mass of aliases', `a: &a [x]\n${'bcdefghi'.replace(/./g, (name, i) => `${name}: &${name} [${`*${'abcdefgh'[i as number]},`.repeat(9)}]\n`)}`, 'alertmanager.yml', /an alias without its anchor, or too many of them/],
  ])('%s', (_, yaml, path, message) => {
    const refusal = refusalOf(yaml);

    expect(refusal.option).toBe(path);
    expect(refusal.message).toMatch(message);
  });

  test('by the name of its file', () => {
    expect(() => loadAlertmanagerConfig('a: b', { source: '/etc/am.yml' })).toThrow('Invalid option `/etc/am.yml: a`');
  });
});

test('no error shows a secret', () => {
  const secret = 'hunter2hunter2';
  const files = [
    `global: {smtp_auth_password: {x: ${secret}}}\n${SMALLEST}`,
    `global: {smtp_auth_passwort: ${secret}}\n${SMALLEST}`,
    `global: {slack_api_url: ${secret}}\n${SMALLEST}`,
    `global: {smtp_auth_password: "${secret}" "x"}\n${SMALLEST}`,
    `global: {smtp_auth_password: *${secret}}\n${SMALLEST}`,
    `route: {receiver: r}\nreceivers: [{name: r, webhook_configs: [{url: '${secret}'}]}]`,
    `route: {receiver: r}\nreceivers: [{name: r, pagerduty_configs: [{routing_key: ['${secret}']}]}]`,
    `global:\n  smtp_auth_password: ${secret}\n bad: x\n`,
  ];
  for (const file of files) expect(refusalOf(file).message).not.toContain('hunter2');
});

function refusalOf(yaml: string): InvalidOptionError {
  try {
    loadAlertmanagerConfig(yaml);
  } catch (error) {
    return error as InvalidOptionError;
  }
  throw new Error('nothing was refused');
}
