// @google/genai: models and chats.
import { GoogleGenAI } from '@google/genai';
import { google } from '../../../support/ai-wire/google.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { seen } from '../harness/seen.mjs';

const model = 'gemini-2.5-flash';
const usage = { input: 120, output: 48, cached: 40, reasoning: 8 };
const subject = { wire: google, service: 'google', model, create: url => new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url } }) };

const config = ({ signal, timeout }) => ({ ...(signal && { abortSignal: signal }), ...(timeout && { httpOptions: { timeout } }) });
const words = answer => answer.candidates?.[0]?.content?.parts?.map(part => part.text).join('') || undefined;
const common = {
  service: 'google',
  usage,
  textOf: answer => answer.text,
  pieceOf: words,
  // Each part of a stream says how much was read.
  partOf: ({ input }) => ({ input, output: 0 }),
  hangsUp: false,
  // Whatever ends a call, the SDK says that it was aborted.
  outcomes: { timeout: 'aborted' },
};

await runMatrix({
  ...subject,
  provider: 'google',
  cases: [
    ...clientCases({
      ...common,
      ask: (client, prompt, options) => client.models.generateContent({ model, contents: prompt, config: config(options) }),
      stream: (client, prompt, options) => client.models.generateContentStream({ model, contents: prompt, config: config(options) }),
    }),
    {
      name: 'counting tokens, which calls no model',
      column: 'plain',
      said: null,
      books: { calls: 0, usage: null, status: '', outcome: '', service: '', model: '' },
      call: async ({ client, prompt }) => seen(await client.models.countTokens({ model, contents: prompt })),
    },
    {
      name: 'embeddings, which say nothing of tokens',
      column: 'plain',
      said: null,
      books: { usage: null, missing: 'no_usage' },
      call: async ({ client, prompt }) => seen(await client.models.embedContent({ model, contents: prompt })),
    },
  ],
});

const chat = client => client.chats.create({ model });

await runMatrix({
  ...subject,
  provider: 'google chats',
  cases: clientCases({
    ...common,
    ask: (client, prompt, options) => chat(client).sendMessage({ message: prompt, config: config(options) }),
    stream: (client, prompt, options) => chat(client).sendMessageStream({ message: prompt, config: config(options) }),
  }),
});
