import Router from '@koa/router';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import Koa, { type Middleware } from 'koa';
import * as forExpress from '../../src/express/index.js';
import { monitorApi } from '../../src/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

const expressApp: Express = express();
const koaApp = new Koa();
const router = new Router();

// As a route's middleware.

export const expressMiddleware: RequestHandler = monitorApi('grade_essay');
export const koaMiddleware: Middleware = monitorApi('grade_essay');

// The handler behind it knows its parameters as if it stood alone.
expressApp.post('/essays/:id', monitorApi('grade_essay'), (request, response) => {
  const parametersAreKept: Expect<Equal<typeof request.params, { id: string }>> = true;
  const requestIsKept: Expect<Equal<typeof request, Request<{ id: string }>>> = true;
  const responseIsKept: Expect<Equal<typeof response.statusCode, number>> = true;
  // @ts-expect-error the pattern has no such parameter
  void request.params.name;
  response.json({ parametersAreKept, requestIsKept, responseIsKept });
});
express.Router().use(monitorApi('all'));
expressApp.get<{ id: string }, { ok: boolean }>('/typed/:id', monitorApi('typed'), (request, response) => {
  const id: string = request.params.id;
  response.json({ ok: id !== '' });
});

koaApp.use(monitorApi('all'));
router.post('/essays', monitorApi('grade_essay'), context => {
  const { path }: { path: string } = context;
  context.body = { path, id: context.params['id'] };
});

// As a wrapper of a handler, which keeps its type.

export const wrapped = monitorApi('grade_essay')((request: Request<{ id: string }>, response: Response<{ ok: boolean }>) => {
  response.json({ ok: request.params.id !== '' });
});
expressApp.post('/essays/:id', wrapped);
export type HandlersAreKept = Expect<Equal<Parameters<typeof wrapped>[0]['params'], { id: string }>>;

export const onError: ErrorRequestHandler = monitorApi('errors')(((error, _request, response, _next) => {
  response.status(500).json({ message: String(error) });
}) satisfies ErrorRequestHandler);
expressApp.use(onError);

export const koaHandler = monitorApi('grade_essay')(async (context: Koa.Context, next: Koa.Next) => {
  context.status = 204;
  await next();
});
koaApp.use(koaHandler);

// The adapters.

export const forEveryRequest: RequestHandler = forExpress.monitorRequests();
export const metrics: RequestHandler = forExpress.serveMetrics({ bearerToken: 'x' });
expressApp.use(forExpress.monitorRequests({ skip: request => request.url === '/health', labels: { tenant: request => request.hostname } }));
expressApp.get('/metrics', forExpress.serveMetrics());
expressApp.use('/metrics', forExpress.serveMetrics({ authorize: request => request.headers.host !== undefined }));

export const forEveryContext: Middleware = forKoa.monitorRequests();
koaApp.use(forKoa.monitorRequests({ labels: { tenant: (context: Koa.Context) => context.hostname } }));
koaApp.use(forKoa.serveMetrics());
router.get('/metrics', forKoa.serveMetrics());

expressApp.use(forExpress.trackUsers({ userId: (request: Request) => request.get('x-user') }));
export const usersOfRequests: RequestHandler = forExpress.trackUsers({ userId: request => request.user?.id });
koaApp.use(forKoa.trackUsers({ userId: (context: Koa.Context) => context.get('x-user') }));
export const usersOfContexts: Middleware = forKoa.trackUsers({ userId: () => 7 });
// @ts-expect-error who sends a request must be said
forExpress.trackUsers({});
// @ts-expect-error it is said at once, not by a promise
forKoa.trackUsers({ userId: async () => 'ann' });
