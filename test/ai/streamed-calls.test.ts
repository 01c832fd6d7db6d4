import { expect, test } from 'vitest';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { ManualClock } from '../support/manual-clock.js';

const MODEL = 'gpt-4o';

/** A chunk of an OpenAI chat stream. */
function chunk(content: string | undefined, finish: string | null = null, usage?: object): object {
  const choices = content === undefined && finish === null ? [] : [{ index: 0, delta: content === undefined ? {} : { content }, finish_reason: finish }];
  return { id: 'c', object: 'chat.completion.chunk', model: MODEL, choices, ...(usage && { usage }) };
}
const USAGE = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const CHUNKS = [chunk(''), chunk('Go'), chunk('od'), chunk(undefined, 'stop'), chunk(undefined, null, USAGE)];

/** The SDKs' `Stream`: an object whose every way of being read goes through `iterator`. */
class SdkStream {
  readonly controller = new AbortController();
  constructor(readonly iterator: () => AsyncIterator<object>) {}
  [Symbol.asyncIterator](): AsyncIterator<object> {
    return this.iterator();
  }
}

function sdkStream(items: readonly object[] = CHUNKS): SdkStream {
  return new SdkStream(async function* () {
    yield* items;
  });
}

/** What was counted of one call. */
function counted({ series }: Pick<TestMonitor, 'series'>): object {
  return {
    requests: series('ai_requests_total'),
    outcomes: series('ai_request_outcomes_total'),
    tokens: series('ai_token_usage_total'),
    missing: series('ai_usage_missing_total'),
    inFlight: series('ai_requests_in_flight'),
  };
}
const COMPLETE = {
  requests: { 's gpt-4o success': 1 },
  outcomes: { 's gpt-4o ok': 1 },
  tokens: { 's gpt-4o input': 10, 's gpt-4o output': 20 },
  missing: {},
  inFlight: { s: 0 },
};

async function read(stream: AsyncIterable<object>): Promise<object[]> {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

test('a promised stream counts when it has been read to its end, and is the very same object', async () => {
  const made = testMonitor();
  const stream = sdkStream();
  const result = await made.monitor.monitorAiService('s')(async () => Promise.resolve(stream))();

  expect(result).toBe(stream);
  expect(made.series('ai_requests_total')).toEqual({});
  expect(made.series('ai_requests_in_flight')).toEqual({ s: 1 });
  expect(await read(result)).toEqual(CHUNKS);
  expect(counted(made)).toEqual(COMPLETE);
});

test('an async generator counts when it ends; its clock starts at the first step', async () => {
  const clock = new ManualClock();
  const made = testMonitor({ clock });
  const stream = made.monitor.monitorAiService('s')(async function* () {
    for (const item of CHUNKS) {
      clock.advance(100);
      yield item;
    }
  })();
  clock.advance(5_000);

  expect(await read(stream)).toEqual(CHUNKS);
  expect(counted(made)).toEqual(COMPLETE);
  expect(made.value('ai_request_duration_seconds', {}, '_sum')).toBe(0.5);
});

test('the time to the first token is that of the first chunk with content, and the speed counts from there', async () => {
  const clock = new ManualClock();
  const made = testMonitor({ clock });
  const stream = await made.monitor.monitorAiService('s')(async () =>
    Promise.resolve(
      new SdkStream(async function* () {
        for (const item of CHUNKS) {
          clock.advance(200);
          yield item;
        }
      }),
    ),
  )();
  await read(stream);

  // The role comes after 200 ms, "Go" after 400, "od" after 600: 20 tokens in 0.2 s.
  expect(made.value('ai_time_to_first_token_seconds', {}, '_sum')).toBeCloseTo(0.4);
  expect(made.value('ai_output_tokens_per_second', {}, '_sum')).toBeCloseTo(100);
});

const readable = (): ReadableStream<object> => ReadableStream.from<object>(CHUNKS);
const readWithReader = async (stream: ReadableStream<object>): Promise<object[]> => {
  const items = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return items;
    items.push(value);
  }
};
test.each<[string, (stream: ReadableStream<object>) => Promise<object[]>]>([
  ['for await', stream => read(stream)],
  ['values()', stream => read((stream as unknown as { values(): AsyncIterable<object> }).values())],
  ['getReader()', readWithReader],
  ['pipeThrough()', stream => readWithReader(stream.pipeThrough(new TransformStream()))],
  ['pipeTo()', async stream => {
    const items: object[] = [];
    await stream.pipeTo(new WritableStream({ write: item => void items.push(item) }));
    return items;
  }],
  ['tee()', async stream => (await Promise.all(stream.tee().map(readWithReader)))[1] ?? []],
])('a web stream counts once when it is read by %s', async (_way, readAll) => {
  const made = testMonitor();
  const stream = readable();
  const result = await made.monitor.monitorAiService('s')(async () => Promise.resolve(stream))();

  expect(result).toBe(stream);
  expect(await readAll(result)).toEqual(CHUNKS);
  expect(counted(made)).toEqual(COMPLETE);
});

test('a stream held by the answer is followed: Bedrock and the package ai give `{ stream }`', async () => {
  const made = testMonitor();
  const answer = { stream: readable(), request: {} };
  const result = await made.monitor.monitorAiService('s')(async () => Promise.resolve(answer))();

  expect(result).toBe(answer);
  expect(await readWithReader(result.stream)).toEqual(CHUNKS);
  expect(counted(made)).toEqual(COMPLETE);
});

const INTERRUPTED = {
  requests: { 's gpt-4o success': 1 },
  outcomes: { 's gpt-4o aborted': 1 },
  tokens: {},
  missing: { 's gpt-4o interrupted': 1 },
  inFlight: { s: 0 },
};

test.each<[string, () => AsyncIterable<object>]>([
  ['an SDK stream', () => sdkStream()],
  ['a web stream', () => readable()],
])('%s that is left by break counts once, as aborted', async (_what, make) => {
  const made = testMonitor();
  const stream = await made.monitor.monitorAiService('s')(async () => Promise.resolve(make()))();
  let count = 0;
  for await (const item of stream) if (item && ++count === 2) break;

  expect(counted(made)).toEqual(INTERRUPTED);
});

test('a web stream that is cancelled counts as aborted, by itself, by its reader, and through a pipe', async () => {
  const made = testMonitor();
  const open = made.monitor.monitorAiService('s', MODEL)(async () => Promise.resolve(readable()));

  await (await open()).cancel();
  const reader = (await open()).getReader();
  await reader.read();
  await reader.cancel();
  const piped = (await open()).pipeThrough(new TransformStream()).getReader();
  await piped.read();
  await piped.cancel();

  expect(made.series('ai_request_outcomes_total')).toEqual({ 's gpt-4o aborted': 3 });
  expect(made.series('ai_requests_in_flight')).toEqual({ s: 0 });
});

test('a stream left after it said all is whole: its usage is known', async () => {
  const made = testMonitor();
  const stream = await made.monitor.monitorAiService('s')(async () => Promise.resolve(sdkStream()))();
  let count = 0;
  for await (const item of stream) if (item && ++count === CHUNKS.length) break;

  expect(counted(made)).toEqual({ ...COMPLETE, outcomes: { 's gpt-4o aborted': 1 } });
});

test('a stream that an AbortController ended, which the SDKs end without an error, counts as aborted', async () => {
  const made = testMonitor();
  const stream = await made.monitor.monitorAiService('s')(async () => Promise.resolve(new SdkStream(async function* () {
    yield CHUNKS[1] as object;
    yield CHUNKS[2] as object;
    stream.controller.abort();
  })))();
  await read(stream);

  expect(counted(made)).toEqual(INTERRUPTED);
});

test('a stream that breaks counts as an error, keeps what it knew, and throws the same error', async () => {
  const made = testMonitor();
  const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  const start = { type: 'message_start', message: { id: 'm', type: 'message', model: 'claude-sonnet-4-5', usage: { input_tokens: 25, output_tokens: 1 } } };
  const stream = await made.monitor.monitorAiService('s')(async () =>
    Promise.resolve(
      new SdkStream(async function* () {
        yield start;
        throw broken;
      }),
    ),
  )();

  await expect(read(stream)).rejects.toBe(broken);
  expect(counted(made)).toEqual({
    requests: { 's claude-sonnet-4-5 error': 1 },
    outcomes: { 's claude-sonnet-4-5 network': 1 },
    tokens: { 's claude-sonnet-4-5 input': 25, 's claude-sonnet-4-5 output': 1 },
    missing: { 's claude-sonnet-4-5 interrupted': 1 },
    inFlight: { s: 0 },
  });
});

test('a chat stream that was not asked for its usage says so by its reason', async () => {
  const made = testMonitor();
  const stream = await made.monitor.monitorAiService('s')(async () => Promise.resolve(sdkStream(CHUNKS.slice(0, -1))))();
  await read(stream);

  expect(made.series('ai_usage_missing_total')).toEqual({ 's gpt-4o stream_without_usage': 1 });
  expect(made.series('ai_request_outcomes_total')).toEqual({ 's gpt-4o ok': 1 });
});

test('a stream of odd items passes unchanged, and is told as unknown', async () => {
  const made = testMonitor();
  const hostile = {
    get choices(): never {
      throw new Error('hostile');
    },
  };
  const items = [1, 'text', null, undefined, hostile, Buffer.from('x')] as unknown as object[];
  const stream = await made.monitor.monitorAiService('s', 'm')(async () => Promise.resolve(sdkStream(items)))();

  const got: unknown[] = [];
  for await (const item of stream) got.push(item);
  expect(got.map((item, i) => item === items[i])).toEqual(items.map(() => true));
  expect(made.series('ai_request_outcomes_total')).toEqual({ 's m ok': 1 });
  expect(made.series('ai_usage_missing_total')).toHaveProperty('s m unreadable', 1);
});

test('nothing is read ahead: a chunk is asked for when its reader asks', async () => {
  const made = testMonitor();
  let pulls = 0;
  const source = new ReadableStream<object>({ pull: controller => { pulls++; controller.enqueue(chunk('x')); } }, { highWaterMark: 0 });
  const stream = await made.monitor.monitorAiService('s')(async () => Promise.resolve(source))();

  const reader = stream.getReader();
  await reader.read();
  expect(pulls).toBe(1);
  await reader.cancel();
});

test('two readers of one kept stream count one call each, at its one end', async () => {
  const made = testMonitor();
  const kept = sdkStream();
  const open = made.monitor.monitorAiService('s')(async () => Promise.resolve(kept));
  await open();
  await read(await open());

  expect(made.series('ai_requests_total')).toEqual({ 's gpt-4o success': 2 });
  expect(made.series('ai_requests_in_flight')).toEqual({ s: 0 });
});

test('a stream that is only dropped ends when nothing refers to it any more', async () => {
  const made = testMonitor();
  const open = made.monitor.monitorAiService('s', MODEL)(async () => Promise.resolve(sdkStream()));
  await (async () => {
    const iterator = (await open())[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
  })();

  for (let i = 0; i < 50 && made.series('ai_requests_in_flight')['s'] !== 0; i++) await collectGarbage();
  expect(counted(made)).toEqual(INTERRUPTED);
});

test('a stream that is being read is not taken for a dropped one, although only its iterator is held', async () => {
  const made = testMonitor();
  const iterator = await (async () => (await made.monitor.monitorAiService('s')(async () => Promise.resolve(sdkStream()))())[Symbol.asyncIterator]())();
  await iterator.next();
  for (let i = 0; i < 5; i++) await collectGarbage();
  while (!(await iterator.next()).done);

  expect(counted(made)).toEqual(COMPLETE);
});

test.each([
  ['in the request', (signal: AbortSignal): unknown[] => [{ model: MODEL, signal }]],
  ['in the options', (signal: AbortSignal): unknown[] => [{ model: MODEL }, { signal }]],
  ['as the package ai has it', (signal: AbortSignal): unknown[] => [{ model: MODEL, abortSignal: signal }]],
])("the caller's signal %s ends a stream that nobody reads on after it", async (_where, argsOf) => {
  const clock = new ManualClock();
  const made = testMonitor({ clock });
  const controller = new AbortController();
  const open = made.monitor.monitorAiService('s')(async (..._args: unknown[]) => Promise.resolve(sdkStream()));
  const iterator = (await open(...argsOf(controller.signal)))[Symbol.asyncIterator]();
  await iterator.next();
  controller.abort();
  clock.advance(50);

  expect(counted(made)).toEqual(INTERRUPTED);
});

test("an error of the SDK's for the caller's own signal is told by the signal: aborted, or a timeout", async () => {
  const made = testMonitor();
  const ask = made.monitor.monitorAiService('s', 'm')(async (_request: { signal: AbortSignal }) => Promise.reject(new Error('something went wrong')));
  const timeout = AbortSignal.abort(new DOMException('late', 'TimeoutError'));

  await ask({ signal: AbortSignal.abort() }).catch(() => {});
  await ask({ signal: timeout }).catch(() => {});
  await ask({ signal: new AbortController().signal }).catch(() => {});
  expect(made.series('ai_request_outcomes_total')).toEqual({ 's m aborted': 1, 's m timeout': 1, 's m other': 1 });
});
