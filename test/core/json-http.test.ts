import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { HttpRequestError, postJson, requestText, retryAfterMs, type FetchLike } from '../../src/core/json-http.js';
import { standIn, status } from '../support/stand-in.js';
import { deferred } from '../support/deferred.js';
import { freePort } from '../support/free-port.js';
import { serve } from '../support/serve.js';

const SECRET_PATH = '/services/T0ABCDEF1/B0ABCDEF2/aaaaBBBBccccDDDD?access_token=tok_123456789';

describe('a request', () => {
  test('is JSON, and so is its answer', async () => {
    const { url, requests } = await standIn({ ok: true });

    const answer = await postJson(`${url}/x`, { body: { text: '你好' }, headers: { 'x-key': 'k' } });

    expect(requests[0]).toMatchObject({ method: 'POST', path: '/x', json: { text: '你好' } });
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json;charset=utf-8', 'x-key': 'k', 'user-agent': 'sightline' });
    expect(answer).toMatchObject({ status: 200, json: { ok: true }, text: '{"ok":true}' });
    expect(answer.headers.get('Content-Type')).toBe('application/json');
  });

  test('is a form where one is given', async () => {
    const { url, requests } = await standIn({});

    await postJson(url, { form: { To: '+49 1', Body: 'a&b' } });

    expect(requests[0]?.headers['content-type']).toMatch('application/x-www-form-urlencoded');
    expect(requests[0]?.text).toBe('To=%2B49+1&Body=a%26b');
  });

  test('is sent as it is, and by GET without a body', async () => {
    const { url, requests } = await standIn({});

    await requestText(url, { body: '{"exact" : 1}', headers: { 'content-type': 'application/json' } });
    await requestText(url);

    expect(requests.map(({ method, text }) => [method, text])).toEqual([
      ['POST', '{"exact" : 1}'],
      ['GET', ''],
    ]);
  });

  test('goes no further where it is redirected: the next host must not learn the secret', async () => {
    const elsewhere = await standIn({});
    const { url } = await standIn(status(307, '', { location: elsewhere.url }));

    const answer = await postJson(url, { body: {} });

    expect(answer.status).toBe(307);
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('uses the fetch that is given', async () => {
    const asked: unknown[] = [];
    const fetch: FetchLike = async (url, init) => {
      asked.push([url, init.method, init.redirect]);
      return new Response('{"by":"proxy"}', { status: 202 });
    };

    const answer = await postJson('https://example.com/x', { body: 1, fetch });

    expect(asked).toEqual([['https://example.com/x', 'POST', 'manual']]);
    expect(answer).toMatchObject({ status: 202, json: { by: 'proxy' } });
  });

  test('reads an answer without a stream, as some have it', async () => {
    const fetch: FetchLike = async () => ({ status: 200, headers: new Headers(), text: async () => '{"a":1}' });

    expect((await postJson('https://example.com', { body: 1, fetch })).json).toEqual({ a: 1 });
  });
});

describe('an answer', () => {
  test.each([
    ['garbage', '<html>', undefined],
    ['nothing', '', undefined],
    ['half of JSON', '{"a":', undefined],
    ['null', 'null', null],
  ])('that is %s is an answer', async (_, body, json) => {
    const { url } = await standIn(status(200, body));

    expect(await requestText(url)).toMatchObject({ status: 200, text: body, json });
  });

  test('is read up to 64 KiB', async () => {
    const { url } = await standIn(status(200, 'x'.repeat(65_536)), status(200, 'x'.repeat(65_537)));

    expect((await requestText(url)).text).toHaveLength(65_536);
    expect((await requestText(url)).text).toHaveLength(65_536);
  });

  test('that is cut is no JSON, even where its beginning is', async () => {
    const { url } = await standIn(status(200, '1234'));

    expect(await requestText(url, { maxBytes: 4 })).toMatchObject({ text: '1234', json: 1234 });
    expect(await requestText(url, { maxBytes: 3 })).toMatchObject({ text: '123', json: undefined });
  });

  test('is never cut within a character', async () => {
    const { url } = await standIn(status(200, 'a告b'));

    const texts: string[] = [];
    for (const maxBytes of [1, 2, 3, 4, 5]) texts.push((await requestText(url, { maxBytes })).text);

    expect(texts).toEqual(['a', 'a', 'a', 'a告', 'a告b']);
  });

  test('that never ends is left when enough is read', async () => {
    const closed = deferred<void>();
    const { url } = await standIn((_, response) => {
      const chunk = Buffer.alloc(16_384, 'x');
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', write).on('close', () => {
        closed.resolve();
      });
      write();
    });

    expect((await requestText(url)).text).toHaveLength(65_536);
    await closed.promise;
  });

  test('is shown in one line, without the secrets of the request', async () => {
    const { url } = await standIn(status(404, 'x'));
    const answer = await requestText(url + SECRET_PATH, { secrets: ['hidden-key'] });

    expect(answer.safe(`No\n\tsuch path:\u0000 ${SECRET_PATH} hidden-key`)).toBe(
      'No such path: /services/[redacted]/[redacted]/[redacted]?access_token=[redacted] [redacted]',
    );
    expect(answer.safe('x'.repeat(100_000)).length).toBeLessThanOrEqual(200);
    expect(answer.safe('the access_token is missing')).toBe('the access_token is missing');
  });
});

describe('a request without an answer', () => {
  async function failure(url: string, options: Parameters<typeof postJson>[1] = { body: {} }): Promise<HttpRequestError> {
    const error: unknown = await postJson(url, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(HttpRequestError);
    return error as HttpRequestError;
  }

  test('says that the connection was refused', async () => {
    const port = await freePort();
    const error = await failure(`http://127.0.0.1:${port}${SECRET_PATH}`);

    expect(error).toMatchObject({ failure: 'refused', code: 'SIGHTLINE_HTTP_REQUEST' });
    expect(error.message).toBe(`POST 127.0.0.1:${port}: the connection was refused (ECONNREFUSED)`);
  });

  test('says that the connection was closed', async () => {
    const { url } = await serve(createServer(socket => socket.destroy()) as never);

    expect((await failure(url)).failure).toBe('reset');
  });

  test('says that the answer broke off', async () => {
    const { url } = await standIn((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      response.destroy();
    });

    expect((await failure(url)).failure).toBe('reset');
  });

  test('says that time ran out, before the answer and within it', async () => {
    const silent = await standIn(() => {});
    const slow = await standIn((_, response) => response.writeHead(200).write('half'));

    expect((await failure(silent.url, { body: {}, signal: AbortSignal.timeout(20) })).failure).toBe('timeout');
    expect((await failure(slow.url, { body: {}, signal: AbortSignal.timeout(20) })).failure).toBe('timeout');
  });

  test('says that it was ended', async () => {
    const stop = new AbortController();
    const { url } = await standIn(() => {
      stop.abort();
    });

    expect((await failure(url, { body: {}, signal: stop.signal })).failure).toBe('aborted');
    expect((await failure(url, { body: {}, signal: stop.signal })).failure).toBe('aborted');
  });

  test('ends also where a given fetch does not know the signal', async () => {
    const fetch: FetchLike = () => new Promise(() => {});

    expect((await failure('https://example.com', { body: {}, fetch, signal: AbortSignal.timeout(10) })).failure).toBe('timeout');
  });

  test.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['EHOSTUNREACH', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ESOMETHING', 'network'],
  ])('of %s is %s', async (code, kind) => {
    const fetch: FetchLike = () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }));

    expect((await failure('https://example.com', { body: {}, fetch })).failure).toBe(kind);
  });

  test('of a host with several addresses says what the first one did', async () => {
    const each = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const fetch: FetchLike = () => Promise.reject(new TypeError('fetch failed', { cause: new AggregateError([each, each]) }));

    expect((await failure('https://example.com', { body: {}, fetch })).failure).toBe('refused');
  });

  test('shows nothing of the address but the host, whatever went wrong', async () => {
    const url = `https://example.com${SECRET_PATH}`;
    const thrown = [new Error(`request to ${url} failed`), `no ${url}`, undefined, Object.assign(new Error(url), { code: url })] as Error[];
    for (const error of thrown) {
      const found = await failure(url, { body: {}, fetch: () => Promise.reject(error) });
      expect(found.message).toBe('POST example.com: the request failed');
      expect(found.cause).toBeUndefined();
      expect(found.stack).not.toMatch(/tok_|services/);
    }
    expect((await failure('not a url?access_token=tok_123456789')).message).toBe('POST an unreadable URL: this is not a URL that can be asked');
  });
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-11-22T06:10:00Z');
  test.each([
    ['30', 30_000],
    [' 30 ', 30_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Sun, 22 Nov 2026 06:10:30 GMT', 30_000],
    // In the past: at once
    ['Sun, 22 Nov 2026 06:09:00 GMT', 0],
    // A wrong header must not silence a channel
    ['99999999', 3_600_000],
    ['Tue, 22 Nov 2050 06:09:00 GMT', 3_600_000],
    ['-5', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['2050', 2_050_000],
    ['2026-11-22T06:11:00Z', undefined],
    ['Foo, bar GMT', undefined],
    ['', undefined],
  ])('%j is %s ms', (value, wait) => {
    expect(retryAfterMs(new Headers({ 'retry-after': value }), NOW)).toBe(wait);
  });

  test('is not there', () => {
    expect(retryAfterMs(new Headers(), NOW)).toBeUndefined();
  });
});
