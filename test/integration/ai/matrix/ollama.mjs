// ollama: chat, generate and embed.
import { Ollama } from 'ollama';
import { ollama } from '../../../support/ai-wire/ollama.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { endOf, seen } from '../harness/seen.mjs';

const model = 'qwen3:8b';
const usage = { input: 120, output: 48 };
const asked = prompt => ({ model, messages: [{ role: 'user', content: prompt }] });
const words = event => event.message.content || undefined;
// It knows neither signals nor times, reads on when it is left, and says of an error in a stream no more than words.
const common = { service: 'ollama', usage, hasFilter: false, hasTimeout: false, hasSignal: false, hangsUp: false, outcomes: { inStream: 'other' } };
const subject = { wire: ollama, service: 'ollama', model, create: url => new Ollama({ host: url }) };

await runMatrix({
  ...subject,
  provider: 'ollama',
  cases: [
    ...clientCases({
      ...common,
      ask: (client, prompt) => client.chat(asked(prompt)),
      textOf: answer => answer.message.content,
      stream: (client, prompt) => client.chat({ ...asked(prompt), stream: true }),
      pieceOf: words,
    }),
    {
      name: 'a stream aborted by its abort()',
      column: 'abort',
      order: { hangsAfter: 2 },
      said: 'Clear, but',
      books: { missing: 'interrupted', firstTokens: 1 },
      call: async ({ client, prompt }) => {
        const stream = await client.chat({ ...asked(prompt), stream: true });
        let said = '';
        const end = await endOf(async () => {
          for await (const event of stream) {
            said += words(event);
            if (said === 'Clear, but') stream.abort();
          }
        });
        return { said, end };
      },
    },
    {
      name: 'embeddings',
      column: 'plain',
      said: null,
      books: { usage: { input: 120, output: 0 } },
      call: async ({ client, prompt }) => seen(await client.embed({ model, input: prompt })),
    },
  ],
});

await runMatrix({
  ...subject,
  provider: 'ollama generate',
  cases: clientCases({
    ...common,
    ask: (client, prompt) => client.generate({ model, prompt }),
    textOf: answer => answer.response,
    stream: (client, prompt) => client.generate({ model, prompt, stream: true }),
    pieceOf: event => event.response || undefined,
  }),
});
