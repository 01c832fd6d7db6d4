// Alertmanager's own tool as the judge: it says where alerts go, and which files it takes.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/alerting/alert.js';
import { alertmanagerConfig } from '../../../src/alerting/alertmanager-config.js';
import { type AlertmanagerConfig, loadAlertmanagerConfig } from '../../../src/alerting/routing/load-alertmanager-config.js';
import { formatMatcher } from '../../../src/alerting/routing/matcher.js';
import { RouteTree } from '../../../src/alerting/routing/route-tree.js';
import { findServer } from '../../support/servers.mjs';

const amtool = findServer('amtool');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'sightline-amtool-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CONFIGS = 32;
const ALERTS = 10;
const NAMES = ['team', 'env', 'service', 'code'];
const VALUES = ['', 'a', 'b', 'ab', 'api-1', 'api-', 'x\ny', 'a.b', 'say "a", b', 'back\\slash', 'É', '😀', 'A'];
const EXPRESSIONS = [
  ...['a|b', '(a|b)', '(?:a|b)+', '.*', '.+', '', 'api-.*', 'api-[0-9]', '.*b', 'a\\.b', 'a.b', '(?i)A', '[^a]*', '(?s)x.y', 'x.y', 'a)|(b', '^a$', 'É|😀'],
  ...['.', '\\w+', '\\W', 'a?b?', '[[:alpha:]]+', '\\p{Lu}', '(a|ab)(b|$)', '.*"a".*', 'back\\\\slash', 'a{1,2}', '|a', '\\x61', '\\Qa.b\\E', '.+-.*', '\\S*'],
];

/** Numbers that look random, and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => (state = (state * 48_271) % 2_147_483_647) % below;
}

interface RouteNode {
  receiver?: string;
  match?: Labels;
  match_re?: Labels;
  matchers?: string[];
  continue?: boolean;
  routes?: RouteNode[];
}

function randomRoute(next: (below: number) => number, depth: number, receivers: string[]): RouteNode {
  const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T;
  const node: RouteNode = {};
  if (next(4) > 0) receivers.push((node.receiver = `r${receivers.length}`));
  if (next(4) === 0) node.match = { [pick(NAMES)]: pick(VALUES) };
  if (next(4) === 0) node.match_re = { [pick(NAMES)]: pick(EXPRESSIONS) };
  if (node.match === undefined || next(3) === 0) {
    node.matchers = Array.from({ length: 1 + next(2) }, () => {
      const operator = pick(['=', '!=', '=~', '!~'] as const);
      return formatMatcher({ name: pick(NAMES), operator, value: pick(operator.includes('~') ? EXPRESSIONS : VALUES) });
    });
  }
  node.continue = next(2) === 0;
  if (depth < 3) node.routes = Array.from({ length: next(4) }, () => randomRoute(next, depth + 1, receivers));
  return node;
}

/** Does some work at a time: the machine has few cores. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
    }),
  );
}

test.skipIf(amtool === undefined)(
  `${CONFIGS} random trees send ${ALERTS} alerts each where \`amtool config routes test\` says`,
  async () => {
    const ends = new Set<string>();
    let toSeveral = 0;
    await forEach(
      Array.from({ length: CONFIGS }, (_, i) => i),
      async i => {
        const next = numbers((i + 1) * 7_919_017);
        const receivers = ['default'];
        const routes = Array.from({ length: 3 + next(3) }, () => randomRoute(next, 1, receivers));
        // JSON is YAML.
        const yaml = JSON.stringify({ route: { receiver: 'default', routes }, receivers: receivers.map(name => ({ name })) });
        const file = join(folder, `${i}.yml`);
        writeFileSync(file, yaml);
        const tree = treeOf(loadAlertmanagerConfig(yaml));
        for (let alert = 0; alert < ALERTS; alert++) {
          const labels = Object.fromEntries(NAMES.flatMap(name => (next(4) > 0 ? [[name, VALUES[next(VALUES.length)] as string]] : [])));
          const written = Object.entries(labels).map(([name, value]) => formatMatcher({ name, operator: '=', value }));
          const { stdout } = await run(amtool as string, ['config', 'routes', 'test', `--config.file=${file}`, ...written]);
          const ours = tree.match(labels).map(({ receiver }) => receiver);
          expect(ours.join(','), `${JSON.stringify(labels)} in ${yaml}`).toBe(stdout.trim());
          ends.add(`${i} ${ours.join(',')}`);
          if (ours.length > 1) toSeveral++;
        }
      },
    );
    // The trees do divide the alerts, and give some to several.
    expect(ends.size, 'ends').toBeGreaterThan(60);
    expect(toSeveral, 'to several').toBeGreaterThan(20);
  },
  60_000,
);

function treeOf({ route, receivers, timeIntervals }: AlertmanagerConfig): RouteTree {
  return new RouteTree(route, { receivers: receivers.map(({ name }) => name), timeIntervals: Object.keys(timeIntervals) });
}

describe.skipIf(amtool === undefined)('a file is taken or refused as `amtool check-config` does it', () => {
  const receivers = 'receivers: [{name: r}]\n';
  const route = (config: string): string => `${receivers}route: {receiver: r, routes: [{${config}}]}\n`;
  const interval = (config: string): string => `${receivers}route: {receiver: r}\ntime_intervals: [{name: n, time_intervals: [{${config}}]}]\n`;
  const channel = (config: string): string => `route: {receiver: r}\nreceivers: [{name: r, ${config}}]\n`;
  const files = {
    taken: [
      `${receivers}route: {receiver: r}`,
      route('match: {a: b, c: 0500}, match_re: {d: "e|f"}, matchers: [g=h, "i!~\\"j.*\\""]'),
      route('matchers: ["{a=b, c!=d,}", "{}"]'),
      route('matchers: ["a=b\\\\"]'),
      route('group_by: [a, b], group_wait: 0s, group_interval: 1m30s, repeat_interval: 1d'),
      route('group_by: [...]'),
      route('continue: yes'),
      route('match: {a: }'),
      route('match_re: {a: "a)|(b"}'),
      route('receiver: , routes: '),
      `${interval('weekdays: ["monday:friday", SUNDAY], days_of_month: [1, "-1", "1:-1"], months: ["january:march", "4:5"], years: [2026, "2030:2031"]')}`,
      interval('times: [{start_time: "00:00", end_time: "24:00"}], location: Asia/Shanghai'),
      interval(''),
      `${receivers}route: {receiver: r, routes: [{mute_time_intervals: [n], active_time_intervals: [m]}]}\ntime_intervals: [{name: n}]\nmute_time_intervals: [{name: m}]`,
      `${receivers}route: {receiver: r}\ninhibit_rules: [{source_matchers: [a=b], target_match: {c: d}, target_match_re: {e: f.*}, equal: [g]}, {}]`,
      channel('webhook_configs: [{url: "http://x/y", max_alerts: 5, send_resolved: no}]'),
      channel('email_configs: [{to: "a@b", from: c@d, smarthost: "x:25", headers: {X: y}, require_tls: false}]'),
      channel('slack_configs: [{api_url: "https://x/", channel: "#c"}]'),
      channel('pagerduty_configs: [{routing_key: x}]'),
      channel('webhook_configs: [{url: "http://u:p@x/y", http_config: {basic_auth: {username: a, password: b}, follow_redirects: false, enable_http2: true, tls_config: {insecure_skip_verify: false}}}]'),
      channel('webhook_configs: [{url: "http://x/y", http_config: {authorization: {type: Key, credentials: a}}}, {url: "http://x/z", http_config: {bearer_token: b}}]'),
      channel('email_configs: [{to: "\\"A, B\\" <a@b>, c@d", from: "E <e@f>", smarthost: "[::1]:25", auth_username: u, auth_password: p, tls_config: {server_name: x, insecure_skip_verify: true, min_version: TLS12}, text: ""}]'),
      channel("slack_configs: [{api_url: 'https://x/', title: '{{ template \"slack.default.title\" . }}', color: '{{ if eq .Status \"firing\" }}danger{{ else }}good{{ end }}', short_fields: false}]"),
      channel("pagerduty_configs: [{routing_key: x, url: 'https://x/v2/enqueue', description: '{{ template \"pagerduty.default.description\" .}}'}]"),
      `${channel('webhook_configs: [{url: "http://x"}]')}global: {http_config: {bearer_token: a}, opsgenie_api_key: x, wechat_api_corp_id: y}`,
      route('group_by: []'),
      `${channel('email_configs: [{to: a@b}], slack_configs: [{}]')}global: {smtp_smarthost: "x:25", smtp_from: c@d, slack_api_url: "https://x/", resolve_timeout: 1m, smtp_require_tls: off}`,
    ],
    refused: [
      receivers,
      'route: {receiver: r}',
      `${receivers}route: {}`,
      `${receivers}route: {receiver: x}`,
      `${receivers}route: {receiver: r, match: {a: b}}`,
      `${receivers}route: {receiver: r, matchers: [a=b]}`,
      `${receivers}route: {receiver: r, continue: true}`,
      `${receivers}route: {receiver: r, mute_time_intervals: [x]}`,
      `${receivers}route: {receiver: r}\nunknown: 1`,
      `${receivers}${receivers}route: {receiver: r}`,
      `receivers: [{name: r}, {name: r}]\nroute: {receiver: r}`,
      `receivers: [{}]\nroute: {receiver: r}`,
      route('unknown: 1'),
      route('receiver: x'),
      route('matchers: [a]'),
      route('matchers: ["a=\\"b"]'),
      route('matchers: ["a=b\\"c"]'),
      route('matchers: ["a=~["]'),
      route('matchers: ["a-b=c"]'),
      route('matchers: [","]'),
      route('match: {a-b: c}'),
      route('match_re: {a: "(?=b)"}'),
      route('match_re: {a: "b{1001}"}'),
      route('group_by: [a, a]'),
      route('group_by: [a, ...]'),
      route('group_interval: 0s'),
      route('repeat_interval: 0s'),
      route('group_wait: 30'),
      route('group_wait: -1s'),
      route('continue: maybe'),
      route('mute_time_intervals: [x]'),
      route('active_time_intervals: [x]'),
      interval('times: [{start_time: "17:00", end_time: "09:00"}]'),
      interval('times: [{start_time: "09:00", end_time: "09:00"}]'),
      interval('times: [{start_time: "09:00"}]'),
      interval('times: [{start_time: "9:00", end_time: "10:00"}]'),
      interval('times: [{start_time: "09:00", end_time: "24:01"}]'),
      interval('weekdays: ["friday:monday"]'),
      interval('weekdays: [1]'),
      interval('weekdays: ["monday:tuesday:friday"]'),
      interval('days_of_month: [0]'),
      interval('days_of_month: [32]'),
      interval('days_of_month: ["-15:5"]'),
      interval('days_of_month: ["10:-25"]'),
      interval('days_of_month: ["29:-1"]'),
      interval('months: ["may:april"]'),
      interval('months: [mai]'),
      interval('years: ["2027:2026"]'),
      interval('location: Europe/Atlantis'),
      interval('unknown: 1'),
      `${receivers}route: {receiver: r}\ntime_intervals: [{name: n}, {name: n}]`,
      `${receivers}route: {receiver: r}\ntime_intervals: [{name: n}]\nmute_time_intervals: [{name: n}]`,
      `${receivers}route: {receiver: r}\ninhibit_rules: [{source_matchers: [x]}]`,
      `${receivers}route: {receiver: r}\ninhibit_rules: [{target_match_re: {a: "["}}]`,
      channel('webhook_configs: [{}]'),
      channel('webhook_configs: [{url: "ftp://x"}]'),
      channel('webhook_configs: [{url: "http://x", max_alerts: -1}]'),
      channel('email_configs: [{from: c@d, smarthost: "x:25"}]'),
      channel('email_configs: [{to: a@b, from: c@d}]'),
      channel('email_configs: [{to: a@b, smarthost: "x:25"}]'),
      channel('email_configs: [{to: a@b, from: c@d, smarthost: "x"}]'),
      channel('slack_configs: [{}]'),
      channel('pagerduty_configs: [{}]'),
      channel('opsgenie_configs: [{}]'),
      route('match_re: {a: }'),
      channel('webhook_configs: [{url: "http://x", http_config: {bearer_token: a, basic_auth: {username: b}}}]'),
      channel('webhook_configs: [{url: "http://x", http_config: {authorization: {type: Basic, credentials: b}}}]'),
      channel('webhook_configs: [{url: "http://x", http_config: {unknown: b}}]'),
      channel('webhook_configs: [{url: "http://x", send_resolved: maybe}]'),
      channel('email_configs: [{to: a@b, from: c@d, smarthost: "x:25", headers: {X-a: b, x-A: c}}]'),
      channel('email_configs: [{to: a@b, from: c@d, smarthost: "x:25", tls_config: {min_version: SSL3}}]'),
      channel('slack_configs: [{api_url: "https://x/", api_url_file: /dev/null}]'),
      channel('pagerduty_configs: [{routing_key: x, routing_key_file: /dev/null}]'),
      channel('pagerduty_configs: [{routing_key: x, url: "ftp://x/v2/enqueue"}]'),
      `${channel('slack_configs: [{}]')}global: {slack_api_url: "https://x/", slack_api_url_file: /dev/null}`,
      `${channel('slack_configs: [{}]')}global: {slack_api_url: x}`,
      `${channel('')}global: {smtp_smarthost: x}`,
      `${channel('')}global: {resolve_timeout: soon}`,
    ],
  };

  test.each(['taken', 'refused'] as const)(
    '%s',
    async verdict => {
      await forEach(
        files[verdict].map((yaml, i) => ({ yaml, file: join(folder, `${verdict}-${i}.yml`) })),
        async ({ yaml, file }) => {
          writeFileSync(file, yaml);
          const theirs = await run(amtool as string, ['check-config', file]).then(
            () => 'taken',
            ({ stderr, stdout }: { stderr: string; stdout: string }) => `refused: ${stdout}${stderr}`,
          );
          expect(theirs, yaml).toMatch(new RegExp(`^${verdict}`));
          expect(verdictOf(yaml), yaml).toMatch(new RegExp(`^${verdict}`));
        },
      );
    },
    60_000,
  );
});

const FILES = 64;
/** Parts of integrations and of the rest, some of which nobody can use. */
const GOOD = {
  webhook: ['url: "http://x/y"', 'url: "https://u:p@x/y?a=b"', 'url: "http://x", max_alerts: 0', 'url: "http://x", send_resolved: on', 'url: "http://x", http_config: {basic_auth: {username: a}}'],
  email: ['to: a@b', 'to: "a@b, C D <c@d>"', 'to: a@b, require_tls: off', 'to: a@b, headers: {X-A: b, List-Id: c}', 'to: a@b, auth_username: a, auth_password: b', 'to: a@b, smarthost: "mail:465", from: x@y'],
  slack: ['api_url: "https://x/"', 'api_url: "https://x/", channel: "#a"', 'icon_emoji: ":a:", username: b', 'send_resolved: true'],
  pagerduty: ['routing_key: a', 'routing_key: a, url: "https://x/v2/enqueue"', 'routing_key: a, send_resolved: false'],
} as const;
const BAD = {
  webhook: ['url: x', 'max_alerts: 1', 'url: "http://x", max_alerts: many', 'url: "http://x", http_config: {bearer_token: a, authorization: {credentials: b}}', 'url: "http://x", urls: y'],
  email: ['from: a@b', 'to: a@b, smarthost: mail', 'to: a@b, require_tls: perhaps', 'to: a@b, headers: {X-A: b, x-a: c}', 'to: a@b, auth_pasword: b'],
  slack: ['api_url: x', 'api_url: "ftp://x/"', 'link_names: maybe', 'chanel: "#a"'],
  pagerduty: ['send_resolved: true', 'routing_key: a, url: x', 'routing_keys: a'],
} as const;

test.skipIf(amtool === undefined)(
  `${FILES} generated files with receivers are taken or refused as \`amtool check-config\` does it`,
  async () => {
    let taken = 0;
    await forEach(
      Array.from({ length: FILES }, (_, i) => i),
      async i => {
        const next = numbers((i + 1) * 104_729);
        const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T;
        const receivers = Array.from({ length: 1 + next(3) }, (_, r) => {
          const configs = (['webhook', 'email', 'slack', 'pagerduty'] as const).filter(() => next(2) === 0).map(kind => `${kind}_configs: [${Array.from({ length: 1 + next(2) }, () => `{${pick(next(8) === 0 ? BAD[kind] : GOOD[kind])}}`).join(', ')}]`);
          return `{${[`name: r${r}`, ...configs].join(', ')}}`;
        });
        const yaml = `global: {smtp_smarthost: "x:25", smtp_from: c@d, slack_api_url: "https://x/"}\nroute: {receiver: r0}\nreceivers: [${receivers.join(', ')}]\n`;
        const file = join(folder, `generated-${i}.yml`);
        writeFileSync(file, yaml);
        const theirs = await run(amtool as string, ['check-config', file]).then(
          () => 'taken',
          () => 'refused',
        );
        expect(verdictOf(yaml).slice(0, theirs.length), `${yaml}${verdictOf(yaml)}`).toBe(theirs);
        if (theirs === 'taken') taken++;
      },
    );
    expect(taken).toBeGreaterThan(FILES / 4);
    expect(taken).toBeLessThan((FILES * 3) / 4);
  },
  60_000,
);

function verdictOf(yaml: string): string {
  try {
    alertmanagerConfig(yaml.includes('\n') ? yaml : `${yaml}\n`);
    return 'taken';
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}
