// @anthropic-ai/sdk: messages, with their helper and tools, and the beta's.
import Anthropic from '@anthropic-ai/sdk';
import { anthropic } from '../../../support/ai-wire/anthropic.mjs';
import { helperCases } from '../harness/helper-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { seen } from '../harness/seen.mjs';
import { stainlessCases } from '../harness/stainless-cases.mjs';

const model = 'claude-sonnet-5';
const usage = { input: 120, output: 48, cached: 40, cacheWrite: 16, reasoning: 8 };
const common = {
  service: 'anthropic',
  model,
  usage,
  dated: 'claude-sonnet-5-20260801',
  mayOmitUsage: false,
  limits: { requests: 41, tokens: 9_000, input_tokens: 8_000, output_tokens: 7_000 },
  // The first event says what was read; what was written by then is one token.
  partOf: ({ input, cached, cacheWrite }) => ({ input, cached, cacheWrite, output: 1 }),
};
const subject = { wire: anthropic, service: 'anthropic', model, create: url => new Anthropic({ apiKey: 'key', baseURL: url }) };

const asked = prompt => ({ model, max_tokens: 100, messages: [{ role: 'user', content: prompt }] });
const said = answer => answer.content.map(block => block.text).join('');
const words = event => (event.type === 'content_block_delta' ? event.delta.text : undefined);

for (const [provider, messagesOf] of [
  ['anthropic', client => client.messages],
  ['anthropic beta', client => client.beta.messages],
]) {
  await runMatrix({
    ...subject,
    provider,
    cases: [
      ...stainlessCases({
        ...common,
        ask: (client, prompt, options) => messagesOf(client).create(asked(prompt), options),
        stream: (client, prompt, options) => messagesOf(client).create({ ...asked(prompt), stream: true }, options),
        textOf: said,
        pieceOf: words,
      }),
      ...helperCases({
        ...common,
        helper: (client, prompt, options) => messagesOf(client).stream(asked(prompt), options),
        finalOf: helper => helper.finalMessage(),
        textOf: said,
        pieceOf: words,
        events: ['streamEvent', 'text', 'message'],
      }),
      {
        name: 'counting tokens, which calls no model',
        column: 'plain',
        said: null,
        books: { calls: 0, usage: null, status: '', outcome: '', service: '', model: '' },
        call: async ({ client, prompt }) => {
          const { messages } = asked(prompt);
          return seen(await messagesOf(client).countTokens({ model, messages }));
        },
      },
    ],
  });
}
