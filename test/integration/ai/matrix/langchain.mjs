// LangChain's chat models of OpenAI and Anthropic, measured themselves, and around a client that is.
//   node langchain.mjs [provider]
import { anthropic } from '../../../support/ai-wire/anthropic.mjs';
import { openai } from '../../../support/ai-wire/openai.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { all, seen } from '../harness/seen.mjs';

const [, , provider = 'openai'] = process.argv;

const options = ({ signal, timeout }) => ({ ...(signal && { signal }), ...(timeout && { timeout }) });
const textCases = {
  ask: (client, prompt, given) => client.invoke(prompt, options(given)),
  textOf: answer => answer.text,
  stream: (client, prompt, given) => client.stream(prompt, options(given)),
  pieceOf: chunk => chunk.text || undefined,
};

if (provider === 'openai') {
  const { ChatOpenAI, OpenAIEmbeddings } = await import('@langchain/openai');
  const model = 'gpt-4o';
  const usage = { input: 120, output: 48, cached: 40, reasoning: 8 };
  const subject = { wire: openai, service: 'openai', model };
  const settings = url => ({ model, apiKey: 'key', maxRetries: 0, configuration: { baseURL: `${url}/v1` } });

  for (const [name, useResponsesApi] of [
    ['chat', false],
    ['responses', true],
  ]) {
    await runMatrix({
      ...subject,
      provider: `langchain openai ${name}`,
      create: url => new ChatOpenAI({ ...settings(url), useResponsesApi }),
      cases: [
        ...clientCases({
          ...textCases,
          service: 'openai',
          usage,
          // The responses end an aborted stream themselves, without a word.
          ends: useResponsesApi ? { aborted: { status: 'success' } } : {},
        }),
        {
          name: 'batch(): two calls',
          column: 'plain',
          order: { usage },
          books: { calls: 2, usage: { input: 240, output: 96, cached: 80, reasoning: 16 } },
          call: async ({ client, prompt }) => {
            const answers = await client.batch([prompt, prompt]);
            return { said: answers[0].text, answers: seen(answers.map(answer => answer.text)) };
          },
        },
        {
          name: 'streamEvents()',
          column: 'stream',
          order: { usage },
          call: async ({ client, prompt }) => {
            const events = await all(client.streamEvents(prompt, { version: 'v2' }));
            const chunks = events.filter(({ event }) => event === 'on_chat_model_stream');
            return { said: chunks.map(({ data }) => data.chunk.text).join('') };
          },
        },
      ],
    });
  }

  await runMatrix({
    ...subject,
    provider: 'langchain openai embeddings',
    create: url => new OpenAIEmbeddings(settings(url)),
    cases: [
      {
        name: 'embedQuery(), which tells nothing of tokens',
        column: 'plain',
        said: null,
        books: { usage: null, missing: 'unknown_shape', service: 'langchain' },
        call: async ({ client, prompt }) => client.embedQuery(prompt),
      },
    ],
  });
} else {
  const { ChatAnthropic } = await import('@langchain/anthropic');
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const model = 'claude-sonnet-5';
  const usage = { input: 120, output: 48, cached: 40, cacheWrite: 16 };
  const settings = url => ({ model, apiKey: 'key', maxRetries: 0, anthropicApiUrl: url });
  await runMatrix({
    provider: 'langchain anthropic',
    wire: anthropic,
    service: 'anthropic',
    model,
    create: url => new ChatAnthropic(settings(url)),
    cases: [
      ...clientCases({
        ...textCases,
        service: 'anthropic',
        usage,
        mayOmitUsage: false,
        // It adds the one token of the first event to the sum that the last one says.
        streamed: ({ output, ...others }) => ({ ...others, output: output + 1 }),
        // It ends an aborted stream itself, without a word.
        ends: { aborted: { status: 'success' } },
        partOf: ({ input, cached, cacheWrite }) => ({ input, cached, cacheWrite, output: 1 }),
      }),
      {
        name: 'a measured model around a measured client',
        column: 'plain',
        order: { usage },
        call: async ({ url, prompt, instrument }) => {
          const createClient = given => instrument(new Anthropic(given));
          const answer = await instrument(new ChatAnthropic({ ...settings(url), createClient })).invoke(prompt);
          return { said: answer.text, answer: seen(answer) };
        },
      },
      {
        name: 'a measured model streams around a measured client',
        column: 'stream',
        order: { usage },
        call: async ({ url, prompt, instrument }) => {
          const createClient = given => instrument(new Anthropic(given));
          const chat = instrument(new ChatAnthropic({ ...settings(url), createClient }));
          const chunks = await all(await chat.stream(prompt));
          return { said: chunks.map(chunk => chunk.text).join('') };
        },
      },
    ],
  });
}
