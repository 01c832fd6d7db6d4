// The package ai, with the providers of OpenAI and Anthropic.
//   node ai.mjs [version]
import { anthropic as anthropicWire } from '../../../support/ai-wire/anthropic.mjs';
import { openai as openaiWire } from '../../../support/ai-wire/openai.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { all, endOf, seen, shapeOf } from '../harness/seen.mjs';

const [, , version = '7'] = process.argv;
const PACKAGES = {
  5: ['ai5', '@ai-sdk/openai2'],
  6: ['ai6', '@ai-sdk/openai3'],
  7: ['ai', '@ai-sdk/openai', '@ai-sdk/anthropic'],
};
const [ai, openaiProvider, anthropicProvider] = await Promise.all(PACKAGES[version].map(name => import(name)));

const model = 'gpt-4o';
const usage = { input: 120, output: 48, cached: 40, reasoning: 8 };
const openai = url => openaiProvider.createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` });

// Errors of a stream are told to `onError`, which else writes them to the console.
const options = ({ signal }) => ({ maxRetries: 0, onError() {}, ...(signal && { abortSignal: signal }) });
const textCases = {
  ask: (client, prompt, given) => ai.generateText({ model: client, prompt, ...options(given) }),
  textOf: result => result.text,
  stream: (client, prompt, given) => ai.streamText({ model: client, prompt, ...options(given) }),
  eventsOf: result => result.textStream,
  pieceOf: text => text,
  hasTimeout: false,
  // It reads on when it is left, and makes events of errors, the last of which would say the usage.
  hangsUp: false,
  ends: {
    left: { usage: undefined, outcome: 'ok', missing: '' },
    aborted: version === '7' ? { status: 'success' } : {},
    failed: { missing: 'stream_without_usage' },
  },
};

const subject = { wire: openaiWire, service: 'openai', model };
const name = `ai ${version}`;

await runMatrix({
  ...subject,
  provider: `${name} openai chat`,
  create: url => openai(url).chat(model),
  cases: [
    ...clientCases({ ...textCases, service: 'openai', usage }),
    {
      name: 'fullStream',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => {
        const parts = await all(ai.streamText({ model: client, prompt }).fullStream);
        return { said: parts.map(part => (part.type === 'text-delta' ? part.text : '')).join(''), parts: parts.map(part => part.type) };
      },
    },
    {
      name: 'streamText(), its promises awaited',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => {
        const result = ai.streamText({ model: client, prompt });
        const total = await result.totalUsage;
        return { shape: shapeOf(result), said: await result.text, total: seen(total), usage: seen(await result.usage) };
      },
    },
    {
      name: 'streamText(), as a response to a browser',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => ({ said: await ai.streamText({ model: client, prompt }).toTextStreamResponse().text() }),
    },
    {
      name: 'tools: two calls',
      column: 'plain',
      order: { usage, tool: { name: 'lookUp', args: { word: 'essay' } } },
      books: { calls: 2, usage: double(usage) },
      call: async ({ client, prompt }) => {
        const result = await ai.generateText({ model: client, prompt, tools: { lookUp: lookUp() }, stopWhen: ai.stepCountIs(3) });
        return { said: result.text, total: seen(result.totalUsage) };
      },
    },
    {
      name: 'tools in monitorAiService() alone: their sum',
      column: 'plain',
      order: { usage, tool: { name: 'lookUp', args: { word: 'essay' } } },
      books: { usage: double(usage) },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const grade = monitorAiService('openai', model)(text =>
          ai.generateText({ model: plainClient, prompt: text, tools: { lookUp: lookUp() }, stopWhen: ai.stepCountIs(3) }),
        );
        return { said: (await grade(prompt)).text };
      },
    },
    {
      name: 'streamed tools in monitorAiService() alone: their sum',
      column: 'stream',
      order: { usage, tool: { name: 'lookUp', args: { word: 'essay' } } },
      books: { usage: double(usage) },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const grade = monitorAiService('openai', model)(text =>
          ai.streamText({ model: plainClient, prompt: text, tools: { lookUp: lookUp() }, stopWhen: ai.stepCountIs(3) }),
        );
        return { said: (await all(grade(prompt).textStream)).join('') };
      },
    },
    {
      name: 'generateObject()',
      column: 'plain',
      order: { usage, says: ['{"grade":', ' 4}'] },
      call: async ({ client, prompt }) => {
        const schema = ai.jsonSchema({ type: 'object', properties: { grade: { type: 'number' } }, required: ['grade'], additionalProperties: false });
        const { object } = await ai.generateObject({ model: client, prompt, schema });
        return { said: `{"grade": ${object.grade}}` };
      },
    },
    {
      name: 'a refusal that is tried again',
      column: 'error',
      order: { fails: 'rate_limited' },
      // Each attempt is a call of the model.
      books: { calls: 2 },
      call: ({ client, prompt }) => endOf(() => ai.generateText({ model: client, prompt, maxRetries: 1 })),
    },
  ],
});

await runMatrix({
  ...subject,
  provider: `${name} openai responses`,
  create: url => openai(url)(model),
  cases: clientCases({ ...textCases, service: 'openai', usage }),
});

await runMatrix({
  ...subject,
  provider: `${name} embeddings`,
  create: url => openai(url).textEmbeddingModel(model),
  cases: [
    {
      name: 'embed()',
      column: 'plain',
      said: null,
      books: { usage: { input: 120, output: 0 } },
      call: async ({ client, prompt }) => {
        const { embedding, usage: used } = await ai.embed({ model: client, value: prompt });
        return { embedding, used };
      },
    },
    {
      name: 'embed() in monitorAiService() alone',
      column: 'plain',
      said: null,
      books: { usage: { input: 120, output: 0 } },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const { embedding } = await monitorAiService('openai', model)(value => ai.embed({ model: plainClient, value }))(prompt);
        return { embedding };
      },
    },
  ],
});

if (anthropicProvider !== undefined) {
  await runMatrix({
    wire: anthropicWire,
    service: 'anthropic',
    model: 'claude-sonnet-5',
    provider: `${name} anthropic`,
    create: url => anthropicProvider.createAnthropic({ apiKey: 'key', baseURL: `${url}/v1` })('claude-sonnet-5'),
    cases: clientCases({
      ...textCases,
      service: 'anthropic',
      usage: { ...usage, cacheWrite: 16 },
      mayOmitUsage: false,
    }),
  });
}

function lookUp() {
  return ai.tool({
    description: 'Looks a word up.',
    inputSchema: ai.jsonSchema({ type: 'object', properties: { word: { type: 'string' } } }),
    execute: ({ word }) => `${word}: a short text`,
  });
}

function double(once) {
  return Object.fromEntries(Object.entries(once).map(([kind, tokens]) => [kind, 2 * tokens]));
}
