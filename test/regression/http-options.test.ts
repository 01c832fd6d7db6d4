import { Counter, register } from 'prom-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { monitorRequests, serveMetrics } from '../../src/express/index.js';
import { getMonitor, InvalidOptionError } from '../../src/index.js';
import { monitored } from '../support/monitored.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

test('bad labels are refused at start also for the shared monitor, not in each request', () => {
  expect(() => monitorRequests({ labels: { 'bad-name': () => '' } })).toThrow(InvalidOptionError);
  expect(() => monitorRequests({ labels: { plan: 'free' as never } })).toThrow(InvalidOptionError);
});

test('an empty token is refused at start also for the shared monitor', () => {
  expect(() => serveMetrics({ bearerToken: '' })).toThrow(InvalidOptionError);
});

test('a refused token is not shown in the error', () => {
  expect(() => serveMetrics({ bearerToken: 1234567 as never })).not.toThrow('1234567');
  expect(() => serveMetrics({ bearerToken: 1234567 as never })).toThrow('bearerToken');
});

test('a shared monitor that cannot be made does not fail the requests', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  new Counter({ name: 'http_requests_total', help: 'of the app' });
  onTestFinished(async () => {
    register.clear();
    await getMonitor().close();
    register.clear();
    warn.mockRestore();
  });
  const { send } = await serve(monitored({}, (_request, response) => response.end('ok')));
  expect((await send('GET /')).text).toBe('ok');
  expect(warn).toHaveBeenCalledOnce();
});

test('a label that is null is empty', async () => {
  const { monitor, idle, series } = testMonitor();
  const { send } = await serve(monitored({ monitor, labels: { plan: () => null as never } }, (_request, response) => response.end()));
  await send('GET /');
  await idle();
  expect(series('http_labeled_requests_total')).toEqual({ 'unmatched 200 ': 1 });
});

test('listenMetrics refuses a port that is none, and does not open a file of that name', async () => {
  const { monitor } = testMonitor();
  for (const port of ['metrics.sock', 70_000, undefined]) {
    await expect(monitor.listenMetrics({ port } as never)).rejects.toBeInstanceOf(InvalidOptionError);
  }
});
