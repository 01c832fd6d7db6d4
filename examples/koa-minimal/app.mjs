// @ts-check
// The smallest useful Koa app with Sightline. From the repository's folder:
//
//   npm run example:koa
//   TRACE=1 npm run example:koa         prints a span for each request, too
//   PORT=4000 npm run example:koa       on another port
import Router from '@koa/router';
import Koa from 'koa';
import { configureMonitor, getMonitor, monitorApi, traceFunction } from 'sightline';
import { monitorRequests, serveMetrics } from 'sightline/koa';

configureMonitor({ service: 'koa-minimal', ...(process.env['TRACE'] && { tracing: { exporter: 'console' } }) });

const app = new Koa();
const router = new Router();
app.use(monitorRequests());
router.get('/metrics', serveMetrics());

router.get('/lessons/:id', async ctx => {
  ctx.body = await findLesson(String(ctx.params['id']));
});
router.get('/lessons/:id/exercises', monitorApi('list_exercises'), ctx => {
  ctx.body = [{ lesson: ctx.params['id'], question: 'Which word means "get"?', choices: ['obtain', 'decline'] }];
});
app.use(router.routes()).use(router.allowedMethods());

const findLesson = traceFunction('find_lesson')(async (/** @type {string} */ id) => {
  await new Promise(resolve => setTimeout(resolve, 5));
  return { id, title: `Lesson ${id}` };
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${port}/lessons/7 and http://127.0.0.1:${port}/metrics`);
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void getMonitor().close();
  });
}
