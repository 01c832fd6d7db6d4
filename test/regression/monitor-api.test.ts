import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

const [{ app: newApp }] = expressVersions as [(typeof expressVersions)[number]];

test('a decorated method without its request names it for two monitors', async () => {
  const [one, other] = [testMonitor(), testMonitor()];
  class Essays {
    @one.monitor.monitorApi('grade_essay')
    grade(): string {
      return 'graded';
    }
  }
  const app = newApp();
  for (const { monitor } of [one, other]) app.use(monitorRequests({ monitor }));
  app.get('/essays/:id', (_req: App, res: App) => res.send(new Essays().grade()));
  const { send } = await serve(app);
  await send('GET /essays/1');
  expect(await one.requests()).toEqual({ 'GET grade_essay 200': 1 });
  expect(await other.requests()).toEqual({ 'GET grade_essay 200': 1 });
});

test("one monitor's monitorApi counts although another one's monitorRequests observes the request", async () => {
  const [one, other] = [testMonitor(), testMonitor()];
  const app = newApp().use(monitorRequests({ monitor: one.monitor }));
  app.get('/x', other.monitor.monitorApi('named'), (_req: App, res: App) => res.send('ok'));
  const { send } = await serve(app);
  await send('GET /x');
  expect(await one.requests()).toEqual({ 'GET named 200': 1 });
  expect(await other.requests()).toEqual({ 'GET named 200': 1 });
});

test('a method that is given its response anywhere names the request', async () => {
  const { monitor, requests } = testMonitor();
  class Essays {
    @monitor.monitorApi('find_essay')
    find(id: string, res: App): void {
      res.send(id);
    }
  }
  const { send } = await serve(newApp().get('/essays/:id', (req: App, res: App) => new Essays().find(req.params.id, res)));
  await send('GET /essays/7');
  expect(await requests()).toEqual({ 'GET find_essay 200': 1 });
});

test('alone, it makes its span active in the handler', async () => {
  const { monitor } = testMonitor({ tracing: { exporter: new InMemorySpanExporter() } });
  const app = newApp();
  const active = (_req: App, res: App): void => res.send(trace.getActiveSpan() === undefined ? 'none' : 'span');
  app.get('/middleware', monitor.monitorApi('middleware'), active);
  app.get('/wrapper', monitor.monitorApi('wrapper')(active));
  const { send } = await serve(app);
  expect([(await send('GET /middleware')).text, (await send('GET /wrapper')).text]).toEqual(['span', 'span']);
});

test('the method of a request that a context holds is known', () => {
  const { monitor, series } = testMonitor();
  monitor.monitorApi('grade')((_context: unknown) => 'ok')({ req: new Request('http://x/', { method: 'PUT' }) });
  expect(series('http_requests_total')).toEqual({ 'PUT grade 200': 1 });
});
