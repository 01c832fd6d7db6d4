// @mistralai/mistralai: chat and embeddings.
import { Mistral } from '@mistralai/mistralai';
import { mistral } from '../../../support/ai-wire/mistral.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { seen } from '../harness/seen.mjs';

const model = 'mistral-large-latest';
const asked = prompt => ({ model, messages: [{ role: 'user', content: prompt }] });
const options = ({ signal, timeout }) => ({ ...(signal && { fetchOptions: { signal } }), ...(timeout && { timeoutMs: timeout }) });

await runMatrix({
  provider: 'mistral',
  wire: mistral,
  service: 'mistral',
  model,
  create: url => new Mistral({ apiKey: 'key', serverURL: url }),
  cases: [
    ...clientCases({
      service: 'mistral',
      usage: { input: 120, output: 48, cached: 40 },
      ask: (client, prompt, given) => client.chat.complete(asked(prompt), options(given)),
      textOf: answer => answer.choices[0].message.content,
      stream: (client, prompt, given) => client.chat.stream(asked(prompt), options(given)),
      pieceOf: event => event.data.choices[0].delta.content || undefined,
      hasFilter: false,
      failsInStream: false,
    }),
    {
      name: 'embeddings',
      column: 'plain',
      said: null,
      books: { usage: { input: 120, output: 0 } },
      call: async ({ client, prompt }) => seen(await client.embeddings.create({ model, inputs: prompt })),
    },
  ],
});
