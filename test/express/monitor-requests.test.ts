import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

describe.each(expressVersions)('$name', version => {
  test('`skip` and `labels` are given the request, and `labels` the response too', async () => {
    const { monitor, requests, series } = testMonitor();
    const app = version.app();
    app.use(
      monitorRequests({
        monitor,
        skip: (req: App) => req.path === '/healthz',
        labels: { plan: (req: App) => req.user?.plan, type: (_req: App, res: App) => res.get('content-type') },
      }),
    );
    app.use((req: App, _res: App, next: () => void) => {
      req.user = { plan: 'free' };
      next();
    });
    app.get('/healthz', (_req: App, res: App) => res.send('ok'));
    app.get('/u/:id', (_req: App, res: App) => res.type('text/csv').send('a,b'));
    const { send } = await serve(app);
    for (const path of ['/healthz', '/u/1', '/nothing']) await send(`GET ${path}`);
    expect(await requests()).toEqual({ 'GET /u/:id 200': 1, 'GET unmatched 404': 1 });
    expect(series('http_labeled_requests_total')).toEqual({
      '/u/:id 200 free text/csv; charset=utf-8': 1,
      'unmatched 404 free text/html; charset=utf-8': 1,
    });
  });

  test('a router may have one of its own, and its requests are counted once', async () => {
    const { monitor, requests } = testMonitor();
    const app = version.app();
    const router = version.Router();
    router.use(monitorRequests({ monitor })).get('/u/:id', (_req: App, res: App) => res.send('ok'));
    app.use('/api/:v', router);
    app.get('/other', (_req: App, res: App) => res.send('ok'));
    const { send } = await serve(app);
    for (const path of ['/api/1/u/1', '/api/2/u/2', '/other']) await send(`GET ${path}`);
    expect(await requests()).toEqual({ 'GET /api/:v/u/:id 200': 2 });
  });
});
