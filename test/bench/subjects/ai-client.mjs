// @ts-check
// A client of OpenAI's whose API is in memory: node ai-client.mjs <variant>
import { createClient } from '../support/ai-variants.mjs';
import { serveSlices } from '../support/child.mjs';

/** Tokens of a stream, few and many: the difference is what a chunk costs. */
const SHORT = 20;
const LONG = 420;
const REQUEST = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You grade essays of learners of English. Be brief and kind, and name one thing to improve. '.repeat(2) },
    { role: 'user', content: 'My summer holiday was the best of my life, because I have learned to swim. '.repeat(6) },
  ],
  temperature: 0.2,
  max_completion_tokens: SHORT,
};

const { client, observed } = createClient(process.argv[2] ?? '');
let calls = 0;
let tokens = 0;
await call();
await stream(SHORT);

serveSlices(
  async times => ({
    call: await cost(times, call),
    short: await cost(times / 4, () => stream(SHORT)),
    long: await cost(times / 20, () => stream(LONG)),
  }),
  async () => ({ calls, tokens, ...(await observed()) }),
);

async function call() {
  const answer = await client.chat.completions.create(REQUEST);
  check(answer.usage.completion_tokens, SHORT);
}

/** @param {number} asked */
async function stream(asked) {
  const options = { stream: true, stream_options: { include_usage: true }, max_completion_tokens: asked };
  const chunks = await client.chat.completions.create({ ...REQUEST, ...options });
  let got = 0;
  for await (const { choices } of chunks) if (choices[0]?.delta.content) got++;
  check(got, asked);
}

/**
 * @param {number} got
 * @param {number} asked
 */
function check(got, asked) {
  if (got !== asked) throw new Error(`${got} tokens were answered of ${asked}`);
  calls++;
  tokens += got;
}

/**
 * CPU microseconds a time.
 *
 * @param {number} times
 * @param {() => Promise<void>} work
 */
async function cost(times, work) {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / times;
}
