import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scrape } from '../../examples/learning-platform/live/exposition.js';
import { scripted } from '../../examples/stand-ins/openai-plan.js';
import { startOpenAiStandIn, type OpenAiStandIn, type StandInOptions } from '../../examples/stand-ins/openai-stand-in.js';
import { startProgram, type Program } from '../support/program.js';

const RELEASE = 'gpt-4o-2024-08-06';
const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Why do cities plant trees?' }] } satisfies OpenAI.ChatCompletionCreateParams;
const streamed = { ...question, stream: true, stream_options: { include_usage: true } } as const;
const DAY_SECONDS = 86_400;
/** Budgets of a hundred years, counted from the epoch: no run of these tests sees the end of one, as it would at midnight. */
const WINDOW_DAYS = 36_500;
/** So slow that whatever is read of an answer was sent before the rest of it was written. */
const NEVER_ENDING = 1_000_000;

let gateway: Program;
let url: string;
let standIn: OpenAiStandIn | undefined;

beforeEach(() => {
  vi.stubEnv('PORT', '0');
  vi.stubEnv('OPENAI_API_KEY', '');
  vi.stubEnv('OPENAI_BASE_URL', '');
  vi.stubEnv('BUDGET_WINDOW', `${WINDOW_DAYS}d`);
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await standIn?.close();
  standIn = undefined;
  vi.unstubAllEnvs();
});

async function start(): Promise<void> {
  gateway = startProgram(process.execPath, '--import', './examples/prepare.mjs', 'examples/koa-ai-gateway/start.mjs');
  [url = ''] = /http:\/\/[^/]+/.exec(await gateway.line(/^http:/)) ?? [];
}

/** The gateway, with an upstream that this test knows all of. */
async function startBefore(options: StandInOptions): Promise<OpenAiStandIn> {
  standIn = await startOpenAiStandIn({ thinkingMs: 1, tokenMs: 0, retryAfterMs: 1, ...options });
  vi.stubEnv('OPENAI_API_KEY', 'key-of-the-gateway');
  vi.stubEnv('OPENAI_BASE_URL', standIn.baseURL);
  await start();
  return standIn;
}

/** A tenant's own client: the real SDK, as it comes. */
function clientOf(tenant: string, options: { maxRetries?: number } = {}): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: `key-of-${tenant}`, ...options });
}

/** A metric's values by some of its labels. */
async function counts(metric: string, ...labels: readonly string[]): Promise<Record<string, number>> {
  return Object.fromEntries((await scrape(`${url}/metrics`)).by(metric, ...labels));
}

async function failureOf(call: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(OpenAI.APIError);
  return error as InstanceType<typeof OpenAI.APIError>;
}

function costOf({ prompt_tokens, completion_tokens }: OpenAI.CompletionUsage): number {
  return (prompt_tokens * 2.5 + completion_tokens * 10) / 1_000_000;
}

describe('in front of an upstream whose books are known', () => {
  test('its metrics are what the upstream billed, and what each tenant was told', async () => {
    const upstream = await startBefore({ plan: scripted('answer', 'answer', 'answer', 'rate-limit', 'filter', 'answer') });
    const acme = clientOf('acme', { maxRetries: 0 });
    const globex = clientOf('globex', { maxRetries: 0 });

    const usages: { acme: OpenAI.CompletionUsage[]; globex: OpenAI.CompletionUsage[] } = { acme: [], globex: [] };
    const whole = await acme.chat.completions.create(question);
    expect(whole.choices[0]?.message.content).toContain('This is a stand-in');
    usages.acme.push(whole.usage as OpenAI.CompletionUsage);

    let text = '';
    for await (const { choices, usage } of await acme.chat.completions.create(streamed)) {
      text += choices[0]?.delta.content ?? '';
      if (usage) usages.acme.push(usage);
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usages.acme).toHaveLength(2);

    // Who does not ask for the usage of a stream gets none, and is billed all the same.
    for await (const chunk of await acme.chat.completions.create({ ...question, stream: true })) expect(chunk.choices).toHaveLength(1);
    usages.acme.push(usages.acme[1] as OpenAI.CompletionUsage);

    const refusal = await failureOf(globex.chat.completions.create(streamed));
    expect(refusal).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(refusal.headers?.get('retry-after')).toBe('1');
    const filtered = await globex.chat.completions.create(question);
    expect(filtered.choices[0]?.finish_reason).toBe('content_filter');
    usages.globex.push(filtered.usage as OpenAI.CompletionUsage);
    const cheap = await globex.chat.completions.create({ ...question, model: 'gpt-4o-mini' });
    expect(cheap.model).toBe('gpt-4o-mini-2024-07-18');

    await expect
      .poll(() => counts('ai_request_outcomes_total', 'service', 'model', 'outcome'))
      .toEqual({
        [`openai ${RELEASE} ok`]: 3,
        [`openai ${RELEASE} content_filter`]: 1,
        'openai gpt-4o rate_limited': 1,
        'openai gpt-4o-mini-2024-07-18 ok': 1,
      });
    expect(Object.fromEntries(upstream.books.requests)).toEqual({
      [`${RELEASE} 0 answered`]: 3,
      [`${RELEASE} 0 filtered`]: 1,
      'gpt-4o 0 rate_limited': 1,
      'gpt-4o-mini-2024-07-18 0 answered': 1,
    });
    const tokens = [...upstream.books.tokens].filter(([key]) => !key.endsWith(' cached'));
    expect(await counts('ai_token_usage_total', 'model', 'type')).toEqual(Object.fromEntries(tokens));
    const costs = await counts('ai_service_cost_total', 'model');
    expect(Object.keys(costs).sort()).toEqual([...upstream.books.billed.keys()].sort());
    for (const [model, billed] of upstream.books.billed) expect(costs[model]).toBeCloseTo(billed, 12);

    const attributed = await counts('ai_attributed_cost_total', 'endpoint', 'tenant', 'feature');
    expect(Object.keys(attributed).sort()).toEqual(['/v1/chat/completions acme chat', '/v1/chat/completions globex chat']);
    expect(attributed['/v1/chat/completions acme chat']).toBeCloseTo(usages.acme.reduce((sum, usage) => sum + costOf(usage), 0), 12);
    expect(attributed['/v1/chat/completions globex chat']).toBeCloseTo(
      usages.globex.reduce((sum, usage) => sum + costOf(usage), 0) + (upstream.books.billed.get('gpt-4o-mini-2024-07-18') ?? NaN),
      12,
    );
    const spent = await counts('ai_budget_spent', 'budget', 'tenant');
    expect(Object.keys(spent).sort()).toEqual(['tenant acme', 'tenant globex']);
    for (const tenant of ['acme', 'globex']) {
      // Budgets count in millionths.
      expect(spent[`tenant ${tenant}`]).toBeCloseTo(attributed[`/v1/chat/completions ${tenant} chat`] ?? NaN, 6);
    }
    expect(await counts('http_requests_total', 'endpoint', 'status_code')).toEqual({ '/v1/chat/completions 200': 5, '/v1/chat/completions 429': 1 });
    expect(await counts('sightline_errors_total', 'component')).toEqual({});
  });

  test('a tenant that has spent its budget is refused until the next one begins, and only that tenant', async () => {
    vi.stubEnv('TENANT_BUDGET', '0.000001');
    const upstream = await startBefore({ plan: scripted() });
    // Its SDK would try twice more, and first wait for as long as it is told to: it must not.
    const acme = clientOf('acme');
    await acme.chat.completions.create(question);
    await gateway.line(/Tenant acme has spent 100 % of its budget/);

    for (const request of [question, streamed]) {
      const error = await failureOf(acme.chat.completions.create(request));
      expect(error).toBeInstanceOf(OpenAI.RateLimitError);
      expect(error).toMatchObject({ status: 429, code: 'budget_exceeded', type: 'insufficient_quota' });
      const end = new Date(WINDOW_DAYS * DAY_SECONDS * 1_000);
      expect(error.message).toContain(`Your budget of 0.000001 USD is spent. The next one begins at ${end.toISOString()}.`);
      const seconds = Number(error.headers?.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(WINDOW_DAYS * DAY_SECONDS);
    }
    expect(upstream.books.requests).toEqual(new Map([[`${RELEASE} 0 answered`, 1]]));
    expect(await counts('ai_budget_rejections_total', 'budget')).toEqual({ tenant: 2 });
    expect(await counts('ai_budget_remaining', 'tenant')).toEqual({ acme: 0 });

    await clientOf('globex').chat.completions.create(question);
    expect(await counts('ai_request_outcomes_total', 'outcome')).toEqual({ ok: 2 });
  });

  test('a stream reaches its client piece by piece; when the client leaves, so does the gateway', async () => {
    const upstream = await startBefore({ plan: scripted(), tokenMs: NEVER_ENDING });
    const leaving = new AbortController();
    const stream = await clientOf('acme').chat.completions.create(streamed, { signal: leaving.signal });
    let text = '';
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? '';
      if (text === '') continue;
      expect(upstream.openRequests).toBe(1);
      expect(await counts('ai_requests_in_flight', 'service')).toEqual({ openai: 1 });
      leaving.abort();
    }
    expect(text).toBe('This is a stand-in,');

    await expect.poll(() => upstream.openRequests).toBe(0);
    expect(upstream.books.requests).toEqual(new Map([[`${RELEASE} 0 left_streaming`, 1]]));
    await expect.poll(() => counts('ai_request_outcomes_total', 'model', 'outcome')).toEqual({ [`${RELEASE} aborted`]: 1 });
    expect(await counts('ai_requests_in_flight', 'service')).toEqual({ openai: 0 });
    // OpenAI tells the tokens of a stream at its end only.
    expect(await counts('ai_usage_missing_total', 'model')).toEqual({ [RELEASE]: 1 });
    expect(gateway.output).not.toContain('Error');
  });

  test('a client that does not wait for an answer takes the upstream call with it, streamed or not', async () => {
    const upstream = await startBefore({ plan: scripted('stall', 'stall') });
    for (const request of [question, streamed]) {
      const leaving = new AbortController();
      const call = failureOf(clientOf('acme').chat.completions.create(request, { signal: leaving.signal }));
      await expect.poll(() => upstream.openRequests).toBe(1);
      leaving.abort();
      expect(await call).toBeInstanceOf(OpenAI.APIUserAbortError);
      await expect.poll(() => upstream.openRequests).toBe(0);
    }
    await expect.poll(() => counts('ai_request_outcomes_total', 'model', 'outcome')).toEqual({ 'gpt-4o aborted': 2 });
    expect(await counts('http_requests_total', 'endpoint', 'status_code')).toEqual({ '/v1/chat/completions 499': 2 });
    expect(gateway.output).not.toContain('Error');
  });

  test('an upstream that keeps silent is a 504, one that breaks off a stream an error in the midst of it', async () => {
    vi.stubEnv('UPSTREAM_TIMEOUT_MS', '1000');
    const upstream = await startBefore({ plan: scripted('stall'), tokenMs: NEVER_ENDING });
    const acme = clientOf('acme', { maxRetries: 0 });
    expect(await failureOf(acme.chat.completions.create(question))).toMatchObject({ status: 504, code: 'upstream_timeout' });

    const pieces: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const { choices } of await acme.chat.completions.create(streamed)) {
          pieces.push(choices[0]?.delta.content ?? '');
          if (pieces.length === 2) await upstream.close();
        }
      })(),
    );
    expect(pieces).toEqual(['', 'This is a stand-in,']);
    expect(error.code).toBe('upstream_broke_off');
    await expect.poll(() => counts('ai_request_outcomes_total', 'model', 'outcome')).toEqual({ 'gpt-4o timeout': 1, [`${RELEASE} network`]: 1 });
  });

  test('what it refuses by itself never reaches the upstream', async () => {
    vi.stubEnv('METRICS_TOKEN', 'of-prometheus');
    const upstream = await startBefore({ plan: scripted() });
    expect(await failureOf(clientOf('nobody').chat.completions.create(question))).toBeInstanceOf(OpenAI.AuthenticationError);
    const unknownModel = await failureOf(clientOf('acme').chat.completions.create({ ...question, model: 'o1-pro' }));
    expect(unknownModel).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(unknownModel.message).toContain('gpt-4o, gpt-4o-mini');
    const post = async (body: string): Promise<number> => {
      const headers = { authorization: 'Bearer key-of-acme' };
      return (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).status;
    };
    expect(await post('{"model":')).toBe(400);
    expect(await post('null')).toBe(400);
    expect(await post(JSON.stringify({ ...question, padding: 'x'.repeat(5_000_000) }))).toBe(413);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect(upstream.books.requests.size).toBe(0);
  });
});

test('by itself it answers from a stand-in, and ends on SIGTERM', async () => {
  await start();
  expect(gateway.output).toContain('a stand-in for OpenAI');
  const { choices } = await clientOf('acme').chat.completions.create(question);
  expect(choices).toHaveLength(1);
  gateway.signal('SIGTERM');
  expect(await gateway.ended, gateway.output).toBe(0);
});

test('a setting that it cannot use is named, and not shown where it may be a key', async () => {
  vi.stubEnv('TENANTS', 'a-secret');
  gateway = startProgram(process.execPath, '--import', './examples/prepare.mjs', 'examples/koa-ai-gateway/start.mjs');
  expect(await gateway.ended).toBe(1);
  expect(gateway.output).toContain('TENANTS must be a list of key=tenant');
  expect(gateway.output).not.toContain('a-secret');
});
