import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App, type ExpressVersion } from '../support/express-versions.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const ok = (_req: App, res: App): void => {
  res.send('ok');
};
const pass = (_req: App, _res: App, next: () => void): void => {
  next();
};
const fail = (): void => {
  throw new Error('broken');
};

interface Running extends TestMonitor, TestServer {
  readonly app: App;
}

/** An app under `monitorRequests`, with its routes set up, that listens. */
async function start(version: ExpressVersion, setUp: (app: App) => void): Promise<Running> {
  const test = testMonitor();
  const app = version.app();
  app.use(monitorRequests({ monitor: test.monitor }));
  setUp(app);
  return { ...test, ...(await serve(app)), app };
}

describe.each(expressVersions)('$name', version => {
  const { Router } = version;

  /** What `http_requests_total` says after these requests, sent one after the other. */
  async function labelsOf(setUp: (app: App) => void, ...requests: readonly string[]): Promise<Record<string, number>> {
    const running = await start(version, setUp);
    for (const request of requests) await running.send(request);
    return running.requests();
  }

  describe('a route is labelled by its pattern', () => {
    test('with parameters, whatever their values', async () => {
      const labels = await labelsOf(app => app.get('/users/:id/posts/:post', ok), 'GET /users/7/posts/1', 'GET /users/ada/posts/2');
      expect(labels).toEqual({ 'GET /users/:id/posts/:post 200': 2 });
    });

    test('without its query', async () => {
      expect(await labelsOf(app => app.get('/search', ok), 'GET /search?q=/users/7', 'GET /search?')).toEqual({ 'GET /search 200': 2 });
    });

    test('at the root', async () => {
      expect(await labelsOf(app => app.get('/', ok), 'GET /', 'GET /?a=b')).toEqual({ 'GET / 200': 2 });
    });

    test('at the root of a mounted router', async () => {
      const router = Router().get('/', ok);
      expect(await labelsOf(app => app.use('/api', router), 'GET /api', 'GET /api/')).toEqual({ 'GET /api 200': 2 });
    });

    test('of a router mounted without a path', async () => {
      const router = Router().get('/users/:id', ok);
      expect(await labelsOf(app => app.use(router), 'GET /users/7')).toEqual({ 'GET /users/:id 200': 1 });
    });

    test('whatever the method, with HEAD served by a GET route', async () => {
      const setUp = (app: App): void => {
        app.get('/a/:x', ok);
        app.post('/a/:x', ok);
        app.all('/b/:x', ok);
        app.route('/c/:x').put(ok).delete(ok);
      };
      const requests = ['HEAD /a/1', 'POST /a/1', 'PATCH /b/1', 'GET /b/1', 'PUT /c/1', 'DELETE /c/1'];
      expect(await labelsOf(setUp, ...requests)).toEqual({
        'HEAD /a/:x 200': 1,
        'POST /a/:x 200': 1,
        'PATCH /b/:x 200': 1,
        'GET /b/:x 200': 1,
        'PUT /c/:x 200': 1,
        'DELETE /c/:x 200': 1,
      });
    });

    test('in another case and with a slash at the end', async () => {
      const router = Router().get('/Users/:id', ok);
      const labels = await labelsOf(app => app.use('/Api', router), 'GET /api/users/7', 'GET /API/USERS/7/', 'GET /Api/Users/7');
      // A learned mount can't show the case it was written in.
      expect(labels).toEqual({ [version.showsMounts ? 'GET /Api/Users/:id 200' : 'GET /api/Users/:id 200']: 3 });
    });

    test('with the rest of a path', async () => {
      const files = version.rest('/files');
      expect(await labelsOf(app => app.get(files, ok), 'GET /files/a', 'GET /files/a/b/c.txt')).toEqual({ [`GET ${files} 200`]: 2 });
    });

    test('with an optional parameter, given or not', async () => {
      const path = version.optional('/posts', 'id');
      expect(await labelsOf(app => app.get(path, ok), 'GET /posts', 'GET /posts/7')).toEqual({ [`GET ${path} 200`]: 2 });
    });

    test('with several parameters in one segment', async () => {
      const labels = await labelsOf(app => app.get('/flights/:from-:to', ok), 'GET /flights/LAX-SFO');
      expect(labels).toEqual({ 'GET /flights/:from-:to 200': 1 });
    });

    test('with encoded parameters', async () => {
      const router = Router().get('/u/:id', ok);
      const requests = ['GET /t/a%2Fb/u/%20', 'GET /t/%E4%BD%A0/u/%F0%9F%98%80', 'GET /t/a%3Fb/u/%3Aid'];
      expect(await labelsOf(app => app.use('/t/:tenant', router), ...requests)).toEqual({ 'GET /t/:tenant/u/:id 200': 3 });
    });

    test('with the whole URL as the request target', async () => {
      const running = await start(version, app => app.use('/t/:tenant', Router().get('/u/:id', ok)));
      const client = await running.connect();
      client.send('GET http://example.com/t/acme/u/7?x=http://y/z HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n');
      expect(await client.closed()).toContain('HTTP/1.1 200 OK');
      expect(await running.requests()).toEqual({ 'GET /t/:tenant/u/:id 200': 1 });
    });

    test('of a list of paths, by the one that matched', async () => {
      const setUp = (app: App): void => app.get(['/users/:id', '/people/:name', '/me'], ok);
      expect(await labelsOf(setUp, 'GET /users/7', 'GET /people/ada', 'GET /me', 'GET /me')).toEqual({
        'GET /users/:id 200': 1,
        'GET /people/:name 200': 1,
        'GET /me 200': 2,
      });
    });

    test('of a regular expression, by its source', async () => {
      const setUp = (app: App): void => app.get(/^\/v(\d+)\/(.*)$/, ok);
      expect(await labelsOf(setUp, 'GET /v1/a', 'GET /v22/b/c')).toEqual({ [`GET ${String.raw`/^\/v(\d+)\/(.*)$/`} 200`]: 2 });
    });

    test('of a list with regular expressions, by the one that matched', async () => {
      const setUp = (app: App): void => app.get(['/plain/:x', /^\/odd\/(\d+)$/], ok);
      expect(await labelsOf(setUp, 'GET /plain/1', 'GET /odd/1', 'GET /odd/2')).toEqual({
        'GET /plain/:x 200': 1,
        [`GET ${String.raw`/^\/odd\/(\d+)$/`} 200`]: 2,
      });
    });
  });

  describe('a mount is part of the label', () => {
    test('with its parameters', async () => {
      const router = Router().get('/u/:id', ok);
      const labels = await labelsOf(app => app.use('/t/:tenant', router), 'GET /t/acme/u/7', 'GET /t/umbrella/u/8');
      expect(labels).toEqual({ 'GET /t/:tenant/u/:id 200': 2 });
    });

    test('of routers within routers', async () => {
      const inner = Router().get('/:c/end', ok);
      const middle = Router().use('/b/:b', inner);
      const outer = Router().use('/mid', middle);
      expect(await labelsOf(app => app.use('/a/:a', outer), 'GET /a/1/mid/b/2/3/end', 'GET /a/x/mid/b/y/z/end')).toEqual({
        'GET /a/:a/mid/b/:b/:c/end 200': 2,
      });
    });

    test('where parameters merge into the inner router', async () => {
      const router = Router({ mergeParams: true }).get('/u/:id', (req: App, res: App) => res.json(req.params));
      const running = await start(version, app => app.use('/t/:tenant', router));
      expect((await running.send('GET /t/acme/u/7')).text).toBe('{"tenant":"acme","id":"7"}');
      expect(await running.requests()).toEqual({ 'GET /t/:tenant/u/:id 200': 1 });
    });

    test('where a literal segment equals the value of a parameter', async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id/users', ok);
        app.use('/t/:t/t', Router().get('/x/:x/x', ok));
      };
      expect(await labelsOf(setUp, 'GET /users/users/users', 'GET /t/t/t/x/x/x')).toEqual({
        'GET /users/:id/users 200': 1,
        'GET /t/:t/t/x/:x/x 200': 1,
      });
    });

    test('where one router stands under several', async () => {
      const router = Router().get('/u/:id', ok);
      const setUp = (app: App): void => {
        app.use('/a', router);
        app.use('/b/:b', router);
        app.use('/deep', Router().use('/c', router));
      };
      expect(await labelsOf(setUp, 'GET /a/u/1', 'GET /b/x/u/1', 'GET /b/y/u/1', 'GET /deep/c/u/1')).toEqual({
        'GET /a/u/:id 200': 1,
        'GET /b/:b/u/:id 200': 2,
        'GET /deep/c/u/:id 200': 1,
      });
    });

    test('where one router stands under a list', async () => {
      const router = Router().get('/u/:id', ok);
      expect(await labelsOf(app => app.use(['/a', '/b/:b'], router), 'GET /a/u/1', 'GET /b/x/u/1', 'GET /b/y/u/1')).toEqual({
        'GET /a/u/:id 200': 1,
        'GET /b/:b/u/:id 200': 2,
      });
    });

    test('where it is a regular expression', async () => {
      const router = Router().get('/u/:id', ok);
      const labels = await labelsOf(app => app.use(/^\/v\d+/, router), 'GET /v1/u/1', 'GET /v2/u/2', 'GET /v2/u/3');
      // A learned one looks like what came.
      const learned = { 'GET /v1/u/:id 200': 1, 'GET /v2/u/:id 200': 2 };
      expect(labels).toEqual(version.showsMounts ? { [`GET ${String.raw`/^\/v\d+/`}/u/:id 200`]: 3 } : learned);
    });

    test('in a bounded number of ways, where it shows none', async () => {
      const router = Router().get('/u/:id', ok);
      const requests = Array.from({ length: 60 }, (_, i) => `GET /v${i}/u/1`);
      const labels = await labelsOf(app => app.use(/^\/v\d+/, router), ...requests);
      expect(Object.keys(labels).length).toBeLessThanOrEqual(21);
      expect(Object.values(labels).reduce((a, b) => a + b)).toBe(60);
    });

    test('with characters that mean something in a pattern', async () => {
      const router = Router().get('/u/:id', ok);
      const setUp = (app: App): void => app.use(/^\/\(a\+b\):c/, router);
      const labels = await labelsOf(setUp, ...Array.from({ length: 30 }, () => 'GET /(a+b):c/u/1'));
      expect(labels).toEqual({ [`GET ${version.showsMounts ? String.raw`/^\/\(a\+b\):c/` : '/(a+b):c'}/u/:id 200`]: 30 });
    });

    test('with encoded values', async () => {
      const router = Router().get('/u', ok);
      const requests = ['GET /t/a%20b/u', 'GET /t/c%2Fd/u', 'GET /t/%e4%bd%a0/u', 'GET /t/%61cme/u', 'GET /t/t%74/u'];
      expect(await labelsOf(app => app.use('/t/:tenant', router), ...requests)).toEqual({ 'GET /t/:tenant/u 200': 5 });
    });

    test('with several parameters in one segment', async () => {
      const router = Router().get('/list', ok);
      expect(await labelsOf(app => app.use('/:from-:to', router), 'GET /a-b/list', 'GET /c-d/list')).toEqual({ 'GET /:from-:to/list 200': 2 });
    });

    test('where the app is an app within the app', async () => {
      const inner = version.app().get('/u/:id', ok);
      expect(await labelsOf(app => app.use('/t/:tenant', inner), 'GET /t/a/u/1', 'GET /t/b/u/2')).toEqual({ 'GET /t/:tenant/u/:id 200': 2 });
    });

    test('where apps stand within apps', async () => {
      const innermost = version.app().get('/u/:id', ok);
      const inner = version.app().use('/in/:i', innermost);
      const labels = await labelsOf(app => app.use('/out', inner), 'GET /out/in/1/u/1', 'GET /out/in/2/u/2');
      expect(labels).toEqual({ 'GET /out/in/:i/u/:id 200': 2 });
    });

    test('where one app stands under several', async () => {
      const inner = version.app().get('/u/:id', ok);
      const setUp = (app: App): void => {
        app.use('/a', inner);
        app.use('/b/:b', inner);
      };
      expect(await labelsOf(setUp, 'GET /a/u/1', 'GET /b/x/u/1', 'GET /b/y/u/1')).toEqual({
        'GET /a/u/:id 200': 1,
        'GET /b/:b/u/:id 200': 2,
      });
    });

    test('where two apps could stand under the path', async () => {
      const setUp = (app: App): void => {
        app.use('/api', version.app().get('/one/:id', ok));
        app.use('/:any', version.app().get('/two/:id', ok));
      };
      expect(await labelsOf(setUp, 'GET /api/one/1', 'GET /api/two/1', 'GET /x/two/1')).toEqual({
        'GET /api/one/:id 200': 1,
        'GET /:any/two/:id 200': 2,
      });
    });

    test('where an app stands in a router', async () => {
      const inner = version.app().get('/u/:id', ok);
      const labels = await labelsOf(app => app.use('/r/:r', Router().use('/app', inner)), 'GET /r/1/app/u/1');
      expect(labels).toEqual({ 'GET /r/:r/app/u/:id 200': 1 });
    });

    test('where a router stands in an app within the app', async () => {
      const inner = version.app().use('/r/:r', Router().get('/u/:id', ok));
      expect(await labelsOf(app => app.use('/t/:t', inner), 'GET /t/1/r/1/u/1')).toEqual({ 'GET /t/:t/r/:r/u/:id 200': 1 });
    });

    test('where only the app within the app is monitored', async () => {
      const test = testMonitor();
      const inner = version.app();
      inner.use(monitorRequests({ monitor: test.monitor }));
      inner.use('/r/:r', Router().get('/u/:id', ok));
      const { send } = await serve(version.app().use('/t/:t', inner));
      await send('GET /t/1/r/1/u/1');
      await send('GET /t/2/r/2/u/2');
      expect(await test.requests()).toEqual({ 'GET /t/:t/r/:r/u/:id 200': 2 });
    });
  });

  describe('an error keeps its route', () => {
    const answerError = (_error: Error, _req: App, res: App, _next: unknown): void => {
      res.status(503).send('sorry');
    };
    const reject = version.major === 5 ? () => Promise.reject(new Error('broken')) : (_req: App, _res: App, next: (e: Error) => void) => next(new Error('broken'));
    const ways: [string, App][] = [
      ['thrown', fail],
      [version.major === 5 ? 'rejected' : 'passed on at once', reject],
      ['passed on', (_req: App, _res: App, next: (e: Error) => void) => setImmediate(next, new Error('broken'))],
    ];

    describe.each(ways)('%s', (_way, handler) => {
      test('from a route, without an error handler', async () => {
        expect(await labelsOf(app => app.get('/err/:id', handler), 'GET /err/1', 'GET /err/2')).toEqual({ 'GET /err/:id 500': 2 });
      });

      test('from a mounted router, without an error handler', async () => {
        const router = Router().get('/err/:id', handler);
        expect(await labelsOf(app => app.use('/t/:tenant', router), 'GET /t/a/err/1', 'GET /t/b/err/2')).toEqual({ 'GET /t/:tenant/err/:id 500': 2 });
      });

      test('from routers within routers, to the error handler of the app', async () => {
        const router = Router().use('/in/:i', Router().get('/err/:id', handler));
        const setUp = (app: App): void => {
          app.use('/t/:tenant', router);
          app.use(answerError);
        };
        expect(await labelsOf(setUp, 'GET /t/a/in/1/err/1', 'GET /t/b/in/2/err/2')).toEqual({ 'GET /t/:tenant/in/:i/err/:id 503': 2 });
      });

      test('from a mounted router, to its own error handler', async () => {
        const router = Router().get('/err/:id', handler).use(answerError);
        expect(await labelsOf(app => app.use('/t/:tenant', router), 'GET /t/a/err/1')).toEqual({ 'GET /t/:tenant/err/:id 503': 1 });
      });

      test('from an app within the app, to the error handler of the outer one', async () => {
        const inner = version.app().get('/err/:id', handler);
        const setUp = (app: App): void => {
          app.use('/t/:tenant', inner);
          app.use(answerError);
        };
        expect(await labelsOf(setUp, 'GET /t/a/err/1', 'GET /t/b/err/2')).toEqual({ 'GET /t/:tenant/err/:id 503': 2 });
      });

      test('from an app within an app within the app, without an error handler', async () => {
        const inner = version.app().use('/in/:i', version.app().use('/r/:r', Router().get('/err/:id', handler)));
        expect(await labelsOf(app => app.use('/t/:t', inner), 'GET /t/a/in/1/r/1/err/1')).toEqual({ 'GET /t/:t/in/:i/r/:r/err/:id 500': 1 });
      });

      test('from middleware of the route', async () => {
        expect(await labelsOf(app => app.get('/err/:id', pass, handler, ok), 'GET /err/1')).toEqual({ 'GET /err/:id 500': 1 });
      });

      test('from the load of a parameter', async () => {
        const router = Router();
        router.param('id', (req: App, res: App, next: App) => handler(req, res, next));
        router.get('/u/:id', ok);
        expect(await labelsOf(app => app.use('/t/:t', router), 'GET /t/1/u/1', 'GET /t/2/u/2')).toEqual({ 'GET /t/:t/u/:id 500': 2 });
      });
    });

    test('that an error handler passes on to the next', async () => {
      const setUp = (app: App): void => {
        app.get('/err/:id', fail);
        app.use((error: Error, _req: App, _res: App, next: (e: Error) => void) => next(error));
        app.use(answerError);
      };
      expect(await labelsOf(setUp, 'GET /err/1')).toEqual({ 'GET /err/:id 503': 1 });
    });

    test('that carries a status', async () => {
      const teapot = (): void => {
        throw Object.assign(new Error('short and stout'), { status: 418 });
      };
      expect(await labelsOf(app => app.get('/tea/:id', teapot), 'GET /tea/1')).toEqual({ 'GET /tea/:id 418': 1 });
    });

    test('that comes after the headers', async () => {
      const running = await start(version, app =>
        app.get('/late/:id', (_req: App, res: App) => {
          res.write('half');
          throw new Error('broken');
        }),
      );
      const client = await running.connect();
      client.send('GET /late/1 HTTP/1.1\r\nHost: x\r\n\r\n');
      await client.closed();
      expect(await running.requests()).toEqual({ 'GET /late/:id 200': 1 });
      expect(running.series('http_requests_aborted_total')).toEqual({ 'GET /late/:id mid_stream': 1 });
    });
  });

  describe('a request that no route answers is `unmatched`', () => {
    test('where nothing matches', async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id', ok);
        app.use('/api', Router().get('/x', ok));
      };
      expect(await labelsOf(setUp, 'GET /nothing', 'GET /api/nothing', 'GET /users', 'POST /')).toEqual({
        'GET unmatched 404': 3,
        'POST unmatched 404': 1,
      });
    });

    test('where the route has another method', async () => {
      expect(await labelsOf(app => app.get('/users/:id', ok), 'POST /users/7', 'DELETE /users/7')).toEqual({
        'POST unmatched 404': 1,
        'DELETE unmatched 404': 1,
      });
    });

    test('where Express answers OPTIONS by itself', async () => {
      expect(await labelsOf(app => app.get('/users/:id', ok), 'OPTIONS /users/7')).toEqual({ 'OPTIONS unmatched 200': 1 });
    });

    test('where its route passes it on and nothing else answers, from the first request on', async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id', pass);
        app.use('/t/:t', Router().get('/x', pass));
        app.use('/app/:a', version.app().get('/x', pass));
      };
      expect(await labelsOf(setUp, 'GET /users/7', 'GET /users/8', 'GET /t/1/x', 'GET /t/2/x', 'GET /app/1/x', 'GET /app/2/x')).toEqual({
        'GET unmatched 404': 6,
      });
    });

    test('where its routes pass it on by name', async () => {
      const setUp = (app: App): void => {
        app.get('/a/:id', (_req: App, _res: App, next: (to: string) => void) => next('route'), ok);
        app.use('/r', Router().get('/:id', (_req: App, _res: App, next: (to: string) => void) => next('router'), ok));
      };
      expect(await labelsOf(setUp, 'GET /a/1', 'GET /r/1')).toEqual({ 'GET unmatched 404': 2 });
    });

    test('where a percent-escape cannot be decoded', async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id', ok);
        app.use('/t/:t', Router().get('/x', ok));
      };
      expect(await labelsOf(setUp, 'GET /users/%', 'GET /users/%E4%BD', 'GET /t/%zz/x')).toEqual({ 'GET unmatched 400': 3 });
    });

    test('where middleware without a path answers', async () => {
      expect(await labelsOf(app => app.use(ok), 'GET /anything', 'GET /a/b')).toEqual({ 'GET unmatched 200': 2 });
    });
  });

  describe('a request passed on belongs to the route that answers', () => {
    test('by next()', async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id', pass);
        app.get('/users/:name', ok);
      };
      expect(await labelsOf(setUp, 'GET /users/7', 'GET /users/8')).toEqual({ 'GET /users/:name 200': 2 });
    });

    test("by next('route')", async () => {
      const setUp = (app: App): void => {
        app.get('/users/:id', (_req: App, _res: App, next: (to: string) => void) => next('route'), fail);
        app.get('/users/:name', ok);
      };
      expect(await labelsOf(setUp, 'GET /users/7')).toEqual({ 'GET /users/:name 200': 1 });
    });

    test("by next('router')", async () => {
      const router = Router().get('/:id', (_req: App, _res: App, next: (to: string) => void) => next('router'));
      router.get('/:other', fail);
      const setUp = (app: App): void => {
        app.use('/users', router);
        app.get('/users/:name', ok);
      };
      expect(await labelsOf(setUp, 'GET /users/7')).toEqual({ 'GET /users/:name 200': 1 });
    });

    test('by a guard for all paths', async () => {
      const setUp = (app: App): void => {
        app.all(version.rest(''), pass);
        app.get('/users/:id', ok);
      };
      expect(await labelsOf(setUp, 'GET /users/7', 'GET /x')).toEqual({ 'GET /users/:id 200': 1, 'GET unmatched 404': 1 });
    });

    test('or to the guard, where that answers', async () => {
      const setUp = (app: App): void => {
        app.all(version.rest('/api'), (_req: App, res: App) => res.sendStatus(401));
        app.get('/api/users/:id', ok);
      };
      expect(await labelsOf(setUp, 'GET /api/users/7')).toEqual({ [`GET ${version.rest('/api')} 401`]: 1 });
    });
  });

  describe('middleware that answers under a mount is labelled by the mount', () => {
    test('a handler', async () => {
      expect(await labelsOf(app => app.use('/mw', ok), 'GET /mw', 'GET /mw/a', 'GET /mw/b/c')).toEqual({ 'GET /mw 200': 3 });
    });

    test('express.static, and only for files it has', async () => {
      const setUp = (app: App): void => app.use('/assets', version.static(import.meta.dirname));
      expect(await labelsOf(setUp, 'GET /assets/route-labels.test.ts', 'GET /assets/../express/route-labels.test.ts', 'GET /assets/none')).toEqual({
        'GET /assets 200': 1,
        'GET unmatched 404': 2,
      });
    });

    test('under mounts with parameters', async () => {
      const setUp = (app: App): void => {
        app.use('/t/:tenant', Router().use('/assets/:version', version.static(import.meta.dirname)));
      };
      const requests = ['GET /t/a/assets/1/route-labels.test.ts', 'GET /t/b/assets/2/route-labels.test.ts'];
      expect(await labelsOf(setUp, ...requests)).toEqual({ 'GET /t/:tenant/assets/:version 200': 2 });
    });

    test('in an app within the app', async () => {
      const inner = version.app().use('/mw/:m', ok);
      expect(await labelsOf(app => app.use('/in/:i', inner), 'GET /in/1/mw/1/x', 'GET /in/2/mw/2/x')).toEqual({ 'GET /in/:i/mw/:m 200': 2 });
    });

    test('a guard of a router that refuses', async () => {
      const router = Router()
        .use((_req: App, res: App) => res.sendStatus(401))
        .get('/u/:id', ok);
      expect(await labelsOf(app => app.use('/t/:tenant', router), 'GET /t/a/u/1', 'GET /t/b/x')).toEqual({ 'GET /t/:tenant 401': 2 });
    });

    test('not as another app of the process, that has the same path', async () => {
      const one = await start(version, app => app.use('/shop', ok));
      const other = await start(version, app => app.use('/:any', ok));
      for (const { send } of [one, other, one]) await send('GET /shop/1');
      expect(await one.requests()).toEqual({ 'GET /shop 200': 2 });
      expect(await other.requests()).toEqual({ 'GET /:any 200': 1 });
    });
  });

  describe('routes added while the app runs are known', () => {
    test('to the app', async () => {
      const { app, send, requests } = await start(version, app => app.get('/first', ok));
      await send('GET /first');
      app.get('/second/:id', ok);
      app.use('/r/:r', Router().get('/third/:id', ok));
      for (const request of ['GET /second/1', 'GET /r/1/third/1', 'GET /r/2/third/2']) await send(request);
      expect(await requests()).toEqual({ 'GET /first 200': 1, 'GET /second/:id 200': 1, 'GET /r/:r/third/:id 200': 2 });
    });

    test('to a router, an inner router and an inner app, also where they fail', async () => {
      const router = Router();
      const nested = Router();
      const inner = version.app();
      const { send, requests } = await start(version, app => {
        app.get('/first', ok);
        app.use('/r/:r', router.use('/n', nested));
        app.use('/in/:i', inner);
      });
      await send('GET /first');
      router.get('/a/:x', ok);
      nested.get('/b/:x', fail);
      inner.get('/c/:x', ok);
      for (const request of ['GET /r/1/a/1', 'GET /r/2/a/2', 'GET /r/1/n/b/1', 'GET /r/2/n/b/2', 'GET /in/1/c/1', 'GET /in/2/c/2']) await send(request);
      expect(await requests()).toEqual({
        'GET /first 200': 1,
        'GET /r/:r/a/:x 200': 2,
        'GET /r/:r/n/b/:x 500': 2,
        'GET /in/:i/c/:x 200': 2,
      });
    });
  });

  test('a router behind a function of the app is known by its own paths', async () => {
    const hidden = Router().get('/users/:id', ok);
    const setUp = (app: App): void => app.use('/t/:tenant', (req: App, res: App, next: App) => hidden(req, res, next));
    expect(await labelsOf(setUp, 'GET /t/a/users/1', 'GET /t/b/users/2')).toEqual({ 'GET /t/:tenant/users/:id 200': 2 });
  });

  test('apps without routes are no obstacle', async () => {
    const setUp = (app: App): void => {
      app.use('/empty', version.app());
      app.use('/router', version.Router().use('/empty', version.app()));
      app.get('/u/:id', ok);
    };
    expect(await labelsOf(setUp, 'GET /empty', 'GET /router/empty/x', 'GET /u/1')).toEqual({ 'GET unmatched 404': 2, 'GET /u/:id 200': 1 });
  });

  test('an app that tells cases apart is followed in that', async () => {
    const { monitor, requests } = testMonitor();
    const app = version.app().enable('case sensitive routing');
    app.use(monitorRequests({ monitor }));
    app.get(['/A/:x', '/a/:y'], ok);
    app.use(['/M', '/m'], Router({ caseSensitive: true }).get('/z', ok));
    const { send } = await serve(app);
    for (const request of ['GET /A/1', 'GET /a/1', 'GET /M/z', 'GET /m/z']) await send(request);
    // The app with the older router has got it from the test, before the setting.
    const capitals = { 'GET /A/:x 200': 1, 'GET /a/:y 200': 1, 'GET /M/z 200': 1, 'GET /m/z 200': 1 };
    expect(await requests()).toEqual(version.showsMounts ? capitals : { 'GET /A/:x 200': 2, 'GET /m/z 200': 2 });
  });

  test('a rewritten URL is labelled by the route it is rewritten to', async () => {
    const router = Router().get('/u/:id', ok);
    const setUp = (app: App): void => {
      app.use((req: App, _res: App, next: () => void) => {
        req.url = req.url.replace('/old/', '/t/acme/');
        next();
      });
      app.use('/t/:tenant', router);
    };
    const label = version.showsMounts ? '/t/:tenant/u/:id' : '/u/:id';
    expect(await labelsOf(setUp, 'GET /old/u/7', 'GET /old/u/8')).toEqual({ [`GET ${label} 200`]: 2 });
  });

  test('a URL rewritten to one of several mounts gives no raw value', async () => {
    const router = Router().get('/u/:id', ok);
    const setUp = (app: App): void => {
      app.use((req: App, _res: App, next: () => void) => {
        req.url = req.url.replace('/old/', '/t/acme/');
        next();
      });
      app.use(['/t/:tenant', '/s/:site'], router);
    };
    expect(await labelsOf(setUp, 'GET /old/u/7')).toEqual({ 'GET /u/:id 200': 1 });
  });

  test('a router that contains itself does no harm', async () => {
    const router = Router().get('/u/:id', ok);
    router.use('/again', router);
    const labels = await labelsOf(app => app.use('/r', router), 'GET /r/u/1', 'GET /r/again/u/1');
    expect(labels['GET /r/u/:id 200']).toBeGreaterThan(0);
    expect(Object.values(labels).reduce((a, b) => a + b)).toBe(2);
  });

  test('requests under way at once keep their routes apart', async () => {
    const waiting: (() => void)[] = [];
    const later = (_req: App, res: App): void => void waiting.push(() => res.send('ok'));
    const running = await start(version, app => {
      app.get('/a/:x', later);
      app.use('/b/:b', Router().get('/:x', later));
    });
    const answers = Promise.all(['GET /a/1', 'GET /b/1/1', 'GET /a/2', 'GET /b/2/2'].map(request => running.send(request)));
    await until(() => waiting.length === 4);
    for (const answer of waiting.reverse()) answer();
    await answers;
    expect(await running.requests()).toEqual({ 'GET /a/:x 200': 2, 'GET /b/:b/:x 200': 2 });
  });

  test('a route whose client leaves keeps its pattern', async () => {
    const running = await start(version, app => app.use('/t/:t', Router().get('/slow/:id', (_req: App, _res: App) => {})));
    const client = await running.connect();
    client.send('GET /t/1/slow/1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => running.value('http_requests_in_flight') === 1);
    client.leave();
    expect(await running.requests()).toEqual({ 'GET /t/:t/slow/:id 499': 1 });
  });
});
