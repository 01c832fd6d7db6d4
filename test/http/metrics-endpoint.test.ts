import type { RequestListener } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Counter, Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import * as forExpress from '../../src/express/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { MetricsAccess } from '../../src/http/metrics-endpoint.js';
import type { Monitor } from '../../src/monitor.js';
import { deferred } from '../support/deferred.js';
import { expressVersions } from '../support/express-versions.js';
import { koaVersions } from '../support/koa-versions.js';
import { serve, type Answer, type SendOptions, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

const OPENMETRICS = { accept: 'application/openmetrics-text;version=1.0.0' };

/** Ways to put the endpoint into a server. */
const homes: [string, (options: MetricsAccess & { monitor: Monitor }) => RequestListener][] = [
  ...expressVersions.map((version): (typeof homes)[number] => [
    version.name,
    options => version.app().all('/metrics', forExpress.serveMetrics(options)),
  ]),
  ...koaVersions.map((version): (typeof homes)[number] => [
    version.name,
    options => version.app().use(version.router().all('/metrics', forKoa.serveMetrics(options)).routes()).callback(),
  ]),
  [
    'plain Node',
    options => {
      const handle = forExpress.serveMetrics(options);
      return (request, response) => {
        handle(request, response);
      };
    },
  ],
];

interface Running extends TestMonitor, TestServer {
  scrape(options?: SendOptions & { method?: string; query?: string }): Promise<Answer>;
}

async function start(home: (typeof homes)[number][1], access: MetricsAccess = {}, registry: Registry = new Registry()): Promise<Running> {
  const test = testMonitor({ registry: registry });
  test.monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/a', statusCode: 200, seconds: 0.2 });
  const server = await serve(home({ monitor: test.monitor, ...access }));
  return {
    ...test,
    ...server,
    scrape: ({ method = 'GET', query = '', ...options } = {}) => server.send(`${method} /metrics${query}`, options),
  };
}

const SAMPLE = 'http_requests_total{method="GET",endpoint="/a",status_code="200"} 1';

describe.each(homes)('serveMetrics in %s', (_name, home) => {
  test('answers the text format, and OpenMetrics where it is asked for', async () => {
    const { scrape } = await start(home);
    const text = await scrape();
    expect(text.status).toBe(200);
    expect(text.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': String(text.body.length),
      'cache-control': 'no-store',
      vary: 'Accept, Accept-Encoding',
    });
    expect(text.text).toContain(`\n${SAMPLE}\n`);
    expect(text.text).not.toContain('# EOF');
    const openMetrics = await scrape({ headers: OPENMETRICS });
    expect(openMetrics.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(openMetrics.text).toContain('# TYPE http_requests counter\n');
    expect(openMetrics.text).toContain(`\n${SAMPLE}\n`);
    expect(openMetrics.text.endsWith('\n# EOF\n')).toBe(true);
  });

  test('compresses where it is asked to', async () => {
    const { scrape } = await start(home);
    const plain = await scrape({ query: '?name[]=http_requests_total' });
    const { headers, body } = await scrape({ query: '?name[]=http_requests_total', headers: { 'accept-encoding': 'gzip' } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(body.length) });
    expect(gunzipSync(body).toString()).toBe(plain.text);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('answers HEAD with the headers alone', async () => {
    const { scrape } = await start(home);
    const query = '?name[]=http_requests_total';
    const { body } = await scrape({ query });
    const head = await scrape({ query, method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect(head.headers['content-length']).toBe(String(body.length));
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('refuses %s', async method => {
    const { scrape } = await start(home);
    // Express's app.all() takes the methods it knows.
    const { status, headers } = await scrape({ method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  test('gives only the families asked for', async () => {
    const { scrape } = await start(home);
    const families = async (query: string): Promise<string[]> =>
      [...(await scrape({ query })).text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
    expect(await families('?name[]=http_requests_total')).toEqual(['http_requests_total']);
    expect(await families('?name%5B%5D=http_requests_total&name[]=http_requests_in_flight&name[]=http_requests_total')).toEqual([
      'http_requests_total',
      'http_requests_in_flight',
    ]);
    expect(await families('?name[]=no_such_metric')).toEqual([]);
    expect(await families('?name[]=')).toEqual([]);
    expect((await families('?other=1')).length).toBeGreaterThan(3);
    expect((await families('?')).length).toBeGreaterThan(3);
    expect(await families('?name[]=__proto__&name[]=constructor')).toEqual([]);
  });

  test('refuses a request for too many families', async () => {
    const { scrape } = await start(home);
    const query = `?${Array.from({ length: 1_001 }, (_, i) => `name[]=${i}`).join('&')}`;
    expect((await scrape({ query })).status).toBe(400);
  });

  test('wants its token', async () => {
    const { scrape } = await start(home, { bearerToken: 's3cret' });
    const status = async (authorization?: string): Promise<number> =>
      (await scrape(authorization === undefined ? {} : { headers: { authorization } })).status;
    expect(await status('Bearer s3cret')).toBe(200);
    expect(await status('bearer s3cret')).toBe(200);
    const refused = [undefined, '', 'Bearer', 'Bearer ', 'Bearer wrong', 'Bearer s3cre', 'Bearer s3crett', 'Basic s3cret', 's3cret', 'Bearer  s3cret'];
    for (const header of refused) expect(await status(header), header).toBe(401);
    const { headers, text } = await scrape();
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(text).not.toContain('http_requests_total');
    expect((await scrape({ method: 'HEAD' })).status).toBe(401);
  });

  test.each([
    ['true', () => true, 200],
    ['a promise of true', async () => true, 200],
    ['false', () => false, 403],
    ['a promise of false', async () => false, 403],
    ['what is not true', () => 'yes' as any, 403],
    [
      'a throw',
      () => {
        throw new Error('no database');
      },
      403,
    ],
    ['a rejection', () => Promise.reject(new Error('no database')), 403],
  ])('lets `authorize` decide: %s', async (_what, authorize, status) => {
    const { scrape } = await start(home, { authorize });
    const answer = await scrape();
    expect(answer.status).toBe(status);
    expect(answer.text.includes('http_requests_total')).toBe(status === 200);
    expect(answer.text).not.toContain('no database');
  });

  test('gives `authorize` the request', async () => {
    const { scrape } = await start(home, { authorize: request => request.headers['x-team'] === 'ops' });
    expect((await scrape()).status).toBe(403);
    expect((await scrape({ headers: { 'x-team': 'ops' } })).status).toBe(200);
  });

  test('asks `authorize` only after the token', async () => {
    let asked = 0;
    const { scrape } = await start(home, { bearerToken: 'a', authorize: () => ++asked > 0 });
    expect((await scrape()).status).toBe(401);
    expect(asked).toBe(0);
  });
});

describe('a scrape', () => {
  const [[, plainNode] = []] = homes.slice(-1);
  const home = plainNode as (typeof homes)[number][1];

  test('goes on without a metric of the app that fails, and says so', async () => {
    const registry = new Registry();
    new Gauge({
      name: 'app_broken',
      help: 'broken',
      registers: [registry],
      collect() {
        throw new Error('no database');
      },
    });
    new Gauge({ name: 'app_rejects', help: 'rejects', registers: [registry], collect: () => Promise.reject(new Error('no database')) });
    new Counter({ name: 'app_fine', help: 'fine', registers: [registry] }).inc(3);
    const { scrape, value, log } = await start(home, {}, registry);
    const { status, text } = await scrape();
    expect(status).toBe(200);
    expect(text).toContain('app_fine 3\n');
    expect(text).not.toContain('app_broken');
    expect(text).toContain(SAMPLE);
    expect(value('sightline_errors_total', { component: 'metrics' })).toBe(2);
    expect(log).toEqual([expect.stringContaining('app_broken')]);
  });

  test('under way serves all that come meanwhile; the next ones are made anew', async () => {
    let reads = 0;
    const go = deferred();
    const registry = new Registry();
    new Gauge({
      name: 'app_slow',
      help: 'slow',
      registers: [registry],
      async collect() {
        reads++;
        await go.promise;
        this.set(reads);
      },
    });
    let arrived = 0;
    const all = deferred();
    const authorize = (): boolean => {
      if (++arrived === 4) all.resolve();
      return true;
    };
    const { scrape } = await start(home, { authorize }, registry);
    const together = [scrape(), scrape(), scrape({ headers: { 'accept-encoding': 'gzip' } }), scrape({ headers: OPENMETRICS })];
    await all.promise;
    await new Promise(resolve => setImmediate(resolve));
    go.resolve();
    const answers = await Promise.all(together);
    // One for each format.
    expect(reads).toBe(2);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    await scrape();
    expect(reads).toBe(3);
  });

  test('of some names is not mixed up with one of others', async () => {
    const go = deferred();
    const registry = new Registry();
    for (const name of ['a', 'b']) {
      new Gauge({ name, help: name, registers: [registry], collect: () => go.promise });
    }
    let arrived = 0;
    const both = deferred();
    const authorize = (): boolean => {
      if (++arrived === 2) both.resolve();
      return true;
    };
    const { scrape } = await start(home, { authorize }, registry);
    const answers = Promise.all([scrape({ query: '?name[]=a&name[]=b' }), scrape({ query: '?name[]=a%0Ab' })]);
    await both.promise;
    await new Promise(resolve => setImmediate(resolve));
    go.resolve();
    const [two, none] = await answers;
    expect(two.text).toContain('# TYPE a gauge');
    expect(none.text).toBe('');
  });

  test('whose client leaves harms nobody', async () => {
    const go = deferred();
    const reached = deferred();
    const registry = new Registry();
    new Gauge({ name: 'app_slow', help: 'slow', registers: [registry], collect: () => (reached.resolve(), go.promise) });
    const { scrape, connect, log } = await start(home, {}, registry);
    const client = await connect();
    client.send('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await reached.promise;
    client.leave();
    go.resolve();
    expect((await scrape()).status).toBe(200);
    expect(log).toEqual([]);
  });

  test('that cannot be rendered is a 500 without details', async () => {
    const registry = new Registry();
    const { scrape, value } = await start(home, {}, registry);
    registry.getMetricsAsArray = () => {
      throw new Error('secret detail');
    };
    const { status, text } = await scrape();
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    expect(value('sightline_errors_total', { component: 'metrics' })).toBe(1);
  });

  test('counts in-flight requests, itself among them', async () => {
    const test = testMonitor();
    const app = expressVersions[0]?.app();
    app.use(forExpress.monitorRequests({ monitor: test.monitor }));
    app.get('/metrics', forExpress.serveMetrics({ monitor: test.monitor }));
    const { send } = await serve(app);
    expect((await send('GET /metrics')).text).toContain('\nhttp_requests_in_flight 1\n');
    expect(await test.requests()).toEqual({ 'GET /metrics 200': 1 });
  });

  test('in Koa is observed under its route, and Koa adds nothing to it', async () => {
    const test = testMonitor();
    const [version] = koaVersions;
    const app = version?.app().use(forKoa.monitorRequests({ monitor: test.monitor }));
    app.use(version?.router().get('/metrics', forKoa.serveMetrics({ monitor: test.monitor, bearerToken: 'a' })).routes());
    const { send } = await serve(app.callback());
    expect((await send('GET /metrics')).status).toBe(401);
    expect((await send('GET /metrics', { headers: { authorization: 'Bearer a' } })).status).toBe(200);
    expect(await test.requests()).toEqual({ 'GET /metrics 401': 1, 'GET /metrics 200': 1 });
  });
});
