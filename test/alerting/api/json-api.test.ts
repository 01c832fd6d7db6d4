import { expect, test } from 'vitest';
import { recordingChannel, told, MINUTE, HOUR } from '../set-up.js';
import { testApi } from './set-up.js';

const DOWN = { title: 'Payment provider down', description: 'No answer.', severity: 'critical', source: 'billing', labels: { region: 'eu' } };

test('an alert is told, listed, read, acknowledged and resolved', async () => {
  const { ask, pass, channel } = await testApi();
  const fired = await ask('POST /alerts', { ...DOWN, startsAt: '2026-11-22T11:59:00Z', annotations: { runbook: 'https://wiki/r' }, generatorUrl: 'https://app/x' });
  expect(fired).toMatchObject({ status: 200, json: { ...DOWN, status: 'firing', timestamp: '2026-11-22T11:59:00.000Z', annotations: { runbook: 'https://wiki/r' } } });
  expect(fired.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  const { id } = fired.json;

  const list = await ask('GET /alerts');
  expect(list.json.items).toMatchObject([{ id, title: DOWN.title }]);
  expect(list.json.items[0]).not.toHaveProperty('history');
  expect((await ask(`GET /alerts/${id}`)).json).toMatchObject({ id, history: [{ event: 'fired', at: '2026-11-22T12:00:00.000Z' }, { event: 'notified' }] });
  expect((await ask(`POST /alerts/${id}/acknowledge`)).json).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' });
  expect(await ask(`POST /alerts/${id}/acknowledge`, {})).toMatchObject({ status: 409, json: { error: 'The alert can not be acknowledged: it is acknowledged.' } });
  expect((await ask(`POST /alerts/${id}/unacknowledge`)).json).toMatchObject({ status: 'firing' });
  expect(await ask(`POST /alerts/${id}/unacknowledge`)).toMatchObject({ status: 409 });
  const resolved = await ask(`POST /alerts/${id}/resolve`);
  expect(resolved.json).toMatchObject({ status: 'resolved' });
  expect(resolved.json.history.at(-1)).toMatchObject({ event: 'resolved', by: 'ada' });
  expect(await ask(`POST /alerts/${id}/resolve`)).toMatchObject({ status: 409, json: { error: 'The alert can not be resolved: it is resolved.' } });
});

test('an alert is explained', async () => {
  const { ask, alerts, pass } = await testApi();
  const { id } = await alerts.fire({ title: 'Slow', severity: 'low' });
  await pass(MINUTE);
  const { json } = await ask(`GET /alerts/${id}/explain`);
  expect(json).toMatchObject({ alert: { id }, routes: [{ route: { receiver: 'severity low' } }], backlog: { dingtalk: 0 } });
  expect(json.routes[0].judgements).toContainEqual({ stage: 'silence', verdict: { passes: true } });
});

test('a list is filtered and comes in pages', async () => {
  const { ask, alerts, clock } = await testApi();
  for (const [i, severity] of (['critical', 'high', 'high', 'low'] as const).entries()) {
    await alerts.fire({ title: `A${i}`, severity, source: i < 2 ? 'api' : 'db', labels: { i: String(i) } });
    clock.advance(1_000);
  }
  await alerts.resolve({ title: 'A3', source: 'db', labels: { i: '3' } });
  const titles = async (query: string): Promise<string[]> => (await ask(`GET /alerts${query}`)).json.items.map(({ title }: { title: string }) => title);

  expect(await titles('')).toEqual(['A3', 'A2', 'A1', 'A0']);
  expect(await titles('?status=active')).toEqual(['A2', 'A1', 'A0']);
  expect(await titles('?status=resolved')).toEqual(['A3']);
  expect(await titles('?severity=high&source=db')).toEqual(['A2']);
  expect(await titles('?matcher=i%3D~%220%7C2%22&matcher=alertname!%3D%22A0%22')).toEqual(['A2']);
  const first = (await ask('GET /alerts?limit=3')).json;
  expect(first.items).toHaveLength(3);
  expect(await titles(`?limit=3&after=${first.next}`)).toEqual(['A0']);
});

test.each([
  ['?sevrity=high', '?sevrity', /no such parameter; known here: status, severity, source, matcher, limit, after/],
  ['?severity=urgent', '?severity', /got "urgent", expected critical, high, medium, low, info/],
  ['?status=on', '?status', /expected active, firing, acknowledged, suppressed, resolved/],
  ['?limit=0', '?limit', /from 1 to 500/],
  ['?limit=501', '?limit', /from 1 to 500/],
  ['?limit=1e2', '?limit', /from 1 to 500/],
  ['?status=firing&status=resolved', '?status', /one value/],
  ['?after=x', 'after', /the `next` of the page before/],
  ['?matcher=nonsense', 'matchers[0]', /a label's name/],
  ['?__proto__=1', '?__proto__', /no such parameter/],
])('a list asked for by %s is refused', async (query, path, message) => {
  const { ask } = await testApi();
  expect(await ask(`GET /alerts${query}`)).toMatchObject({ status: 400, json: { path, error: expect.stringMatching(message) } });
});

test.each([
  ['nothing', '', 'body', /got undefined, expected a mapping/],
  ['a text', '"x"', 'body', /expected a mapping/],
  ['null', 'null', 'body', /expected a mapping/],
  ['no title', {}, 'body.title', /what is wrong, in a few words/],
  ['a blank title', { title: ' ' }, 'body.title', /what is wrong/],
  ['a number for a title', { title: 5 }, 'body.title', /got 5, expected a text/],
  ['an unknown severity', { title: 'x', severity: 'urgent' }, 'body.severity', /got "urgent", expected critical, high/],
  ['a label that is no text', { title: 'x', labels: { region: { a: 1 } } }, 'body.labels.region', /got an object with keys {a}, expected a text/],
  ['labels that are a list', { title: 'x', labels: ['a'] }, 'body.labels', /expected a mapping/],
  ['a time without a zone', { title: 'x', startsAt: '2026-11-22T12:00:00' }, 'body.startsAt', /a time such as/],
  ['a day that there is not', { title: 'x', endsAt: '2026-13-41T12:00:00Z' }, 'body.endsAt', /a time such as/],
  ['a number for a time', { title: 'x', endsAt: 5 }, 'body.endsAt', /a time such as/],
  ['a script for a link', { title: 'x', generatorUrl: 'javascript:alert(1)' }, 'body.generatorUrl', /http:\/\/ or https:\/\//],
  ['a field nobody knows', { title: 'x', sevrity: 'high' }, 'body.sevrity', /not supported; supported here: title, description/],
  ['a prototype', '{"title":"x","__proto__":{"severity":"critical"}}', 'body.__proto__', /not supported/],
  ['a constructor', '{"title":"x","constructor":{"prototype":{}}}', 'body.constructor', /not supported/],
])('an alert with %s is refused, with the path of what is wrong', async (_name, body, path, message) => {
  const { ask, log, alerts } = await testApi();
  const answer = await ask('POST /alerts', body);
  expect(answer).toMatchObject({ status: 400, json: { path, error: expect.stringMatching(message) } });
  expect(answer.text).not.toMatch(/ at .*:\d+|node_modules/);
  expect((await alerts.list()).items).toEqual([]);
  expect(log).toEqual([]);
});

test('labels may have the names of what every object has', async () => {
  const { ask } = await testApi();
  const { json } = await ask('POST /alerts', '{"title":"x","labels":{"__proto__":"a","constructor":"b","toString":"c"}}');
  expect(Object.entries((await ask(`GET /alerts/${json.id}`)).json.labels)).toEqual([['__proto__', 'a'], ['constructor', 'b'], ['toString', 'c']]);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
});

test('where authorize gives no name, whoever acknowledges gives one', async () => {
  const { ask, alerts } = await testApi({}, () => true);
  const { id } = await alerts.fire({ title: 'Slow' });
  expect(await ask(`POST /alerts/${id}/acknowledge`, {})).toMatchObject({ status: 400, json: { path: 'body.user', error: expect.stringContaining('`authorize` gives none') } });
  expect((await ask(`POST /alerts/${id}/acknowledge`, { user: 'grace' })).json).toMatchObject({ acknowledgedBy: 'grace' });
});

test('nobody acts under the name of somebody else', async () => {
  const { ask, alerts } = await testApi();
  const { id } = await alerts.fire({ title: 'Slow' });
  expect((await ask(`POST /alerts/${id}/acknowledge`, { user: 'grace' })).json).toMatchObject({ acknowledgedBy: 'ada' });
  expect((await ask('POST /silences', { matchers: ['a="b"'], duration: '1h', createdBy: 'grace' })).json).toMatchObject({ createdBy: 'ada' });
});

test('a silence is made, listed and ended', async () => {
  const { ask, pass, alerts, channel } = await testApi();
  const made = await ask('POST /silences', { matchers: ['source="billing",region=~"eu|us"'], duration: '2h', comment: 'known' });
  expect(made).toMatchObject({
    status: 201,
    json: { matchers: ['source="billing"', 'region=~"eu|us"'], createdBy: 'ada', comment: 'known', state: 'active', endsAt: '2026-11-22T14:00:00.000Z' },
  });
  await alerts.fire(DOWN as never);
  await pass(MINUTE);
  expect(told(channel)).toEqual([]);
  const { id } = made.json;
  expect((await ask('GET /silences')).json.items).toMatchObject([{ id, state: 'active' }]);

  expect(await ask(`DELETE /silences/${id}`)).toMatchObject({ status: 204, text: '' });
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  expect((await ask('GET /silences')).json.items).toMatchObject([{ id, state: 'expired' }]);
  expect(await ask(`DELETE /silences/${id}`)).toMatchObject({ status: 404 });
});

test('a silence may begin later, and say when it ends', async () => {
  const { ask } = await testApi();
  const made = await ask('POST /silences', { matchers: ['a="b"'], startsAt: '2026-11-22T13:00:00Z', endsAt: '2026-11-22T16:00:00+01:00' });
  expect(made.json).toMatchObject({ state: 'pending', startsAt: '2026-11-22T13:00:00.000Z', endsAt: '2026-11-22T15:00:00.000Z' });
});

test.each([
  [{}, 'body.duration', /either a duration or an `endsAt`/],
  [{ matchers: ['a="b"'], duration: '1h', endsAt: '2027-01-01T00:00:00Z' }, 'body.duration', /either/],
  [{ duration: '1h' }, 'body.matchers', /at least one matcher/],
  [{ matchers: [], duration: '1h' }, 'body.matchers', /at least one matcher/],
  [{ matchers: ['{}'], duration: '1h' }, 'body.matchers', /at least one matcher/],
  [{ matchers: ['team=~".*"'], duration: '1h' }, 'body.matchers', /does not match an empty label/],
  [{ matchers: ['a b'], duration: '1h' }, 'body.matchers[0]', /got "a b"/],
  [{ matchers: [5], duration: '1h' }, 'body.matchers[0]', /a text/],
  [{ matchers: ['a="b"'], duration: 'soon' }, 'body.duration', /a duration such as/],
  [{ matchers: ['a="b"'], endsAt: '2026-11-22T11:00:00Z' }, 'body.endsAt', /after its beginning/],
  [{ matchers: ['a="b"'], startsAt: '2026-11-22T09:00:00Z', endsAt: '2026-11-22T11:00:00Z' }, 'body.endsAt', /in the future/],
])('a silence of %j is refused', async (body, path, message) => {
  const { ask, alerts } = await testApi();
  expect(await ask('POST /silences', body)).toMatchObject({ status: 400, json: { path, error: expect.stringMatching(message) } });
  expect(await alerts.silences.list()).toEqual([]);
});

test('a window of maintenance is added, listed and removed', async () => {
  const { ask, pass, alerts, channel } = await testApi();
  const window = { name: 'release / now', start: '2026-11-22T11:00:00Z', end: '2026-11-22T14:00:00Z', severities: ['critical'], match: ['region="eu"'] };
  expect(await ask('POST /maintenance-windows', window)).toMatchObject({ status: 201, json: { name: 'release / now' } });
  expect(await ask('POST /maintenance-windows', window)).toMatchObject({ status: 409 });
  const nightly = { name: 'backups', every: ['saturday', 'sunday'], at: '03:00', duration: '90m', timeZone: 'Asia/Shanghai' };
  expect(await ask('POST /maintenance-windows', nightly)).toMatchObject({ status: 201 });
  const during = { times: [{ startTime: '09:00', endTime: '17:00' }], weekdays: ['monday:friday'], daysOfMonth: [1, '-1'], months: ['may'], years: [2026], location: 'UTC' };
  expect(await ask('POST /maintenance-windows', { name: 'office', during })).toMatchObject({ status: 201 });
  expect((await ask('GET /maintenance-windows')).json.items).toEqual([
    { name: 'backups', isOn: false, isConfigured: false },
    { name: 'office', isOn: false, isConfigured: false },
    { name: 'release / now', isOn: true, isConfigured: false },
  ]);
  await alerts.fire(DOWN as never);
  await pass(MINUTE);
  expect(told(channel)).toEqual([]);

  expect(await ask('DELETE /maintenance-windows/release%20%2F%20now')).toMatchObject({ status: 204 });
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  expect(await ask('DELETE /maintenance-windows/release%20%2F%20now')).toMatchObject({ status: 404 });
});

test.each([
  [{ name: 'x' }, 'maintenanceWindow', /either start and end, or every/],
  [{ start: '2026-11-22T11:00:00Z', end: '2026-11-22T14:00:00Z' }, 'body.name', /a name/],
  [{ name: 'x', every: 5, at: '03:00', duration: '1h' }, 'body.every', /a text/],
  [{ name: 'x', every: 'day', at: '25:00', duration: '1h' }, 'maintenanceWindow.at', /25:00/],
  [{ name: 'x', every: 'day', at: '03:00', duration: '1h', timeZone: 'Mars' }, 'maintenanceWindow.timeZone', /Mars/],
  [{ name: 'x', during: { times: [null] } }, 'body.during.times[0]', /a mapping/],
  [{ name: 'x', during: { times: [{ startTime: '09:00' }] } }, 'body.during.times[0].endTime', /09:00/],
  [{ name: 'x', during: { weekdays: [{}] } }, 'body.during.weekdays[0]', /a text/],
  [{ name: 'x', during: [] }, 'body.during', /a mapping/],
  [{ name: 'x', during: {}, match: [['a']] }, 'body.match[0]', /a text/],
  [{ name: 'x', during: {}, severities: ['bad'] }, 'body.severities[0]', /critical/],
])('a window of %j is refused', async (body, path, message) => {
  const { ask, alerts, log } = await testApi();
  expect(await ask('POST /maintenance-windows', body)).toMatchObject({ status: 400, json: { path, error: expect.stringMatching(message) } });
  expect(await alerts.maintenanceWindows.list()).toEqual([]);
  expect(log).toEqual([]);
});

test('what there is not is not found', async () => {
  const { ask } = await testApi();
  for (const request of ['GET /alerts/none', 'GET /alerts/none/explain', 'POST /alerts/none/acknowledge', 'POST /alerts/none/resolve', 'GET /alerts/__proto__', 'DELETE /silences/none']) {
    expect([request, (await ask(request)).status]).toEqual([request, 404]);
  }
});

test('an alert that no store can take is told directly', async () => {
  const channel = recordingChannel();
  const { ask, alerts, pass } = await testApi({ channels: { dingtalk: channel } });
  alerts.parts.store.fire = () => Promise.reject(new Error('down'));
  expect(await ask('POST /alerts', DOWN)).toMatchObject({ status: 200 });
  await pass(HOUR);
  expect(told(channel)).toEqual(['first: Payment provider down']);
});

test('a store that is down is no secret, and tells nothing else', async () => {
  const { ask, alerts, log } = await testApi();
  alerts.parts.store.get = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'));
  expect(await ask('GET /alerts/x')).toMatchObject({ status: 500, json: { error: 'The request failed; see the log.' } });
  expect(log.join()).toContain('ECONNREFUSED');
});
