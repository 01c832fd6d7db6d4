import express from 'express';
import { describe, expect, test } from 'vitest';
import { serveAlerts } from '../../src/express/index.js';
import { testAlerts } from '../alerting/set-up.js';
import { expressVersions } from '../support/express-versions.js';
import { serve, type SendOptions } from '../support/serve.js';

const json = (body: unknown): SendOptions => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const authorize = (): string => 'ada';

describe.each(expressVersions)('serveAlerts in $name', ({ app: makeApp, Router }) => {
  test('serves alerts under its mount, and leaves the rest to the app', async () => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const app = makeApp();
    app.use('/ops/alerting', serveAlerts({ monitor, authorize }));
    app.get('/alerts', (_: unknown, response: { send(text: string): void }) => {
      response.send("the app's own");
    });
    const { send } = await serve(app);
    expect(await send('POST /ops/alerting/alerts', json({ title: 'Slow' }))).toMatchObject({ status: 200 });
    expect((await alerts.list()).items).toMatchObject([{ title: 'Slow' }]);
    expect(JSON.parse((await send('GET /ops/alerting/alerts?severity=medium')).text).items).toHaveLength(1);
    expect(await send('GET /ops/alerting')).toMatchObject({ status: 404, text: '{"error":"There is nothing under this path."}' });
    expect(await send('GET /alerts')).toMatchObject({ status: 200, text: "the app's own" });
  });

  test('sees in authorize what came before it', async () => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const { id } = await alerts.fire({ title: 'Slow' });
    const router = Router();
    router.use((request: any, _: unknown, next: () => void) => {
      request.user = request.headers['x-user'];
      next();
    });
    router.use('/alerting', serveAlerts({ monitor, authorize: request => request.user }));
    const { send } = await serve(makeApp().use('/ops', router));
    expect((await send(`GET /ops/alerting/alerts/${id}`)).status).toBe(403);
    await send(`POST /ops/alerting/alerts/${id}/acknowledge`, { ...json({}), headers: { 'content-type': 'application/json', 'x-user': 'grace' } });
    expect(await alerts.get(id)).toMatchObject({ acknowledgedBy: 'grace' });
  });

  test.each([
    ['json', express.json()],
    ['text', express.text({ type: '*/*' })],
    ['raw', express.raw({ type: '*/*' })],
  ])('takes a body that express.%s() has read', async (_name, parser) => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const { send } = await serve(makeApp().use(parser).use('/alerting', serveAlerts({ monitor, authorize })));
    expect(await send('POST /alerting/alerts', json({ title: 'Slow', labels: { a: 'b' } }))).toMatchObject({ status: 200 });
    expect((await alerts.list()).items).toMatchObject([{ title: 'Slow', labels: { a: 'b' } }]);
    const { id } = (await alerts.list()).items[0]!;
    expect(await send(`POST /alerting/alerts/${id}/acknowledge`, { headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 200 });
    expect(await send('POST /alerting/alerts', { body: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).toMatchObject({ status: 415 });
  });

  test('takes the form of a link that express.urlencoded() has read', async () => {
    const { monitor, alerts, clock } = testAlerts({ channels: {}, links: { baseUrl: 'http://app/alerting', secret: '0123456789abcdef' } });
    const alert = await alerts.fire({ title: 'Slow' });
    clock.advance(1_000);
    const { pathname } = new URL(alerts.parts.links!.linksOf(alert).acknowledge!);
    const { send } = await serve(makeApp().use(express.urlencoded()).use('/alerting', serveAlerts({ monitor, authorize: () => false })));
    expect(await send(`POST ${pathname}`, { body: 'name=Ada', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).toMatchObject({ status: 200 });
    expect((await alerts.get(alert.id))?.acknowledgedBy).toMatch(/^Ada \(link/);
  });

  test('says so where the app has read the body and left nothing of it', async () => {
    const { monitor, log } = testAlerts({ channels: {} });
    const app = makeApp();
    app.use((request: any, _: unknown, next: () => void) => {
      request.resume().on('end', next);
    });
    const { send } = await serve(app.use('/alerting', serveAlerts({ monitor, authorize })));
    expect(await send('POST /alerting/alerts', json({ title: 'Slow' }))).toMatchObject({ status: 500, text: expect.stringContaining('put serveAlerts() before what reads bodies') });
    expect(log[0]).toContain('put serveAlerts() before');
  });
});

test.each([
  [undefined, /`options`.*`authorize`/],
  [{}, /`authorize`: got undefined/],
  [{ authorize: true }, /`authorize`: got true/],
  [{ authorize, monitor: {} }, /`monitor`/],
  [{ authorize, basePath: '/x' }, /`basePath`: no such option/],
  [{ authorise: authorize, authorize }, /`authorise`: no such option; known here: monitor, authorize/],
])('options of %j are refused when the app starts', (options, message) => {
  expect(() => serveAlerts(options as never)).toThrow(message);
});
