import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

const REQUEST = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Grade this.' }] };
const SERIES = 'openai gpt-4o';

/** What the provider does with one attempt. */
type Attempt = () => Response;

function answer(headers: Record<string, string> = {}): Response {
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Good.' }, finish_reason: 'stop' }];
  return Response.json({ id: 'c1', object: 'chat.completion', model: 'gpt-4o', choices, usage }, { headers });
}

/** The SDK goes by the wait that it is given, so nobody has to wait here. */
function refusal(headers: Record<string, string> = { 'retry-after-ms': '1' }): Response {
  return Response.json({ error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }, { status: 429, headers });
}

function unreachable(): Response {
  throw new TypeError('fetch failed');
}

interface Subject extends TestMonitor {
  readonly client: OpenAI;
  readonly clock: ManualClock;
  /** What the app's own `fetch` was given. */
  readonly inits: (RequestInit | undefined)[];
}

/** OpenAI's own client, measured, with a `fetch` that does one thing after the other, and the last one ever after. */
function measured(attempts: readonly Attempt[], isMeasured = true): Subject {
  const clock = new ManualClock();
  const monitor = testMonitor({ clock });
  const inits: (RequestInit | undefined)[] = [];
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    inits.push(init);
    const attempt = attempts[Math.min(inits.length, attempts.length) - 1];
    return Promise.resolve().then(() => attempt?.() ?? answer());
  };
  const client = new OpenAI({ apiKey: 'key', baseURL: 'https://api.openai.com/v1', fetch, maxRetries: 2 });
  // Where the provider names no wait, the SDK takes half a second.
  Object.assign(client, { calculateDefaultRetryTimeoutMillis: () => 1 });
  if (isMeasured) monitor.monitor.instrumentAiClient(client);
  return { ...monitor, client, clock, inits };
}

test('attempts that the SDK makes again are counted, whatever became of the first', async () => {
  const { client, series } = measured([refusal, refusal, answer, refusal]);

  await client.chat.completions.create(REQUEST);
  await client.chat.completions.create(REQUEST, { maxRetries: 0 }).catch(() => undefined);

  expect(series('ai_retries_total')).toEqual({ [SERIES]: 2 });
  expect(series('ai_request_outcomes_total')).toEqual({ [`${SERIES} ok`]: 1, [`${SERIES} rate_limited`]: 1 });
});

test('a call that never got through has the retries that it took', async () => {
  const { client, series } = measured([refusal]);

  await expect(client.chat.completions.create(REQUEST)).rejects.toThrow(OpenAI.RateLimitError);
  expect(series('ai_retries_total')).toEqual({ [SERIES]: 2 });
});

test('a connection that failed is tried again, and counts', async () => {
  const { client, series } = measured([unreachable, answer]);

  await client.chat.completions.create(REQUEST);
  expect(series('ai_retries_total')).toEqual({ [SERIES]: 1 });
});

test('each of several calls at a time has its own retries', async () => {
  const { client, series } = measured([answer, refusal, answer]);
  const other = { ...REQUEST, model: 'gpt-4o-mini' };

  // They have one and the same body, too.
  await Promise.all([client.chat.completions.create(REQUEST), client.chat.completions.create(other), client.chat.completions.create(REQUEST)]);
  expect(Object.values(series('ai_retries_total'))).toEqual([1]);
});

test('a copy of the client counts its retries once', async () => {
  const { client, series } = measured([refusal, answer]);

  await client.withOptions({ timeout: 4_000 }).withOptions({ maxRetries: 1 }).chat.completions.create(REQUEST);
  expect(series('ai_retries_total')).toEqual({ [SERIES]: 1 });
  expect(series('ai_requests_total')).toEqual({ [`${SERIES} success`]: 1 });
});

test("the app's own fetch is given what it would be without us", async () => {
  const { client, inits } = measured([refusal, answer]);
  const bare = measured([refusal, answer], false);
  const options = { fetchOptions: { keepalive: true } };
  await client.chat.completions.create(REQUEST, options);
  await bare.client.chat.completions.create(REQUEST, options);

  const keys = (each: readonly (RequestInit | undefined)[]) => each.map(init => Reflect.ownKeys(init ?? {}));
  expect(keys(inits)).toEqual(keys(bare.inits));
  expect(Reflect.ownKeys(options)).toEqual(['fetchOptions']);
});

test('what is left of a limit is shown a moment later at most, of a refusal at once', async () => {
  const left = (requests: number) => ({ 'x-ratelimit-remaining-requests': String(requests) });
  const { client, series, clock } = measured([
    () => answer(left(9)),
    () => answer(left(8)),
    () => answer(left(7)),
    () => refusal({ ...left(0), 'retry-after-ms': '1' }),
    () => answer(left(6)),
    () => refusal({ ...left(1), 'retry-after': '20' }),
  ]);
  const ask = (): Promise<unknown> => client.chat.completions.create(REQUEST, { maxRetries: 1 });
  const remaining = (): Record<string, number> => series('ai_rate_limit_remaining');

  await ask();
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 9 });
  await ask();
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 9 });
  clock.advance(60);
  await ask();
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 9 });
  clock.advance(40);
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 7 });
  await ask();
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 0 });
  expect(series('ai_retry_after_seconds')).toEqual({ [SERIES]: 0.001 });
  // The last attempt's headers come with the error.
  await client.chat.completions.create(REQUEST, { maxRetries: 0 }).catch(() => undefined);
  expect(remaining()).toEqual({ [`${SERIES} requests`]: 1 });
  expect(series('ai_retry_after_seconds')).toEqual({ [SERIES]: 20 });
});

test('headers that can not be read do no harm', async () => {
  const failure = new Error('mine');
  Object.defineProperty(failure, 'headers', {
    get() {
      throw new Error('not yours');
    },
  });
  const { client, series } = measured([answer]);
  Object.assign(client, { prepareOptions: () => Promise.reject(failure) });

  await expect(client.chat.completions.create(REQUEST)).rejects.toBe(failure);
  expect(series('ai_request_outcomes_total')).toEqual({ [`${SERIES} other`]: 1 });
});
