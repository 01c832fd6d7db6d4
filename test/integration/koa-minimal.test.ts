import { afterEach, expect, test, vi } from 'vitest';
import { startProgram } from '../support/program.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the Koa example counts its requests, traces them when asked to, and ends on SIGTERM', async () => {
  vi.stubEnv('PORT', '0');
  vi.stubEnv('TRACE', '1');
  await using app = startProgram(process.execPath, '--import', './examples/prepare.mjs', 'examples/koa-minimal/app.mjs');
  const [url = ''] = /http:\/\/[^/]+/.exec(await app.line(/^http:/)) ?? [];

  const lesson = await fetch(`${url}/lessons/7`);
  expect(await lesson.json()).toEqual({ id: '7', title: 'Lesson 7' });
  await fetch(`${url}/lessons/7/exercises`);
  await fetch(`${url}/wp-login.php`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('http_requests_total{method="GET",endpoint="/lessons/:id",status_code="200"} 1');
  expect(metrics).toContain('http_requests_total{method="GET",endpoint="list_exercises",status_code="200"} 1');
  expect(metrics).toContain('http_requests_total{method="GET",endpoint="unmatched",status_code="404"} 1');

  app.signal('SIGTERM');
  expect(await app.ended).toBe(0);
  expect(app.output).toContain("name: 'find_lesson'");
  expect(app.output).toContain("name: 'GET /lessons/:id'");
});
