import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AlertsEndpoint } from '../../../src/alerting/api/alerts-endpoint.js';
import { oddRequests } from '../../support/odd-requests.js';
import { testAlerts } from '../set-up.js';
import { testApi } from './set-up.js';

const EVERYTHING = [
  'GET /alerts',
  'POST /alerts',
  'GET /alerts/x',
  'GET /alerts/x/explain',
  'POST /alerts/x/acknowledge',
  'GET /silences',
  'DELETE /silences/x',
  'GET /maintenance-windows',
  'GET /api/v2/status',
  'GET /api/v2/alerts',
  'POST /api/v2/alerts',
  'GET /api/v2/alerts/groups',
  'POST /api/v2/silences',
  'DELETE /api/v2/silence/x',
  'POST /webhooks/alertmanager',
  'GET /nothing',
  'OPTIONS /alerts',
  'PUT /alerts',
  'GET /links/x',
];

describe('who may not', () => {
  test.each([
    ['false', () => false],
    ['an empty name', () => ''],
    ['a blank name', () => '  '],
    ['undefined', () => undefined],
    ['a promise of false', async () => false],
    ['something that is merely true to JavaScript', () => ({ user: 'ada' }) as never],
    ['1', () => 1 as never],
  ])('gets nothing at all where authorize says %s', async (_name, authorize) => {
    const { ask } = await testApi({}, authorize);
    for (const request of EVERYTHING) {
      const { status, text } = await ask(request, request.startsWith('POST') ? [] : undefined);
      expect([request, status]).toEqual([request, 403]);
      expect(text).toMatch(/^\{"(?:error":|code":403,"message":)"Not allowed\."\}$/);
    }
  });

  test.each([
    ['throws', () => { throw new Error('no session store'); }],
    ['rejects', () => Promise.reject(new Error('no session store'))],
  ])('gets nothing where authorize %s, and the log says why', async (_name, authorize) => {
    const { ask, log } = await testApi({}, authorize);
    const { status, text } = await ask('GET /alerts');
    expect([status, text]).toEqual([403, '{"error":"Not allowed."}']);
    expect(log[0]).toContain('`authorize` failed, so a request was refused: Error: no session store');
  });

  test('can not even be forgotten', () => {
    const { alerts } = testAlerts({ channels: {} });
    expect(() => new AlertsEndpoint(alerts, {} as never)).toThrow(/`authorize`: got undefined, expected a function/);
  });
});

describe('a page of another site', () => {
  test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], ['application/json, text/plain'], ['text/json'], ['']])(
    'can change nothing by sending %s',
    async type => {
      const { ask, alerts } = await testApi();
      const { id } = await alerts.fire({ title: 'Slow' });
      for (const path of ['/alerts', `/alerts/${id}/resolve`, '/silences', '/maintenance-windows', '/api/v2/alerts', '/api/v2/silences', '/webhooks/alertmanager']) {
        expect([path, (await ask(`POST ${path}`, '{"title":"x"}', { 'content-type': type })).status]).toEqual([path, 415]);
      }
      expect((await alerts.list()).items).toMatchObject([{ id, status: 'firing' }]);
    },
  );

  test('is not let in by CORS', async () => {
    const { ask } = await testApi();
    const { status, headers } = await ask('OPTIONS /alerts', undefined, { origin: 'https://evil.example', 'access-control-request-method': 'POST' });
    expect(status).toBe(204);
    expect(headers).toMatchObject({ allow: 'GET, HEAD, POST, OPTIONS' });
    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a body', () => {
  test.each([
    ['no JSON', '{"title":', 'The body is not valid JSON.'],
    ['two of them', '{}{}', 'The body is not valid JSON.'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'The body is not valid UTF-8.'],
  ])('that is %s is refused', async (_name, body, error) => {
    const { send } = await testApi();
    expect(await send('POST /alerts', { body, headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 400, text: JSON.stringify({ error }) });
  });

  test('may name its charset, if that is UTF-8', async () => {
    const { ask } = await testApi();
    expect((await ask('POST /alerts', { title: 'x' }, { 'content-type': 'Application/JSON; charset=UTF-8' })).status).toBe(200);
    expect((await ask('POST /alerts', { title: 'x' }, { 'content-type': 'application/json; charset=gbk' })).status).toBe(415);
  });

  test('is not unpacked', async () => {
    const { send } = await testApi();
    const bomb = gzipSync(Buffer.alloc(1_000_000, ' '));
    expect(await send('POST /alerts', { body: bomb, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
  });

  test('of 64 KiB is read, and of one byte more is not', async () => {
    const { ask } = await testApi();
    const padded = (length: number): string => '{"title":"x"}'.padEnd(length, ' ');
    expect((await ask('POST /alerts', padded(65_536))).status).toBe(200);
    expect(await ask('POST /alerts', padded(65_537))).toMatchObject({ status: 413, json: { error: 'The body is too large: at most 65536 bytes are taken.' }, headers: { connection: 'close' } });
  });

  test('that does not say how long it is is cut off when it is too long', async () => {
    const { connect } = await testApi();
    const client = await connect();
    client.send('POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = Buffer.alloc(0x8000, ' ').toString();
    for (let i = 0; i < 3; i++) client.send(`8000\r\n${chunk}\r\n`);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('of hundreds of Prometheus alerts is read', async () => {
    const { ask, alerts } = await testApi();
    const many = Array.from({ length: 500 }, (_, i) => ({ labels: { alertname: 'A', i: String(i) }, annotations: { description: 'x'.repeat(2_000) } }));
    expect((await ask('POST /api/v2/alerts', many)).status).toBe(200);
    expect((await alerts.list({}, { limit: 500 })).items).toHaveLength(500);
  });

  test('that does not come is not waited for', async () => {
    const { connect, clock, alerts } = await testApi();
    const client = await connect();
    const waiting = clock.waiting;
    client.send('POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"title"');
    while (clock.waiting === waiting) await new Promise(resolve => setImmediate(resolve));
    clock.advance(10_000);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not come within 10 seconds/);
    expect((await alerts.list()).items).toEqual([]);
  });

  test('whose sender leaves is dropped, without a word in the log', async () => {
    const { connect, clock, ask, log } = await testApi();
    const client = await connect();
    const waiting = clock.waiting;
    client.send('POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"title"');
    while (clock.waiting === waiting) await new Promise(resolve => setImmediate(resolve));
    client.reset();
    while (clock.waiting !== waiting) await new Promise(resolve => setImmediate(resolve));
    expect((await ask('GET /alerts')).status).toBe(200);
    expect(log).toEqual([]);
  });

  test.each([
    ['lists', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['labels', `{"title":"x","labels":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`],
  ])('of %s in one another is refused', async (_name, body) => {
    const { ask } = await testApi();
    expect((await ask('POST /alerts', body)).status).toBe(400);
    expect((await ask('POST /api/v2/alerts', body)).status).toBe(400);
  });
});

describe('a path', () => {
  test.each([
    ['PUT /alerts', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE /alerts', 'GET, HEAD, POST, OPTIONS'],
    ['POST /alerts/x', 'GET, HEAD, OPTIONS'],
    ['GET /alerts/x/acknowledge', 'POST, OPTIONS'],
    ['GET /silences/x', 'DELETE, OPTIONS'],
    ['PATCH /api/v2/silence/x', 'GET, HEAD, DELETE, OPTIONS'],
    ['GET /webhooks/alertmanager', 'POST, OPTIONS'],
  ])('says what it takes, of %s', async (request, allow) => {
    const { ask } = await testApi();
    const { status, headers } = await ask(request);
    expect([status, headers['allow']]).toEqual([405, allow]);
  });

  test('is asked with HEAD as with GET', async () => {
    const { ask } = await testApi();
    const { status, headers, text } = await ask('HEAD /alerts');
    expect([status, text, headers['content-length']]).toEqual([200, '', String('{"items":[]}'.length)]);
  });

  test.each([
    '/', '//alerts', '/alerts/', '/Alerts', '/alerts//explain', '/alerts/%zz', '/alerts/%E4%BD', '/x/../alerts', '/%2e%2e/alerts', '/alerts/..%2f..%2fetc%2fpasswd/explain', '/alerts%2f',
    '/__proto__', '/constructor', '/alerts/x/constructor', '/api/v2', '/api/v1/alerts', '/api/v2/alerts/groups/', '/links/', '/links/x', '/links/x/y',
  ])('%j leads nowhere', async path => {
    const { connect } = await testApi();
    const client = await connect();
    client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test.each(oddRequests)('asked oddly (%s) does no harm', async (_name, raw) => {
    const { connect, ask, log } = await testApi();
    const client = await connect();
    client.send(raw);
    client.socket.end();
    expect(await client.closed()).not.toMatch(/^HTTP\/1\.1 (?:2|500)/);
    expect((await ask('GET /alerts')).status).toBe(200);
    expect(log).toEqual([]);
  });
});
