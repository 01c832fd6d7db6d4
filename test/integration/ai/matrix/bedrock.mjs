// @aws-sdk/client-bedrock-runtime: Converse, and a model invoked in its maker's terms. Over HTTP/2, as it is by default.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { bedrock } from '../../../support/ai-wire/bedrock.mjs';
import { clientCases } from '../harness/client-cases.mjs';
import { runMatrix } from '../harness/matrix.mjs';

const model = 'anthropic.claude-sonnet-5';
const usage = { input: 120, output: 48, cached: 40, cacheWrite: 16 };
const options = ({ signal, timeout }) => ({ ...(signal && { abortSignal: signal }), ...(timeout && { requestTimeout: timeout }) });
const subject = {
  wire: bedrock,
  service: 'bedrock',
  model,
  create: url =>
    new BedrockRuntimeClient({ region: 'us-east-1', endpoint: url, maxAttempts: 1, credentials: { accessKeyId: 'id', secretAccessKey: 'key' } }),
  dispose: client => client.destroy(),
};

/** What its errors tell, and what they don't: whatever ends the connection, a stream ends as if it were done. */
const manners = {
  hangsUp: false,
  outcomes: { cut: 'timeout' },
  ends: { cut: { status: 'success', outcome: 'ok', missing: 'stream_without_usage' }, aborted: { status: 'success' } },
};

const asked = prompt => ({ modelId: model, messages: [{ role: 'user', content: [{ text: prompt }] }] });

await runMatrix({
  ...subject,
  provider: 'bedrock converse',
  cases: clientCases({
    ...manners,
    service: 'bedrock',
    usage,
    ask: (client, prompt, given) => client.send(new ConverseCommand(asked(prompt)), options(given)),
    textOf: answer => answer.output.message.content[0].text,
    stream: (client, prompt, given) => client.send(new ConverseStreamCommand(asked(prompt)), options(given)),
    eventsOf: answer => answer.stream,
    pieceOf: event => event.contentBlockDelta?.delta.text,
  }),
});

const body = prompt => JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: [{ role: 'user', content: prompt }] });
const invoked = prompt => ({ modelId: model, contentType: 'application/json', body: body(prompt) });
const parsed = bytes => JSON.parse(new TextDecoder().decode(bytes));

await runMatrix({
  ...subject,
  provider: 'bedrock invoke',
  cases: clientCases({
    ...manners,
    ends: { ...manners.ends, cut: { status: 'success', outcome: 'ok', missing: 'interrupted' } },
    service: 'bedrock',
    usage: { ...usage, reasoning: 8 },
    ask: (client, prompt, given) => client.send(new InvokeModelCommand(invoked(prompt)), options(given)),
    textOf: answer => parsed(answer.body).content[0].text,
    stream: (client, prompt, given) => client.send(new InvokeModelWithResponseStreamCommand(invoked(prompt)), options(given)),
    eventsOf: answer => answer.body,
    pieceOf: event => parsed(event.chunk.bytes).delta?.text,
    // The first event says what was read; what was written by then is one token.
    partOf: ({ input, cached, cacheWrite }) => ({ input, cached, cacheWrite, output: 1 }),
  }),
});
