import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { catalogue } from '../../src/metrics/catalogue.js';
import { startDingTalkStandIn, type DingTalkStandIn } from '../../examples/stand-ins/dingtalk-stand-in.js';
import { scripted } from '../../examples/stand-ins/openai-plan.js';
import { startOpenAiStandIn } from '../../examples/stand-ins/openai-stand-in.js';
import { startSmtpStandIn } from '../../examples/stand-ins/smtp-stand-in.js';
import { freePort } from '../support/free-port.js';
import { startProgram, type Program } from '../support/program.js';
import { Prometheus } from '../support/prometheus.js';
import { findServer } from '../support/servers.mjs';

const prometheusProgram = findServer('prometheus');
const promtool = findServer('promtool');

/** What the example prints with `--json`: counts by the label values of a metric, joined by spaces. */
interface Summary {
  seconds: number;
  sent: Record<
    'requests' | 'aborted' | 'streams' | 'answers' | 'queries' | 'aiCalls' | 'aiRetries' | 'aiTokens' | 'aiUntold' | 'aiCost' | 'messages',
    Record<string, number>
  >;
  differences: string[];
  failures: string[];
  strayPaths: number;
  skipped: number;
  latency: Record<string, { count: number; p50: number; p95: number }>;
  costs: Record<string, number>;
  thresholds: number[];
}

/** Scrapes are requests too, but not the traffic's. */
const TRAFFIC = 'endpoint!="/metrics"';
/** Event streams last as long as they are listened to. */
const TIMED = `${TRAFFIC},endpoint!~"/announcements|/essays/:id/advice"`;

// Its stand-ins are what is tested here, whatever the environment has.
beforeEach(useStandIns);
afterEach(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(prometheusProgram === undefined)('the learning platform, scraped by Prometheus every second', () => {
  let port: number;
  let platform: Program;
  let prometheus: Prometheus;
  let summary: Summary;
  const started: AsyncDisposable[] = [];

  beforeAll(async () => {
    useStandIns();
    port = await freePort();
    platform = startPlatform('--port', String(port), '--for', '15s', '--linger', '60s', '--json');
    started.push(platform);
    prometheus = await Prometheus.start(prometheusProgram as string, {
      jobs: { 'learning-platform': `127.0.0.1:${port}` },
      scrapeIntervalMs: 1_000,
    });
    started.push(prometheus);
    summary = JSON.parse(await platform.line(/^\{/)) as Summary;
    // Until the last second is scraped, too.
    await vi.waitFor(
      async () => {
        expect(await prometheus.number(`sum(http_requests_total{${TRAFFIC}})`)).toBe(total(summary.sent.requests));
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  afterAll(async () => {
    for (const each of started) await each[Symbol.asyncDispose]();
  });

  async function counts(expression: string, ...labels: readonly string[]): Promise<Record<string, number>> {
    const series = await prometheus.query(`sum by (${labels.join(', ')}) (${expression})`);
    return Object.fromEntries(series.map(each => [labels.map(label => each.metric[label]).join(' '), each.value]));
  }

  test('the traffic went as planned, and found its own counts on /metrics', () => {
    expect(summary).toMatchObject({ differences: [], failures: [] });
    const statuses = new Set(Object.keys(summary.sent.requests).map(key => key.split(' ').at(-1)));
    expect([...statuses]).toEqual(expect.arrayContaining(['200', '201', '401', '404', '499', '500']));
  });

  test('Prometheus counted each request that was sent, under its method, endpoint and status', async () => {
    expect(await counts(`http_requests_total{${TRAFFIC}}`, 'method', 'endpoint', 'status_code')).toEqual(summary.sent.requests);
    expect(await counts('http_requests_aborted_total', 'method', 'endpoint', 'phase')).toEqual(summary.sent.aborted);
    expect(await counts('http_stream_duration_seconds_count', 'endpoint', 'kind')).toEqual(summary.sent.streams);
    expect(await prometheus.number('up{job="learning-platform"}')).toBe(1);
  });

  test("the plan's request rate is there for each endpoint, and adds up to what was sent", async () => {
    const rates = await counts('rate(http_requests_total[5m])', 'method', 'endpoint');
    const endpoints = new Set(Object.keys(summary.sent.requests).map(key => key.split(' ').slice(0, 2).join(' ')));
    expect(Object.keys(rates)).toEqual(expect.arrayContaining([...endpoints]));
    // Prometheus knows nothing of what a series counted before its first scrape.
    const increase = await prometheus.number(`sum(increase(http_requests_total{${TRAFFIC}}[5m]))`);
    expect(increase / total(summary.sent.requests)).toBeCloseTo(1, 0);
  });

  test("the plan's latency is what the senders measured", async () => {
    const p95 = await prometheus.number('histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))');
    expect(p95).toBeGreaterThan(0);
    expect(p95).toBeLessThan(2);

    for (const [q, key] of [[0.5, 'p50'], [0.95, 'p95']] as const) {
      const measured = summary.latency['all']?.[key] ?? NaN;
      const found = await prometheus.number(
        `histogram_quantile(${q}, sum by (le) (http_request_duration_seconds_bucket{${TIMED}}))`,
      );
      // A server can't have taken longer than its client waited; buckets tell no more than theirs.
      expect(bucketOf(found)).toBeLessThanOrEqual(bucketOf(measured));
      expect(bucketOf(found)).toBeGreaterThanOrEqual(bucketOf(measured) - 2);
    }
    expect(await counts(`http_request_duration_seconds_count{${TIMED}}`, 'method', 'endpoint')).toEqual(
      Object.fromEntries(
        Object.entries(summary.latency)
          // The senders timed the advice that came to nothing, and the metrics also how soon the streams began.
          .filter(([key]) => key !== 'all' && key !== 'GET /essays/:id/advice')
          .map(([key, { count }]) => [key, count]),
      ),
    );
  });

  test('the slow report shows as slow, and what does not wait for a model does not', async () => {
    // OpenMetrics, which Prometheus asks for, writes `1.0`.
    const withinASecond = 'http_request_duration_seconds_bucket{le=~"1|1.0"}';
    const slow = await counts(`http_request_duration_seconds_count - ignoring (le) ${withinASecond}`, 'endpoint');
    const reports = summary.sent.requests['GET /admin/:school/report 200'] ?? 0;
    expect(reports).toBeGreaterThan(0);
    expect(slow['/admin/:school/report']).toBe(reports);
    expect(slow['submit_answer']).toBe(0);
  });

  test('Prometheus counted the AI calls as the stand-in did: by how they ended, with every attempt', async () => {
    expect(await counts('ai_request_outcomes_total{service="openai"}', 'model', 'outcome')).toEqual(summary.sent.aiCalls);
    const outcomes = new Set(Object.keys(summary.sent.aiCalls).map(key => key.split(' ')[1]));
    expect([...outcomes]).toEqual(expect.arrayContaining(['ok', 'rate_limited', 'content_filter', 'aborted']));
    expect(await counts('ai_retries_total', 'service')).toEqual(summary.sent.aiRetries);
    expect(summary.sent.aiRetries['openai']).toBeGreaterThan(0);
    // The plan's status: a call that threw is an error, any other a success.
    const failed = total(summary.sent.aiCalls, key => /rate_limited|timeout/.test(key));
    expect(await counts('ai_requests_total', 'status')).toEqual({ success: total(summary.sent.aiCalls) - failed, error: failed });
    expect(await prometheus.number('sum(ai_requests_in_flight)')).toBe(0);
  });

  test('tokens and cost are what the stand-in billed, streams included', async () => {
    const { aiTokens, aiCost, aiUntold } = summary.sent;
    const told = Object.fromEntries(Object.entries(aiTokens).filter(([key]) => !key.endsWith(' cached')));
    expect(await counts('ai_token_usage_total', 'model', 'type')).toEqual(told);
    const cached = await prometheus.number('sum(ai_token_details_total{kind="cached"})');
    expect(cached).toBe(total(aiTokens, key => key.endsWith(' cached')));
    expect(cached).toBeGreaterThan(0);
    // The advice that its readers left: only whole streams say what they used.
    expect(await counts('ai_usage_missing_total{reason="interrupted"}', 'model')).toEqual(aiUntold);

    const costs = await counts('ai_service_cost_total', 'model');
    expect(Object.keys(costs).sort()).toEqual(['gpt-4o-2024-08-06', 'gpt-4o-mini-2024-07-18']);
    for (const [model, cost] of Object.entries(costs)) expect(cost).toBeCloseTo(aiCost[model] ?? NaN, 9);
    expect(await prometheus.query('ai_cost_unpriced_total')).toEqual([]);
  });

  test('each dollar has a school, a feature and an endpoint', async () => {
    const attributed = await counts('ai_attributed_cost_total', 'endpoint', 'feature');
    expect(Object.keys(attributed).sort()).toEqual(['/essays/:id/advice essay-advice', 'grade_essay essay-grading']);
    expect(total(attributed)).toBeCloseTo(total(summary.sent.aiCost), 9);
    expect(await counts('ai_attributed_cost_total', 'tenant')).toEqual(summary.costs);
    expect(Object.keys(summary.costs).sort()).toEqual(['chengdu', 'hangzhou', 'xian']);
  });

  test("the day's budget told once that it is spent, to DingTalk and by mail", async () => {
    expect(summary.thresholds).toEqual([1]);
    expect(await counts('ai_budget_thresholds_total', 'budget', 'threshold')).toEqual({ 'essays 1': 1 });
    expect(await counts('alerts_fired_total', 'source', 'severity', 'change')).toEqual({ 'ai high new': 1 });
    expect(summary.sent.messages).toEqual({ dingtalk: 1, email: 1 });
    expect(await counts('alert_notifications_total{outcome="delivered"}', 'channel')).toEqual(summary.sent.messages);
  });

  test('streamed advice shows how soon it began', async () => {
    const advice = await prometheus.number('sum(ai_time_to_first_token_seconds_count{model=~"gpt-4o-mini.*"})');
    expect(advice).toBe(total(summary.sent.streams, key => key.startsWith('/essays/:id/advice ')));
    expect(await prometheus.number('histogram_quantile(0.5, sum by (le) (ai_time_to_first_token_seconds_bucket))')).toBeLessThan(1.3);
  });

  test("the plan's error rates are the shares of what was answered", async () => {
    for (const [pattern, isMeant] of [['5..', / 5..$/], ['4..', / 4..$/]] as const) {
      const expected = (100 * total(summary.sent.requests, key => isMeant.test(key))) / total(summary.sent.requests);
      const matcher = `status_code=~"${pattern}"`;
      const exact = `100 * sum(http_requests_total{${matcher},${TRAFFIC}}) / sum(http_requests_total{${TRAFFIC}})`;
      expect(await prometheus.number(exact)).toBeCloseTo(expected, 6);
      const rate = await prometheus.number(`100 * sum(rate(http_requests_total{${matcher}}[5m])) / sum(rate(http_requests_total[5m]))`);
      expect(rate).toBeGreaterThan(expected * 0.5);
      expect(rate).toBeLessThan(expected * 1.5);
    }
  });

  test('Prometheus counted the queries that PostgreSQL ran, by operation and table', async () => {
    expect(await counts('db_queries_total{table!="pg_stat_statements"}', 'operation', 'table')).toEqual(summary.sent.queries);
    expect(await counts('rate(db_queries_total[5m])', 'operation', 'table')).toMatchObject({
      'select sessions': expect.any(Number) as number,
      'insert answers': expect.any(Number) as number,
    });
    const p95 = await counts('histogram_quantile(0.95, sum by (table, le) (rate(db_query_duration_seconds_bucket[5m])))', 'table');
    expect(p95['lessons']).toBeGreaterThan(0);
    expect(p95['lessons']).toBeLessThan(1);
  });

  test('graded answers are counted by their result', async () => {
    expect(await counts('exercise_completions_total', 'result')).toEqual(summary.sent.answers);
  });

  test('no path makes a label: scanners are under one, parameters under their names', async () => {
    const endpoints = Object.keys(await counts('http_requests_total', 'endpoint')).sort();
    expect(endpoints).toEqual([
      '/admin/:school/announcements',
      '/admin/:school/report',
      '/admin/:school/students',
      '/admin/:school/students/:id',
      '/announcements',
      '/dictionary/:word',
      '/essays',
      '/essays/:id/advice',
      '/lessons',
      '/lessons/:id',
      '/lessons/:id/audio',
      '/lessons/:id/exercises',
      '/metrics',
      '/sessions',
      '/users/:id/progress',
      'grade_essay',
      'sign_in',
      'submit_answer',
      'unmatched',
    ]);
    expect(summary.strayPaths).toBeGreaterThan(10);
    expect(summary.skipped).toBeGreaterThan(0);
  });

  test('Sightline had no fault of its own, and dropped nothing', async () => {
    expect(await prometheus.query('{__name__=~"sightline_(errors|series_dropped)_total"}')).toEqual([]);
  });

  test("the app's own label divides the same requests", async () => {
    const byPlan = await counts(`http_labeled_requests_total{${TRAFFIC}}`, 'plan');
    expect(Object.keys(byPlan).sort()).toEqual(['free', 'none', 'paid']);
    expect(total(byPlan)).toBe(total(summary.sent.requests));
  });

  test('promtool finds nothing to say of our metrics', async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const { stderr, stdout } = spawnSync(promtool as string, ['check', 'metrics'], { input: metrics, encoding: 'utf8' });
    // prom-client's own gauges end in `_total`.
    expect(`${stdout}${stderr}`.split('\n').filter(line => line !== '' && !line.startsWith('nodejs_'))).toEqual([]);
  });

  test('SIGTERM ends it cleanly', async () => {
    platform.signal('SIGTERM');
    expect(await platform.ended).toBe(0);
  });
});

describe('npm start', () => {
  test('ends by itself after --for, and says that the counts agree', async () => {
    await using start = startProgram('npm', 'start', '--', '--for', '5s', '--port', '0');
    expect(await start.ended, start.output).toBe(0);
    expect(start.output).toContain('requests/s');
    expect(start.output).toContain('They agree.');
  }, 120_000);

  test('with SIGTERM in the middle of it, ends with the summary; meanwhile its port is taken', async () => {
    await using platform = startPlatform('--port', '0');
    const [port = ''] = /\d+$/.exec(await platform.line(/is at http:/)) ?? [];

    await using second = startPlatform('--port', port);
    expect(await second.ended).toBe(1);
    expect(second.output).toContain(`Port ${port} is taken`);
    expect(second.output).toContain('--port');

    platform.signal('SIGTERM');
    expect(await platform.ended, platform.output).toBe(0);
    expect(platform.output).toContain('They agree.');
  }, 120_000);

  test.each(['--for soon', '--port x', '--fast', 'now'])('explains itself when given %s', async args => {
    await using start = startPlatform(...args.split(' '));
    expect(await start.ended).toBe(2);
    expect(start.output).toContain('Usage: npm start');
  });
});

test('an alert of its own fault comes to DingTalk and by mail, is acknowledged by its link, and resolved when the fault is gone', async () => {
  await using platform = startPlatform('--port', '0');
  const url = /http:\S+/.exec(await platform.line(/is at http:/))?.[0] ?? '';
  const teacher = await bearerOf(url, 'teacher-xian');
  const list = async (): Promise<any[]> => {
    const response = await fetch(`${url}/alerting/alerts`, { headers: teacher });
    return ((await response.json()) as { items: any[] }).items.filter(({ source }) => source === 'grading');
  };

  // The mock exam after twenty seconds is more than the model takes.
  const [, link = ''] = await printed(platform, /the signature is right\)\n│ 🚨 系统告警\n│ 告警标题: AI model refuses calls\n[^└]*确认告警: (\S+)/);
  await printed(platform, /\[HIGH\] AI model refuses calls\n│ [^└]*Acknowledge: http/);
  await printed(platform, /Automated response: AI model refuses calls, grade with the other model: essays are graded by gpt-4o-mini/);
  expect(await list()).toMatchObject([{ title: 'AI model refuses calls', severity: 'high', status: 'firing', labels: { service: 'openai', model: 'gpt-4o' } }]);

  // To open the link shows a page, and changes nothing.
  expect(link.startsWith(`${url}/alerting/links/a.`)).toBe(true);
  const page = await fetch(link);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('AI model refuses calls') as string]);
  expect(await list()).toMatchObject([{ status: 'firing' }]);

  const form = { method: 'POST', body: new URLSearchParams({ name: 'Ann' }) };
  expect((await fetch(link, form)).status).toBe(200);
  expect(await list()).toMatchObject([{ status: 'acknowledged', acknowledgedBy: expect.stringMatching(/^Ann \(link /) as string }]);
  await printed(platform, /^Acknowledged: AI model refuses calls, by Ann/m);
  expect((await fetch(link, form)).status).toBe(410);

  await printed(platform, /│ ✅ 告警已解决\n│ 告警标题: AI model refuses calls/);
  await printed(platform, /│ Resolved: AI model refuses calls/);
  expect(await list()).toMatchObject([{ status: 'resolved', acknowledgedBy: expect.stringContaining('Ann') as string }]);

  platform.signal('SIGINT');
  expect(await platform.ended, platform.output).toBe(0);
  expect(platform.output).toContain('They agree.');
}, 180_000);

test('its alerts are for teachers to see', async () => {
  await using platform = startPlatform('--port', '0', '--no-traffic');
  const url = /http:\S+/.exec(await platform.line(/is at http:/))?.[0] ?? '';
  const statusFor = async (headers: Record<string, string>): Promise<number> => (await fetch(`${url}/alerting/alerts`, { headers })).status;
  expect(await statusFor({})).toBe(403);
  expect(await statusFor(await bearerOf(url, 'learner-1'))).toBe(403);
  expect(await statusFor(await bearerOf(url, 'teacher-xian'))).toBe(200);
});

describe('with the services of alerts in the environment', () => {
  const SERVICES = (robot: DingTalkStandIn, secret: string, smtp: string): Record<string, string> => ({
    DINGTALK_WEBHOOK_URL: robot.webhookUrl,
    DINGTALK_SECRET: secret,
    SMTP_URL: smtp,
    DEFAULT_FROM_EMAIL: 'alerts@platform.example',
    ALERT_EMAIL_RECIPIENTS: 'ann@platform.example,bob@platform.example',
  });

  test('these are told, signed with the secret, and no stand-in of its own', async () => {
    const titles: string[] = [];
    const recipients: (readonly string[])[] = [];
    await using robot = await startDingTalkStandIn({ onMessage: ({ title }) => titles.push(title) });
    await using mailServer = await startSmtpStandIn(({ to }) => recipients.push(to));
    for (const [name, value] of Object.entries(SERVICES(robot, robot.secret, mailServer.url))) vi.stubEnv(name, value);
    await using platform = startPlatform('--port', '0');
    await vi.waitFor(() => {
      expect(titles).toContain('🚨 AI budget essays has passed 100 %');
      expect(recipients).toContainEqual(['ann@platform.example', 'bob@platform.example']);
    }, { timeout: 50_000, interval: 50 });
    platform.signal('SIGTERM');
    expect(await platform.ended, platform.output).toBe(0);
    expect(platform.output).not.toContain('stand-in;');
  }, 120_000);

  test('a robot with another secret takes nothing, which the log says', async () => {
    const refusals: number[] = [];
    await using robot = await startDingTalkStandIn({ onRefusal: ({ errcode }) => refusals.push(errcode) });
    await using mailServer = await startSmtpStandIn();
    for (const [name, value] of Object.entries(SERVICES(robot, 'SECanother', mailServer.url))) vi.stubEnv(name, value);
    await using platform = startPlatform('--port', '0');
    await vi.waitFor(() => {
      expect(refusals).toContain(310000);
    }, { timeout: 50_000, interval: 50 });
    await platform.line(/310000/);
    expect(robot.taken).toBe(0);
    expect(platform.output).not.toContain('SECanother');
  }, 120_000);
});

test('with OPENAI_BASE_URL and OPENAI_API_KEY its essays are graded there, and no stand-in is asked', async () => {
  await using upstream = await startOpenAiStandIn({ plan: scripted(), reply: () => '{"score": 71, "remarks": []}', tokenMs: 1 });
  vi.stubEnv('OPENAI_BASE_URL', upstream.baseURL);
  vi.stubEnv('OPENAI_API_KEY', 'a-real-key');
  await using platform = startPlatform('--port', '0', '--for', '4s', '--json');
  expect(await platform.ended, platform.output).toBe(0);
  const { sent, counted } = JSON.parse(platform.output) as Summary & { counted: Summary['sent'] };
  expect(sent).not.toHaveProperty('aiCalls');
  // The grades: a stream may be over, for who sends it, before its reader has left.
  const ofGrades = (tokens: Iterable<[string, number]>): [string, number][] => [...tokens].filter(([key]) => key.startsWith('gpt-4o-2024'));
  const told = ofGrades(upstream.books.tokens);
  expect(told).not.toEqual([]);
  expect(ofGrades(Object.entries(counted.aiTokens)).sort()).toEqual(told.sort());
}, 120_000);

/** What would have it ask others than its own stand-ins. */
function useStandIns(): void {
  for (const name of ['OPENAI_BASE_URL', 'DINGTALK_WEBHOOK_URL', 'DINGTALK_SECRET', 'ALERT_WEBHOOK_URL', 'ALERT_EMAIL_RECIPIENTS', 'SMTP_URL']) vi.stubEnv(name, '');
}

/** What a program printed, once it matches. */
async function printed(program: Program, pattern: RegExp): Promise<RegExpExecArray> {
  return vi.waitFor(
    () => {
      const found = pattern.exec(program.output);
      if (found === null) throw new Error(`It printed nothing like ${pattern}, but:\n${program.output}`);
      return found;
    },
    { timeout: 90_000, interval: 50 },
  );
}

async function bearerOf(url: string, name: string): Promise<Record<string, string>> {
  const body = JSON.stringify({ email: `${name}@example.com`, password: 'practice-makes-perfect' });
  const response = await fetch(`${url}/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { authorization: `Bearer ${((await response.json()) as { token: string }).token}` };
}

function startPlatform(...args: readonly string[]): Program {
  return startProgram(process.execPath, 'examples/start.mjs', ...args);
}

function total(counts: Readonly<Record<string, number>>, where: (key: string) => boolean = () => true): number {
  return Object.entries(counts).reduce((sum, [key, value]) => sum + (where(key) ? value : 0), 0);
}

/** The index of the latency's bucket. */
function bucketOf(seconds: number): number {
  expect(seconds).toBeGreaterThan(0);
  return catalogue.http_request_duration_seconds.buckets?.findIndex(bound => seconds <= bound) ?? -1;
}
