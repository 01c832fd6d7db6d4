import { pipeline, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App, type ExpressVersion } from '../support/express-versions.js';
import { comparable, oddErrors, oddRequests } from '../support/odd-requests.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

/** Express shows the stack, in which our functions stand too. */
const broken = (message: string, more: object = {}): Error => Object.assign(new Error(message), { stack: message, ...more });

/** An app that answers in many ways. */
function setUp(version: ExpressVersion, app: App): App {
  const router = version.Router();
  router.get('/ok', (_req: App, res: App) => res.send('ok'));
  router.get('/users/:id', (req: App, res: App) => res.json({ params: req.params, url: req.url, baseUrl: req.baseUrl, originalUrl: req.originalUrl }));
  router.post('/echo', (req: App, res: App) => req.pipe(res));
  router.get('/etag', (_req: App, res: App) => res.set('ETag', '"v1"').send('versioned'));
  router.get('/none', (_req: App, res: App) => res.status(204).end());
  router.get('/moved', (_req: App, res: App) => res.redirect('/ok'));
  router.get('/events', (_req: App, res: App) => (res.writeHead(200, { 'Content-Type': 'text/event-stream' }), res.write('data: a\n\n'), res.end()));
  router.get('/stream', (_req: App, res: App) => pipeline(Readable.from(['one', 'two', 'three'], { objectMode: false }), res, () => {}));
  router.get('/error', () => {
    throw broken('broken');
  });
  router.get('/late-error', (_req: App, _res: App, next: App) => setImmediate(() => next(broken('late'))));
  router.get('/teapot', (_req: App, _res: App, next: App) => next(broken('short', { status: 418, headers: { 'x-tea': 'yes' } })));
  router.get('/half', (_req: App, res: App) => {
    res.write('half');
    throw broken('broken');
  });
  router.get('/thrown/:what', (req: App) => {
    throw oddErrors[req.params.what];
  });
  router.get('/twice', (_req: App, res: App) => {
    res.send('one');
    res.send('two');
  });
  router.get('/headers', (_req: App, res: App) => {
    res.set({ 'X-List': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'] }).append('X-List', 'c');
    res.writeHead(299, 'Odd but true', { 'X-More': 'yes' });
    res.end('x');
  });
  router.get('/cut', (_req: App, res: App) => res.destroy());
  app.use(router);
  app.use((error: unknown, req: App, res: App, next: App) => {
    if (error === oddErrors['hostile']) res.status(500).send('hostile');
    else if (req.path === '/error') res.status(503).send('handled');
    else next(error);
  });
  return app;
}

describe.each(expressVersions)('under monitorRequests, $name answers byte for byte as without', version => {
  async function startBoth(): Promise<[bare: TestServer, monitored: TestServer, idle: () => Promise<void>, log: readonly string[]]> {
    const { monitor, idle, log } = testMonitor();
    const monitored = version.app();
    monitored.use(monitorRequests({ monitor }));
    return [await serve(setUp(version, version.app())), await serve(setUp(version, monitored)), idle, log];
  }

  test.each(oddRequests)('%s', async (_name, raw) => {
    const [bare, monitored, idle, log] = await startBoth();
    const answers: string[] = [];
    for (const server of [bare, monitored]) {
      // Twice: what is known of a route changes after its first request.
      for (let i = 0; i < 2; i++) {
        const client = await server.connect();
        client.send(raw);
        if (raw.toString('latin1').startsWith('\x16')) client.socket.end();
        answers.push(comparable(await client.closed()));
      }
    }
    const [bareFirst, bareSecond, first, second] = answers;
    expect([first, second]).toEqual([bareFirst, bareSecond]);
    await idle();
    expect(log).toEqual([]);
  });
});
