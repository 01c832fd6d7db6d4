// groq-sdk, whose API is like OpenAI's. By its own address, so that it is known for what it is.
import Groq from 'groq-sdk';
import { groq } from '../../../support/ai-wire/openai.mjs';
import { runMatrix } from '../harness/matrix.mjs';
import { stainlessCases } from '../harness/stainless-cases.mjs';

const model = 'llama-3.3-70b-versatile';
const asked = prompt => ({ model, messages: [{ role: 'user', content: prompt }] });

await runMatrix({
  provider: 'groq',
  wire: groq,
  service: 'groq',
  model,
  create: url => new Groq({ apiKey: 'key', fetch: (to, init) => fetch(to.replace('https://api.groq.com', url), init) }),
  cases: stainlessCases({
    service: 'groq',
    model,
    usage: { input: 120, output: 48, cached: 40, reasoning: 8 },
    limits: { requests: 41, tokens: 9_000 },
    ask: (client, prompt, options) => client.chat.completions.create(asked(prompt), options),
    stream: (client, prompt, options) => client.chat.completions.create({ ...asked(prompt), stream: true }, options),
    textOf: answer => answer.choices[0].message.content,
    pieceOf: chunk => chunk.choices[0]?.delta.content,
  }),
});
