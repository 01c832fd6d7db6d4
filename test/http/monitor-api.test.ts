import { describe, expect, test } from 'vitest';
import * as forExpress from '../../src/express/index.js';
import { InvalidOptionError, type ApiInstrument } from '../../src/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { Monitor } from '../../src/monitor.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { koaVersions, type Context, type Next } from '../support/koa-versions.js';
import { ManualClock } from '../support/manual-clock.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

const ok = (_req: App, res: App): void => {
  res.send('ok');
};
const pass = (_req: App, _res: App, next: () => void): void => {
  next();
};

describe.each(expressVersions)('monitorApi in $name', version => {
  type SetUp = (app: App, monitorApi: (endpoint?: string) => ApiInstrument, monitor: Monitor) => void;

  /** `http_requests_total` after these requests. */
  async function countsOf(mode: 'alone' | 'under monitorRequests', setUp: SetUp, ...requests: string[]): Promise<Record<string, number>> {
    const test = testMonitor();
    const app = version.app();
    if (mode !== 'alone') app.use(forExpress.monitorRequests({ monitor: test.monitor }));
    setUp(app, test.monitor.monitorApi, test.monitor);
    const { send } = await serve(app);
    for (const request of requests) await send(request);
    expect(test.log).toEqual([]);
    return test.requests();
  }

  const forms: [string, SetUp][] = [
    ['as middleware of a route', (app, monitorApi) => app.post('/essays/:id', monitorApi('grade_essay'), ok)],
    ['as middleware of a path', (app, monitorApi) => app.use('/essays', monitorApi('grade_essay')).post('/essays/:id', ok)],
    ['as middleware of a router', (app, monitorApi) => app.use('/essays', version.Router().use(monitorApi('grade_essay')).post('/:id', ok))],
    ['around a handler', (app, monitorApi) => app.post('/essays/:id', monitorApi('grade_essay')(ok))],
    ['around an asynchronous handler', (app, monitorApi) => app.post('/essays/:id', monitorApi('grade_essay')(async (req: App, res: App) => ok(req, res)))],
    ['around middleware before the handler', (app, monitorApi) => app.post('/essays/:id', monitorApi('grade_essay')(pass), ok)],
    ['around a mounted router', (app, monitorApi) => app.use('/essays', monitorApi('grade_essay')(version.Router().post('/:id', ok)))],
    ['around a handler under a mount', (app, monitorApi) => app.use('/essays', monitorApi('grade_essay')(ok))],
    [
      'on a method',
      (app, monitorApi) => {
        class Essays {
          text = 'ok';
          @monitorApi('grade_essay')
          grade(_req: App, res: App): void {
            res.send(this.text);
          }
        }
        const essays = new Essays();
        app.post('/essays/:id', (req: App, res: App) => essays.grade(req, res));
      },
    ],
    [
      'on a static method',
      (app, monitorApi) => {
        class Essays {
          @monitorApi('grade_essay')
          static grade(_req: App, res: App): void {
            res.send('ok');
          }
        }
        app.post('/essays/:id', Essays.grade.bind(Essays));
      },
    ],
    [
      'on a field',
      (app, monitorApi) => {
        class Essays {
          text = 'ok';
          @monitorApi('grade_essay')
          grade = (_req: App, res: App): void => {
            res.send(this.text);
          };
        }
        app.post('/essays/:id', new Essays().grade);
      },
    ],
    [
      'on a method that is given the response first',
      (app, monitorApi) => {
        class Essays {
          @monitorApi('grade_essay')
          grade(id: string, res: App, _req: App): void {
            res.send(id);
          }
        }
        app.post('/essays/:id', (req: App, res: App) => new Essays().grade(req.params.id, res, req));
      },
    ],
  ];

  test.each(forms)('%s names the request under monitorRequests, and counts it once', async (_form, setUp) => {
    expect(await countsOf('under monitorRequests', setUp, 'POST /essays/1', 'POST /essays/2')).toEqual({ 'POST grade_essay 200': 2 });
  });

  test.each(forms)('%s counts the request alone, once', async (_form, setUp) => {
    expect(await countsOf('alone', setUp, 'POST /essays/1', 'POST /essays/2')).toEqual({ 'POST grade_essay 200': 2 });
  });

  test.each(['alone', 'under monitorRequests'] as const)('several on one request (%s): the last name counts, once', async mode => {
    const setUp: SetUp = (app, monitorApi) => app.use(monitorApi('api')).get('/x', monitorApi('outer'), monitorApi('inner')(ok));
    expect(await countsOf(mode, setUp, 'GET /x')).toEqual({ 'GET inner 200': 1 });
  });

  test.each(['alone', 'under monitorRequests'] as const)('around an error handler (%s) names what it answers', async mode => {
    const setUp: SetUp = (app, monitorApi) => {
      app.get('/broken/:id', () => {
        throw new Error('broken');
      });
      app.use(monitorApi('failures')((_error: Error, _req: App, res: App, _next: unknown) => res.status(503).send('sorry')));
    };
    expect(await countsOf(mode, setUp, 'GET /broken/1')).toEqual({ 'GET failures 503': 1 });
  });

  test.each(['alone', 'under monitorRequests'] as const)('without a name (%s) is the pattern of the route, as middleware', async mode => {
    const setUp: SetUp = (app, monitorApi) => app.use('/t/:t', version.Router().get('/u/:id', monitorApi(), ok));
    expect(await countsOf(mode, setUp, 'GET /t/a/u/1', 'GET /t/b/u/2', 'GET /t/c/u/3')).toEqual({ 'GET /t/:t/u/:id 200': 3 });
  });

  test.each(['alone', 'under monitorRequests'] as const)("without a name (%s) is the function's, as wrapper and decorator", async mode => {
    const setUp: SetUp = (app, monitorApi) => {
      class Essays {
        @monitorApi()
        grade(_req: App, res: App): void {
          res.send('ok');
        }
      }
      app.get('/a', monitorApi()(function gradeEssay(_req: App, res: App) {
        res.send('ok');
      }));
      app.get('/b', (req: App, res: App) => new Essays().grade(req, res));
      app.get('/c', monitorApi()((_req: App, res: App) => res.send('ok')));
    };
    expect(await countsOf(mode, setUp, 'GET /a', 'GET /b', 'GET /c')).toEqual({ 'GET gradeEssay 200': 1, 'GET grade 200': 1, 'GET anonymous 200': 1 });
  });

  test.each(['alone', 'under monitorRequests'] as const)('a failing handler (%s) keeps its name', async mode => {
    const setUp: SetUp = (app, monitorApi) => {
      const fail = (): void => {
        throw new Error('broken');
      };
      app.get('/a', monitorApi('a'), fail);
      app.get('/b', monitorApi('b')(fail));
    };
    expect(await countsOf(mode, setUp, 'GET /a', 'GET /b')).toEqual({ 'GET a 500': 1, 'GET b 500': 1 });
  });

  test('a route that passes the request on takes its name along', async () => {
    const setUp: SetUp = (app, monitorApi) => {
      app.get('/x/:a', monitorApi('first'), pass);
      app.get('/x/:b', ok);
      app.get('/y', monitorApi('only')(pass));
    };
    expect(await countsOf('under monitorRequests', setUp, 'GET /x/1', 'GET /x/2', 'GET /y')).toEqual({ 'GET /x/:b 200': 2, 'GET unmatched 404': 1 });
    // Alone, the routes are known once a request was observed.
    const warmUp: SetUp = (app, monitorApi) => {
      app.get('/', monitorApi('home'), ok);
      setUp(app, monitorApi, undefined as never);
    };
    expect(await countsOf('alone', warmUp, 'GET /', 'GET /x/1', 'GET /x/2', 'GET /y')).toEqual({
      'GET home 200': 1,
      'GET /x/:b 200': 2,
      'GET unmatched 404': 1,
    });
  });

  test('a name given before the route stays, when the route passes the request on', async () => {
    const setUp: SetUp = (app, monitorApi) => {
      app.use(monitorApi('app'));
      app.get('/x', monitorApi('route'), pass);
      app.use(ok);
    };
    expect(await countsOf('under monitorRequests', setUp, 'GET /x')).toEqual({ 'GET app 200': 1 });
  });

  test('the wrapped handler is called as it would be without us', async () => {
    const { monitor } = testMonitor();
    const handler = Object.assign(
      function grade(this: unknown, _req: App, _res: App, _next: unknown, ...more: number[]) {
        return [this, more];
      },
      { option: 1 },
    );
    const wrapped = monitor.monitorApi('x')(handler);
    expect([wrapped.name, wrapped.length, wrapped.option]).toEqual(['grade', 3, 1]);
    const self = {};
    expect(wrapped.call(self, {}, {}, null, 1, 2)).toEqual([self, [1, 2]]);
    expect(monitor.monitorApi('x')((_error: unknown, _req: App, _res: App, _next: unknown) => {})).toHaveLength(4);
  });

  test('monitorRequests twice counts once', async () => {
    const setUp: SetUp = (app, _monitorApi, monitor) => app.use(forExpress.monitorRequests({ monitor })).get('/x', ok);
    expect(await countsOf('under monitorRequests', setUp, 'GET /x')).toEqual({ 'GET /x 200': 1 });
  });

  test('two monitors on one app each count a request, under the name given by either', async () => {
    const [one, other] = [testMonitor(), testMonitor()];
    const app = version.app();
    app.use(forExpress.monitorRequests({ monitor: one.monitor }));
    app.use('/t/:t', forExpress.monitorRequests({ monitor: other.monitor }));
    app.get('/t/:t/plain', ok);
    app.get('/t/:t/named', other.monitor.monitorApi('named'), ok);
    app.get('/elsewhere', ok);
    app.get('/late', other.monitor.monitorApi('late')(ok));
    const { send } = await serve(app);
    for (const request of ['GET /t/1/plain', 'GET /t/1/named', 'GET /elsewhere', 'GET /late']) await send(request);
    expect(await one.requests()).toEqual({ 'GET /t/:t/plain 200': 1, 'GET named 200': 1, 'GET /elsewhere 200': 1, 'GET late 200': 1 });
    expect(await other.requests()).toEqual({ 'GET /t/:t/plain 200': 1, 'GET named 200': 1, 'GET late 200': 1 });
  });

  test('a decorated method that is not handed its request finds it, also after waiting', async () => {
    const test = testMonitor();
    const other = testMonitor();
    class Essays {
      @test.monitor.monitorApi('grade_essay')
      async grade(text: string): Promise<string> {
        return Promise.resolve(text.toUpperCase());
      }
    }
    const essays = new Essays();
    const app = version.app();
    app.use(forExpress.monitorRequests({ monitor: test.monitor }));
    app.use(forExpress.monitorRequests({ monitor: other.monitor }));
    app.get('/essays/:id', async (req: App, res: App) => {
      await new Promise(resolve => setImmediate(resolve));
      res.send(await essays.grade(req.params.id));
    });
    app.get('/plain', ok);
    const { send } = await serve(app);
    const answers = await Promise.all(['GET /essays/a', 'GET /plain', 'GET /essays/b'].map(request => send(request)));
    expect(answers.map(({ text }) => text)).toEqual(['A', 'ok', 'B']);
    for (const { requests } of [test, other]) expect(await requests()).toEqual({ 'GET grade_essay 200': 2, 'GET /plain 200': 1 });
  });
});

describe.each(koaVersions)('monitorApi in $name', version => {
  const answer = (ctx: Context): void => {
    ctx.body = 'ok';
  };
  type SetUp = (app: App, router: App, monitorApi: (endpoint?: string) => ApiInstrument) => void;

  async function countsOf(mode: 'alone' | 'under monitorRequests', setUp: SetUp, ...requests: string[]): Promise<Record<string, number>> {
    const test = testMonitor();
    const app = version.app();
    const router = version.router();
    if (mode !== 'alone') app.use(forKoa.monitorRequests({ monitor: test.monitor }));
    setUp(app, router, test.monitor.monitorApi);
    const { send } = await serve(app.use(router.routes()).callback());
    for (const request of requests) await send(request);
    expect(test.log).toEqual([]);
    return test.requests();
  }

  const forms: [string, SetUp][] = [
    ['as middleware of a route', (_app, router, monitorApi) => router.post('/essays/:id', monitorApi('grade_essay'), answer)],
    ['as middleware of the app', (app, router, monitorApi) => (app.use(monitorApi('grade_essay')), router.post('/essays/:id', answer))],
    ['as middleware of a router', (_app, router, monitorApi) => router.use(monitorApi('grade_essay')).post('/essays/:id', answer)],
    ['around a handler', (_app, router, monitorApi) => router.post('/essays/:id', monitorApi('grade_essay')(answer))],
    ['around an asynchronous handler', (_app, router, monitorApi) => router.post('/essays/:id', monitorApi('grade_essay')(async (ctx: Context) => answer(ctx)))],
    ['around middleware before the handler', (_app, router, monitorApi) => router.post('/essays/:id', monitorApi('grade_essay')((_ctx: Context, next: Next) => next()), answer)],
    [
      'on a method',
      (_app, router, monitorApi) => {
        class Essays {
          @monitorApi('grade_essay')
          grade(ctx: Context): void {
            ctx.body = 'ok';
          }
        }
        router.post('/essays/:id', (ctx: Context) => new Essays().grade(ctx));
      },
    ],
    [
      'on a method that is not handed the context',
      (app, router, monitorApi) => {
        class Essays {
          @monitorApi('grade_essay')
          async grade(text: string): Promise<string> {
            return Promise.resolve(text);
          }
        }
        app.use(monitorApi());
        router.post('/essays/:id', async (ctx: Context) => (ctx.body = await new Essays().grade('ok')));
      },
    ],
  ];

  test.each(forms)('%s names the request under monitorRequests, and counts it once', async (_form, setUp) => {
    expect(await countsOf('under monitorRequests', setUp, 'POST /essays/1', 'POST /essays/2')).toEqual({ 'POST grade_essay 200': 2 });
  });

  test.each(forms)('%s counts the request alone, once', async (_form, setUp) => {
    expect(await countsOf('alone', setUp, 'POST /essays/1', 'POST /essays/2')).toEqual({ 'POST grade_essay 200': 2 });
  });

  test.each(['alone', 'under monitorRequests'] as const)('without a name (%s) is the pattern of the route, as middleware', async mode => {
    const setUp: SetUp = (_app, router, monitorApi) => router.get('/u/:id', monitorApi(), answer);
    expect(await countsOf(mode, setUp, 'GET /u/1', 'GET /u/2')).toEqual({ 'GET /u/:id 200': 2 });
  });

  test('a route that passes the request on takes its name along', async () => {
    const setUp: SetUp = (_app, router, monitorApi) => {
      router.get('/x/:a', monitorApi('first'), (_ctx: Context, next: Next) => next());
      router.get('/x/:b', answer);
      router.get('/y', monitorApi('only')((_ctx: Context, next: Next) => next()));
    };
    expect(await countsOf('under monitorRequests', setUp, 'GET /x/1', 'GET /y')).toEqual({ 'GET /x/:b 200': 1, 'GET unmatched 404': 1 });
  });

  test("a name given by a router's own middleware stays", async () => {
    const setUp: SetUp = (_app, router, monitorApi) => router.use(monitorApi('group')).get('/x/:a', answer).get('/x/:b', answer);
    expect(await countsOf('under monitorRequests', setUp, 'GET /x/1')).toEqual({ 'GET group 200': 1 });
  });

  test('a failing handler keeps its name', async () => {
    const setUp: SetUp = (_app, router, monitorApi) => router.get('/a', monitorApi('a'), (ctx: Context) => ctx.throw(503));
    expect(await countsOf('under monitorRequests', setUp, 'GET /a')).toEqual({ 'GET a 503': 1 });
    expect(await countsOf('alone', setUp, 'GET /a')).toEqual({ 'GET a 503': 1 });
  });

  test('monitorRequests twice, and two monitors, count once each', async () => {
    const [one, other] = [testMonitor(), testMonitor()];
    const app = version.app();
    for (const { monitor } of [one, one, other]) app.use(forKoa.monitorRequests({ monitor }));
    app.use(version.router().get('/u/:id', answer).routes());
    const { send } = await serve(app.callback());
    await send('GET /u/1');
    expect(await one.requests()).toEqual({ 'GET /u/:id 200': 1 });
    expect(await other.requests()).toEqual({ 'GET /u/:id 200': 1 });
  });
});

describe('monitorApi around a function without a Node response', () => {
  const post = new Request('http://x/essays', { method: 'POST' });

  test.each([
    ['a Response', () => new Response('', { status: 201 }), 201],
    ['a promise of a Response', async () => new Response('', { status: 404 }), 404],
    ['an object with a status', () => ({ status: 202 }), 202],
    ['an object with a statusCode', () => ({ statusCode: 203 }), 203],
    ['an object with a status_code', () => ({ status_code: 206 }), 206],
    ['an object whose status is no status', () => ({ status: 'ok', statusCode: 299 }), 299],
    ['an object with other numbers', () => ({ status: 7, statusCode: 1_000, status_code: 200.5 }), 200],
    ['a text', () => 'done', 200],
    ['nothing', () => undefined, 200],
    ['null', async () => null, 200],
    [
      'an object that cannot be read',
      () => ({
        get status(): number {
          throw new Error('no');
        },
      }),
      200,
    ],
  ])('counts %s by its status', async (_what, handler: (request: Request) => unknown, status) => {
    const { monitor, series } = testMonitor();
    await monitor.monitorApi('grade')(handler)(post);
    expect(series('http_requests_total')).toEqual({ [`POST grade ${status}`]: 1 });
  });

  test.each([
    ['an error', new Error('broken'), 500],
    ['an error with a status', Object.assign(new Error('no'), { status: 403 }), 403],
    ['an error with a statusCode', Object.assign(new Error('no'), { statusCode: 409 }), 409],
    ['a Response', new Response('', { status: 302 }), 302],
    ['a text', 'broken', 500],
    ['nothing', undefined, 500],
  ])('counts %s that is thrown or rejected, and lets it pass', async (_what, error: any, status) => {
    const { monitor, series } = testMonitor();
    const throws = monitor.monitorApi('grade')((_request: Request) => {
      throw error;
    });
    const rejects = monitor.monitorApi('grade')(async (_request: Request) => {
      throw error;
    });
    const caught: unknown[] = [];
    try {
      throws(post);
    } catch (thrown) {
      caught.push(thrown);
    }
    await rejects(post).catch((thrown: unknown) => caught.push(thrown));
    expect(caught).toEqual([error, error]);
    expect(caught[0]).toBe(error);
    expect(series('http_requests_total')).toEqual({ [`POST grade ${status}`]: 2 });
  });

  test('knows the method of a request, and of a context that has it', () => {
    const { monitor, series } = testMonitor();
    const handler = monitor.monitorApi('grade')((..._args: unknown[]) => 'ok');
    for (const given of [post, { request: post }, { req: post }, { method: 'BREW' }, 'text', undefined, null, { method: 7 }]) handler(given);
    expect(series('http_requests_total')).toEqual({ 'POST grade 200': 3, '_OTHER grade 200': 5 });
  });

  test('times the call to its end', async () => {
    const clock = new ManualClock();
    const { monitor, value } = testMonitor({ clock });
    const handler = monitor.monitorApi('grade')(async (_request: Request) => {
      clock.advance(100);
      await Promise.resolve();
      clock.advance(150);
    });
    await handler(post);
    expect(value('http_request_duration_seconds', { method: 'POST', endpoint: 'grade' }, '_sum')).toBe(0.25);
  });

  test('decorates methods and fields of a class', async () => {
    const { monitor, series } = testMonitor();
    class Essays {
      #text = 'graded';
      @monitor.monitorApi()
      grade(_request: Request): string {
        return this.#text;
      }
      @monitor.monitorApi('list_essays')
      list = async (_request: Request): Promise<string> => Promise.resolve(this.#text);
    }
    const essays = new Essays();
    expect([essays.grade(post), await essays.list(post)]).toEqual(['graded', 'graded']);
    expect(series('http_requests_total')).toEqual({ 'POST grade 200': 1, 'POST list_essays 200': 1 });
  });
});

test.each([[''], [7], [null], [{}], [[]]])('a name that is %j is refused where it is given', name => {
  const { monitor } = testMonitor();
  expect(() => monitor.monitorApi(name as any)).toThrow(InvalidOptionError);
  expect(() => monitor.monitorApi(name as any)).toThrow('Invalid option `endpoint`');
});
