import { Registry } from 'prom-client';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as express from '../../src/express/index.js';
import { getMonitor, InvalidOptionError } from '../../src/index.js';
import * as koa from '../../src/koa/index.js';
import { monitored } from '../support/monitored.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

describe.each([
  ['Express', express],
  ['Koa', koa],
])('%s', (_framework, { monitorRequests, serveMetrics }) => {
  test.each([
    ['monitor', { monitor: {} }],
    ['monitor', { monitor: new Registry() }],
    ['monitor', { monitor: 'shared' }],
    ['monitor', { monitor: null }],
    ['skip', { skip: /healthz/ }],
    ['skip', { skip: ['/healthz'] }],
    ['labels', { labels: ['plan'] }],
    ['labels', { labels: 'plan' }],
    ['labels.plan', { labels: { plan: 'free' } }],
    ['labels', { labels: { 'bad-name': () => '' } }],
    ['labels', { labels: { '1st': () => '' } }],
    ['labels', { labels: { '': () => '' } }],
    ['labels', { labels: { 'é': () => '' } }],
    ['labels', { labels: { __name__: () => '' } }],
    ['labels', { labels: { endpoint: () => '' } }],
    ['labels', { labels: { status_code: () => '' } }],
    ['labels', { labels: { le: () => '' } }],
    ['skips', { skips: () => true }],
    ['options', null],
    ['options', 'all'],
    ['options', () => true],
  ])('monitorRequests refuses a bad `%s` where it is called (%#)', (option, options) => {
    expect(() => monitorRequests(options as any)).toThrow(InvalidOptionError);
    expect(() => monitorRequests(options as any)).toThrow(`Invalid option \`${option}\``);
  });

  test.each([
    ['monitor', { monitor: {} }],
    ['bearerToken', { bearerToken: '' }],
    ['bearerToken', { bearerToken: '  ' }],
    ['bearerToken', { bearerToken: 12345 }],
    ['bearerToken', { bearerToken: ['secret'] }],
    ['authorize', { authorize: true }],
    ['authorise', { authorise: () => true }],
    ['options', 'secret'],
  ])('serveMetrics refuses a bad `%s` where it is called (%#)', (option, options) => {
    expect(() => serveMetrics(options as any)).toThrow(InvalidOptionError);
    expect(() => serveMetrics(options as any)).toThrow(`Invalid option \`${option}\``);
  });

  test('a refused token is not shown', () => {
    expect(() => serveMetrics({ bearerToken: 12345 as any })).not.toThrow('12345');
  });

  test('options given as undefined are left out', () => {
    expect(() => monitorRequests({ skip: undefined, labels: undefined } as any)).not.toThrow();
  });

  test.each(['bearerToken', 'authorize'])('but `%s`, which would leave the metrics open to everyone', option => {
    expect(() => serveMetrics({ [option]: undefined })).toThrow('leave the option out to let everyone scrape');
  });

  test('listenMetrics refuses them as well', async () => {
    const { monitor } = testMonitor();
    for (const access of [{ bearerToken: undefined }, { authorize: undefined }, { authorize: false }]) {
      await expect(monitor.listenMetrics({ port: 0, ...access } as any)).rejects.toThrow('leave the option out to let everyone scrape');
    }
  });
});

describe('skip', () => {
  test('leaves out what it says true of, and only that', async () => {
    const test = testMonitor();
    const skip = (request: { url: string }): any => ({ '/healthz': true, '/truthy': 'yes', '/promise': Promise.resolve(true) })[request.url];
    const { send } = await serve(monitored({ monitor: test.monitor, skip }, (_request, response) => response.end()));
    for (const path of ['/healthz', '/truthy', '/promise', '/other']) await send(`GET ${path}`);
    expect(await test.requests()).toEqual({ 'GET unmatched 200': 3 });
  });

  test('that throws is a fault of ours; the request is answered and counted', async () => {
    const test = testMonitor();
    const skip = (): boolean => {
      throw new Error('no idea');
    };
    const { send } = await serve(monitored({ monitor: test.monitor, skip }, (_request, response) => response.end('ok')));
    expect((await send('GET /')).text).toBe('ok');
    expect(await test.requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(test.value('sightline_errors_total', { component: 'http' })).toBe(1);
    expect(test.log).toEqual([expect.stringContaining('no idea')]);
  });
});

describe('labels', () => {
  const start = async (labels: Record<string, (request: any, response: any) => any>) => {
    const test = testMonitor();
    const { send } = await serve(
      monitored({ monitor: test.monitor, labels }, (request, response) => {
        (request as any).plan = request.headers['x-plan'];
        response.setHeader('x-cache', 'hit').writeHead(request.url === '/missing' ? 404 : 200).end();
      }),
    );
    return { ...test, send };
  };

  test('are read when the response is over, into metrics of their own', async () => {
    const { send, idle, series, value } = await start({
      plan: request => request.plan,
      cache: (_request, response) => response.getHeader('x-cache'),
    });
    await send('GET /', { headers: { 'x-plan': 'free' } });
    await send('GET /', { headers: { 'x-plan': 'free' } });
    await send('GET /missing', { headers: { 'x-plan': 'pro' } });
    await idle();
    expect(series('http_labeled_requests_total')).toEqual({ 'unmatched 200 free hit': 2, 'unmatched 404 pro hit': 1 });
    expect(series('http_labeled_request_duration_seconds')).toEqual({ 'unmatched free hit': 2, 'unmatched pro hit': 1 });
    expect(value('http_labeled_requests_total', { endpoint: 'unmatched', plan: 'pro', cache: 'hit' })).toBe(1);
    expect(series('http_requests_total')).toEqual({ 'GET unmatched 200': 2, 'GET unmatched 404': 1 });
  });

  test.each([
    [undefined, ''],
    [null, ''],
    ['', ''],
    [0, '0'],
    [false, 'false'],
    [12.5, '12.5'],
    ['a"b\\c\nd', 'a"b\\c\nd'],
    ['l'.repeat(1_000), 'l'.repeat(128)],
  ])('with the value %j are kept as %j', async (given, kept) => {
    const { send, idle, value } = await start({ it: () => given });
    await send('GET /');
    await idle();
    expect(value('http_labeled_requests_total', { it: kept })).toBe(1);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no plan');
      },
    ],
    [
      'gives what can be no text',
      () => ({
        toString() {
          throw new Error('no text');
        },
      }),
    ],
    ['gives an object without a prototype', () => Object.create(null)],
  ])('whose reader %s are empty, and a fault of ours', async (_name, reader) => {
    const { send, requests, value } = await start({ bad: reader, good: () => 'yes' });
    await send('GET /');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(value('http_labeled_requests_total', { bad: '', good: 'yes' })).toBe(1);
    expect(value('sightline_errors_total', { component: 'http' })).toBe(1);
  });

  test('keep 100 values each; further ones are `other`', async () => {
    let user = 0;
    const { send, idle, series } = await start({ user: () => `user-${user++}`, plan: () => 'free' });
    for (let i = 0; i < 120; i++) await send('GET /');
    await idle();
    const counted = series('http_labeled_requests_total');
    expect(Object.keys(counted)).toHaveLength(101);
    expect(counted['unmatched 200 other free']).toBe(20);
    expect(counted['unmatched 200 user-99 free']).toBe(1);
  });

  test('of two kinds cannot share one monitor, whose metrics have one set', () => {
    const { monitor } = testMonitor();
    express.monitorRequests({ monitor, labels: { plan: () => 'free' } });
    expect(() => express.monitorRequests({ monitor, labels: { plan: () => 'pro' } })).not.toThrow();
    expect(() => express.monitorRequests({ monitor, labels: { country: () => 'fr' } })).toThrow(
      expect.objectContaining({ code: 'SIGHTLINE_METRIC_CONFLICT' }),
    );
  });
});

describe('the shared monitor', () => {
  afterEach(async () => {
    const { register } = await import('prom-client');
    register.clear();
    await getMonitor().close();
    register.clear();
  });

  test('is used where none is given, also after it was closed and made anew', async () => {
    const { send } = await serve(monitored({}, (_request, response) => response.end()));
    await send('GET /');
    const first = getMonitor();
    await until(() => counted(first) === 1);
    await first.close();
    const { register } = await import('prom-client');
    register.clear();
    await send('GET /');
    expect(getMonitor()).not.toBe(first);
    await until(() => counted(getMonitor()) === 1);
  });

  test('that cannot be used leaves the app working, and says so once', async () => {
    const { Counter, register } = await import('prom-client');
    await getMonitor().close();
    register.clear();
    // The app has a metric of that name, with labels of its own.
    new Counter({ name: 'http_requests_total', help: 'mine', labelNames: ['path'] });
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { send } = await serve(monitored({}, (_request, response) => response.end('ok')));
    expect((await send('GET /')).text).toBe('ok');
    expect((await send('GET /')).text).toBe('ok');
    expect(warn.mock.calls).toEqual([[expect.stringContaining('http_requests_total'), 'SightlineWarning']]);
  });

  function counted(monitor: ReturnType<typeof getMonitor>): number {
    return monitor.metrics.counter('http_requests_total').get().values.reduce((sum, { value }) => sum + value, 0);
  }
});
