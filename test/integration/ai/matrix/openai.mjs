// openai: chat completions and responses, with their helpers, embeddings, images and audio.
//   node openai.mjs [package]
import { openai } from '../../../support/ai-wire/openai.mjs';
import { helperCases } from '../harness/helper-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { all, endOf, seen, shapeOf } from '../harness/seen.mjs';
import { stainlessCases } from '../harness/stainless-cases.mjs';

const [, , name = 'openai'] = process.argv;
const { default: OpenAI, toFile } = await import(name);

const model = 'gpt-4o';
const usage = { input: 120, output: 48, cached: 40, cacheWrite: 16, reasoning: 8 };
const common = { service: 'openai', model, usage, dated: 'gpt-4o-2024-08-06', limits: { requests: 41, tokens: 9_000 } };
const subject = { wire: openai, service: 'openai', model, create: url => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1` }) };

const asked = prompt => ({ model, messages: [{ role: 'user', content: prompt }] });
const withUsage = { stream_options: { include_usage: true } };
const words = chunk => chunk.choices[0]?.delta.content ?? undefined;
const said = answer => answer.choices[0].message.content;

const schema = {
  type: 'object',
  properties: { grade: { type: 'number' } },
  required: ['grade'],
  additionalProperties: false,
};
const graded = ['{"gr', 'ade":', ' 4}'];

await runMatrix({
  ...subject,
  provider: `${name} chat`,
  cases: [
    ...stainlessCases({
      ...common,
      ask: (client, prompt, options) => client.chat.completions.create(asked(prompt), options),
      stream: (client, prompt, options) => client.chat.completions.create({ ...asked(prompt), stream: true, ...withUsage }, options),
      textOf: said,
      pieceOf: words,
    }),
    {
      name: 'a stream without include_usage',
      column: 'stream',
      books: { usage: null, missing: 'stream_without_usage' },
      call: async ({ client, prompt }) => {
        const chunks = await all(await client.chat.completions.create({ ...asked(prompt), stream: true }));
        return { said: chunks.map(words).join(''), chunks: seen(chunks) };
      },
    },
    {
      name: 'parse()',
      column: 'plain',
      order: { usage, says: graded },
      call: async ({ client, prompt }) => {
        const format = { type: 'json_schema', json_schema: { name: 'grading', strict: true, schema } };
        const promise = client.chat.completions.parse({ ...asked(prompt), response_format: format });
        const { data, response } = await promise.withResponse();
        return { shape: shapeOf(promise), status: response.status, said: said(data), value: seen(data) };
      },
    },
    {
      name: 'runTools(): two calls',
      column: 'plain',
      order: { usage, tool: { name: 'lookUp', args: { word: 'essay' } } },
      books: { calls: 2, ...twice() },
      call: async ({ client, prompt }) => {
        const runner = client.chat.completions.runTools({ ...asked(prompt), tools: [lookUp()] });
        return { said: await runner.finalContent(), total: seen(await runner.totalUsage()), messages: seen(runner.messages) };
      },
    },
    ...helperCases({
      ...common,
      helper: (client, prompt, options) => client.chat.completions.stream({ ...asked(prompt), ...withUsage }, options),
      finalOf: helper => helper.finalChatCompletion(),
      textOf: said,
      pieceOf: words,
      events: ['chunk', 'content', 'chatCompletion'],
    }),
  ],
});

const text = answer => answer.output.flatMap(item => item.content).map(part => part.text).join('');
const delta = event => (event.type === 'response.output_text.delta' ? event.delta : undefined);

await runMatrix({
  ...subject,
  provider: `${name} responses`,
  cases: [
    ...stainlessCases({
      ...common,
      ask: (client, prompt, options) => client.responses.create({ model, input: prompt }, options),
      stream: (client, prompt, options) => client.responses.create({ model, input: prompt, stream: true }, options),
      textOf: text,
      pieceOf: delta,
    }),
    {
      name: 'an answer that is an error',
      column: 'plain',
      order: { usage, stops: 'failed' },
      books: { outcome: 'server', status: 'error' },
      call: async ({ client, prompt }) => {
        const answer = await client.responses.create({ model, input: prompt });
        return { said: text(answer), answer: seen(answer) };
      },
    },
    {
      name: 'parse()',
      column: 'plain',
      order: { usage, says: graded },
      call: async ({ client, prompt }) => {
        const format = { type: 'json_schema', name: 'grading', strict: true, schema };
        const promise = client.responses.parse({ model, input: prompt, text: { format } });
        const answer = await promise;
        return { shape: shapeOf(promise), said: text(answer), value: seen(answer) };
      },
    },
    ...helperCases({
      ...common,
      helper: (client, prompt, options) => client.responses.stream({ model, input: prompt }, options),
      finalOf: helper => helper.finalResponse(),
      textOf: text,
      pieceOf: delta,
      events: ['event', 'response.output_text.delta'],
      isReadable: false,
    }),
  ],
});

await runMatrix({
  ...subject,
  provider: `${name} others`,
  cases: [
    {
      name: 'embeddings',
      column: 'plain',
      books: { usage: { input: 120, output: 0 } },
      said: null,
      call: async ({ client, prompt }) => {
        const promise = client.embeddings.create({ model, input: prompt });
        return { shape: shapeOf(promise), answer: seen(await promise) };
      },
    },
    {
      name: 'embeddings refused',
      column: 'error',
      order: { fails: 'auth' },
      call: ({ client, prompt }) => endOf(() => client.embeddings.create({ model, input: prompt })),
    },
    {
      name: 'images',
      column: 'plain',
      said: null,
      call: async ({ client, prompt }) => seen(await client.images.generate({ model, prompt })),
    },
    {
      name: 'a transcription',
      column: 'plain',
      call: async ({ client, prompt }) => {
        const file = await toFile(Buffer.from('audio'), 'essay.mp3');
        const answer = await client.audio.transcriptions.create({ model, prompt, file });
        return { said: answer.text, answer: seen(answer) };
      },
    },
    {
      name: 'speech, a raw response',
      column: 'plain',
      said: null,
      books: { usage: null, missing: 'unread' },
      call: async ({ client, prompt }) => {
        const response = await client.audio.speech.create({ model, voice: 'alloy', input: prompt });
        return { class: response.constructor, audio: await response.text() };
      },
    },
  ],
});

function lookUp() {
  return {
    type: 'function',
    function: {
      name: 'lookUp',
      description: 'Looks a word up.',
      parameters: { type: 'object', properties: { word: { type: 'string' } } },
      parse: JSON.parse,
      function: ({ word }) => `${word}: a short text`,
    },
  };
}

/** The books of two calls that each used `usage`. */
function twice() {
  return { usage: Object.fromEntries(Object.entries(usage).map(([kind, tokens]) => [kind, 2 * tokens])) };
}
