// cohere-ai: chat of both versions, embeddings.
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { cohere } from '../../../support/ai-wire/cohere.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { seen, shapeOf } from '../harness/seen.mjs';

const model = 'command-a-03-2025';
const usage = { input: 120, output: 48, cached: 40 };
const asked = prompt => ({ model, messages: [{ role: 'user', content: prompt }] });
const subject = { wire: cohere, service: 'cohere', model };

// The SDK waits a second before it tries again.
const options = ({ signal, timeout }) => ({
  maxRetries: 0,
  ...(signal && { abortSignal: signal }),
  ...(timeout && { timeoutInSeconds: timeout / 1_000 }),
});
const withRawResponse = {
  name: 'withRawResponse()',
  column: 'plain',
  order: { usage },
  call: async ({ client, prompt }) => {
    const promise = (client.v2 ?? client).chat(asked(prompt));
    const { data, rawResponse } = await promise.withRawResponse();
    return { shape: shapeOf(promise), said: data.message.content[0].text, data: seen(data), status: rawResponse.status };
  },
};

for (const [provider, Client, chats] of [
  ['cohere', CohereClientV2, client => client],
  ['cohere .v2', CohereClient, client => client.v2],
]) {
  await runMatrix({
    ...subject,
    provider,
    create: url => new Client({ token: 'key', environment: url }),
    cases: [
      ...clientCases({
        service: 'cohere',
        usage,
        ask: (client, prompt, given) => chats(client).chat(asked(prompt), options(given)),
        textOf: answer => answer.message.content[0].text,
        stream: (client, prompt, given) => chats(client).chatStream(asked(prompt), options(given)),
        pieceOf: event => (event.type === 'content-delta' ? event.delta.message.content.text : undefined),
        hasFilter: false,
        failsInStream: false,
      }),
      withRawResponse,
      {
        name: 'embeddings',
        column: 'plain',
        said: null,
        books: { usage: { input: 120, output: 0 } },
        call: async ({ client, prompt }) =>
          seen(await chats(client).embed({ model, texts: [prompt], inputType: 'search_document', embeddingTypes: ['float'] })),
      },
    ],
  });
}

await runMatrix({
  ...subject,
  provider: 'cohere v1',
  create: url => new CohereClient({ token: 'key', environment: url }),
  cases: clientCases({
    service: 'cohere',
    usage,
    ask: (client, prompt, given) => client.chat({ model, message: prompt }, options(given)),
    textOf: answer => answer.text,
    stream: (client, prompt, given) => client.chatStream({ model, message: prompt }, options(given)),
    pieceOf: event => (event.eventType === 'text-generation' ? event.text : undefined),
    failsInStream: false,
  }),
});

// The SDK leaves a timer behind for each call that was cut off.
process.exit();
