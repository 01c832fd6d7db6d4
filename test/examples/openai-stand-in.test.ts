import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { mixed, scripted, type Behaviour } from '../../examples/stand-ins/openai-plan.js';
import { startOpenAiStandIn, type OpenAiStandIn, type StandInOptions } from '../../examples/stand-ins/openai-stand-in.js';

let standIn: OpenAiStandIn;

afterEach(async () => {
  await standIn.close();
});

/** The real SDK, as it comes. */
async function connect(options: StandInOptions = {}, client: { timeout?: number; maxRetries?: number } = {}): Promise<OpenAI> {
  standIn = await startOpenAiStandIn({ plan: scripted(), thinkingMs: 1, tokenMs: 0, retryAfterMs: 1, ...options });
  return new OpenAI({ baseURL: standIn.baseURL, apiKey: 'test', maxRetries: 0, ...client });
}

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What does "vital" mean?' },
] satisfies OpenAI.ChatCompletionMessageParam[];
const question = { model: 'gpt-4o', messages };
/** 3 and 7 tokens of text, and 4 for each message. */
const INPUT = 18;

function booked(): Record<string, number> {
  return Object.fromEntries(standIn.books.requests);
}

describe('a plain answer', () => {
  test('is the one that was given to it, from a dated release, with tokens that follow from the text', async () => {
    const openai = await connect({ reply: () => 'Very important.' });
    const { data, response } = await openai.chat.completions.create(question).withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o-2024-08-06',
      service_tier: 'default',
      choices: [{ message: { role: 'assistant', content: 'Very important.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: INPUT, completion_tokens: 3, total_tokens: INPUT + 3, prompt_tokens_details: { cached_tokens: 0 } },
    });
    expect(response.headers.get('x-request-id')).toBe('req_000001');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('499');
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe(String(30_000 - INPUT - 3));
  });

  test('is booked, with the price of its tokens', async () => {
    const openai = await connect({ reply: () => 'Very important.' });
    await openai.chat.completions.create(question);
    await expect.poll(booked).toEqual({ 'gpt-4o-2024-08-06 0 answered': 1 });
    expect(Object.fromEntries(standIn.books.tokens)).toEqual({
      'gpt-4o-2024-08-06 input': INPUT,
      'gpt-4o-2024-08-06 cached': 0,
      'gpt-4o-2024-08-06 output': 3,
    });
    expect(standIn.books.billed.get('gpt-4o-2024-08-06')).toBeCloseTo((INPUT * 2.5 + 3 * 10) / 1e6, 12);
    expect(standIn.books.untold.size).toBe(0);
  });

  test('to instructions that came before has these cached, at half the price', async () => {
    const openai = await connect({ reply: () => 'Yes.' });
    await openai.chat.completions.create(question);
    const { usage } = await openai.chat.completions.create(question);
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(3);
    await expect.poll(() => standIn.books.billed.get('gpt-4o-2024-08-06')).toBeCloseTo((2 * (INPUT * 2.5 + 2 * 10) - 3 * 1.25) / 1e6, 12);
  });

  test('to a request for JSON is JSON, without being told what to say', async () => {
    const openai = await connect();
    const { choices } = await openai.chat.completions.create({ ...question, response_format: { type: 'json_object' } });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ tokens: 7 });
  });

  test('that is filtered stops half-way', async () => {
    const openai = await connect({ plan: scripted('filter'), reply: () => 'Yes or no.' });
    const { choices, usage } = await openai.chat.completions.create(question);
    expect(choices[0]).toMatchObject({ message: { content: 'Yes o' }, finish_reason: 'content_filter' });
    expect(usage?.completion_tokens).toBe(2);
    await expect.poll(booked).toEqual({ 'gpt-4o-2024-08-06 0 filtered': 1 });
  });
});

describe('a streamed answer', () => {
  const reply = (): string => 'One two three four five six seven eight nine.';

  test('comes in pieces, and ends with its tokens where these are asked for', async () => {
    const openai = await connect({ reply });
    const stream = await openai.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const pieces = chunks.map(chunk => chunk.choices[0]?.delta.content).filter(Boolean);
    expect(pieces).toEqual(['One two three four', ' five six seven eight', ' nine.']);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: INPUT, completion_tokens: 10 } });
    expect(chunks.slice(0, -1).every(chunk => chunk.usage === null)).toBe(true);
    await expect.poll(booked).toEqual({ 'gpt-4o-2024-08-06 0 answered': 1 });
    expect(standIn.books.tokens.get('gpt-4o-2024-08-06 output')).toBe(10);
  });

  test('that was not asked for them tells no tokens, and is booked so', async () => {
    const openai = await connect({ reply });
    for await (const chunk of await openai.chat.completions.create({ ...question, stream: true })) expect(chunk.usage).toBeUndefined();
    await expect.poll(booked).toEqual({ 'gpt-4o-2024-08-06 0 answered': 1 });
    expect(standIn.books).toMatchObject({ untold: new Map([['gpt-4o-2024-08-06', 1]]), billed: new Map() });
  });

  test('whose reader leaves is over at once, and booked as left', async () => {
    const openai = await connect({ reply, tokenMs: 1_000_000 });
    const stream = await openai.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await expect.poll(() => standIn.openRequests).toBe(0);
    await expect.poll(booked).toEqual({ 'gpt-4o-2024-08-06 0 left_streaming': 1 });
    expect(standIn.books).toMatchObject({ untold: new Map([['gpt-4o-2024-08-06', 1]]), billed: new Map() });
  });
});

describe('what goes wrong', () => {
  test('a 429 says when to come back; the SDK does, and is answered', async () => {
    const openai = await connect({ plan: scripted('rate-limit', 'rate-limit') }, { maxRetries: 1 });
    const error = (await openai.chat.completions.create(question).catch((error: unknown) => error)) as InstanceType<typeof OpenAI.RateLimitError>;
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(error.headers.get('retry-after')).toBe('1');
    expect(error.headers.get('retry-after-ms')).toBe('1');
    expect(error.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(booked()).toEqual({ 'gpt-4o 0 rate_limited': 1, 'gpt-4o 1 rate_limited': 1 });
  });

  test('a request that is kept waiting runs into the timeout of its client', async () => {
    const openai = await connect({ plan: scripted('stall') }, { timeout: 20 });
    await expect(openai.chat.completions.create(question)).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    await expect.poll(booked).toEqual({ 'gpt-4o 0 left_waiting': 1 });
  });

  test.each([
    ['an unknown model', { model: 'gpt-9', messages }, OpenAI.NotFoundError, /gpt-9.*gpt-4o-mini/],
    ['no messages', { model: 'gpt-4o', messages: [] }, OpenAI.BadRequestError, /messages/],
  ])('%s is refused, with the reason', async (_name, body, type, message) => {
    const openai = await connect();
    const error: unknown = await openai.chat.completions.create(body).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
    expect(booked()).toEqual({ '- 0 refused': 1 });
  });

  test('so is what comes without a key, and what asks for anything but a completion', async () => {
    const openai = await connect();
    expect((await fetch(`${standIn.baseURL}/chat/completions`, { method: 'POST', body: '{}' })).status).toBe(401);
    await expect(openai.models.list()).rejects.toThrow('POST /v1/chat/completions only');
    const notJson = { method: 'POST', body: '{"model"', headers: { authorization: 'Bearer test' } };
    expect((await fetch(`${standIn.baseURL}/chat/completions`, notJson)).status).toBe(400);
  });

  test('closing it ends what is under way', async () => {
    const openai = await connect({ plan: scripted('stall') });
    const call = openai.chat.completions.create(question);
    const failure = expect(call).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    await expect.poll(() => standIn.openRequests).toBe(1);
    await standIn.close();
    await failure;
  });
});

describe('its plan', () => {
  function dealt(seed: number, isRetry: boolean, count: number): Behaviour[] {
    const plan = mixed(seed);
    return Array.from({ length: count }, () => plan.next(isRetry));
  }

  test('is the same in every run, and another for another seed', () => {
    expect(dealt(7, false, 48)).toEqual(dealt(7, false, 48));
    expect(dealt(7, false, 48)).not.toEqual(dealt(8, false, 48));
  });

  test('has all there is to meet in every dozen of calls, and in every four retries', () => {
    for (const start of [0, 12, 24]) {
      const dozen = dealt(7, false, 36).slice(start, start + 12);
      expect(dozen.sort()).toEqual([...Array<Behaviour>(8).fill('answer'), 'filter', 'rate-limit', 'rate-limit', 'stall']);
    }
    expect(dealt(7, true, 4).sort()).toEqual(['answer', 'answer', 'rate-limit', 'stall']);
  });
});
