/** The least of each shape, by its name, with every count that it reads: what random responses and streams are made from. */
export const RESPONSES: Readonly<Record<string, readonly object[]>> = {
  langchain: [
    { usage_metadata: { input_tokens: 1, output_tokens: 1, input_token_details: { cache_read: 1, cache_creation: 1 }, output_token_details: { reasoning: 1 } }, response_metadata: { model_name: 'm' }, additional_kwargs: {} },
    { generations: [[{ message: { usage_metadata: { input_tokens: 1, output_tokens: 1 } } }], [{ message: { usage_metadata: { input_tokens: 1, output_tokens: 1 } } }]], llmOutput: { tokenUsage: { promptTokens: 1, completionTokens: 1 } } },
  ],
  google: [
    { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, thoughtsTokenCount: 1, toolUsePromptTokenCount: 1, cachedContentTokenCount: 1, totalTokenCount: 1, trafficType: 't' }, candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }], modelVersion: 'm', responseId: 'r' },
    { embeddings: [{ statistics: { tokenCount: 1 } }, { statistics: { tokenCount: 1 } }] },
  ],
  'google-interactions': [{ object: 'interaction', id: 'i', model: 'm', status: 'completed', usage: { total_input_tokens: 1, total_output_tokens: 1, total_thought_tokens: 1, total_cached_tokens: 1, total_tool_use_tokens: 1 } }],
  ollama: [{ model: 'm', done: true, done_reason: 'stop', message: { content: 'x' }, prompt_eval_count: 1, eval_count: 1 }],
  cohere: [
    { id: 'c', finishReason: 'COMPLETE', usage: { billedUnits: { inputTokens: 1, outputTokens: 1 }, tokens: { inputTokens: 1, outputTokens: 1 }, cachedTokens: 1 } },
    { response_id: 'c', meta: { billed_units: { input_tokens: 1, output_tokens: 1 }, tokens: { input_tokens: 1, output_tokens: 1 }, cached_tokens: 1 } },
  ],
  dashscope: [{ request_id: 'r', output: { choices: [{ finish_reason: 'stop', message: { content: 'x' } }] }, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 1, prompt_tokens_details: { cached_tokens: 1, cache_creation_input_tokens: 1 }, output_tokens_details: { reasoning_tokens: 1 } } }],
  mistral: [{ id: 'c', model: 'm', choices: [{ finishReason: 'stop' }], usage: { promptTokens: 1, completionTokens: 1, promptTokensDetails: { cachedTokens: 1, cached_tokens: 1 }, numCachedTokens: 1, serviceTier: 's' } }],
  'openai-embeddings': [{ object: 'list', model: 'm', data: [{ embedding: [0] }], usage: { prompt_tokens: 1, total_tokens: 1 } }],
  'openai-chat': [
    {
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      service_tier: 's',
      choices: [{ finish_reason: 'stop', message: { content: 'x' } }],
      usage: {
        prompt_tokens: 1,
        completion_tokens: 1,
        total_tokens: 1,
        prompt_cache_hit_tokens: 1,
        cached_tokens: 1,
        cache_creation_input_tokens: 1,
        prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 1, cache_creation_input_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    },
  ],
  anthropic: [
    {
      id: 'm',
      type: 'message',
      model: 'm',
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 1,
        output_tokens: 1,
        cache_read_input_tokens: 1,
        cache_creation_input_tokens: 1,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 1 },
        output_tokens_details: { thinking_tokens: 1 },
        iterations: [{ type: 'compaction', input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 1, cache_creation_input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 1 } }],
        service_tier: 'standard',
      },
    },
  ],
  'openai-media': [{ created: 1, data: [{}], usage: { input_tokens: 1, output_tokens: 1, input_tokens_details: { text_tokens: 1 } } }],
  'openai-responses': [
    {
      id: 'r',
      object: 'response',
      model: 'm',
      status: 'completed',
      usage: {
        input_tokens: 1,
        output_tokens: 1,
        input_tokens_details: { cached_tokens: 1, cache_write_tokens: 1, cache_write_tokens_details: { ttl_12h_tokens: 1 } },
        output_tokens_details: { reasoning_tokens: 1 },
      },
    },
  ],
  bedrock: [{ $metadata: { requestId: 'r' }, stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1, cacheReadInputTokens: 1, cacheWriteInputTokens: 1, cacheDetails: [{ ttl: '1h', inputTokens: 1 }] } }],
  'vercel-ai': [
    {
      finishReason: 'stop',
      response: { id: 'r', modelId: 'm' },
      totalUsage: { inputTokens: 1, outputTokens: 1, inputTokenDetails: { cacheReadTokens: 1, cacheWriteTokens: 1 }, outputTokenDetails: { reasoningTokens: 1 } },
      usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 1, reasoningTokens: 1 },
    },
    {
      finishReason: { unified: 'stop' },
      usage: { inputTokens: { total: 1, cacheRead: 1, cacheWrite: 1 }, outputTokens: { total: 1, reasoning: 1 } },
    },
    {
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 1 },
      providerMetadata: { anthropic: { cacheCreationInputTokens: 1 }, bedrock: { usage: { cacheWriteInputTokens: 1 } } },
      steps: [{ usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 1 }, providerMetadata: { anthropic: { cacheCreationInputTokens: 1 } } }],
    },
    { embedding: [0], usage: { tokens: 1 } },
  ],
  plain: [
    { input_tokens: 1, output_tokens: 1 },
    { usage: { inputTokens: 1, outputTokens: 1 } },
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 1, completion_tokens_details: { reasoning_tokens: 1 } },
  ],
};

const of = (name: string, index = 0): object => RESPONSES[name]?.[index] ?? {};
const usageOf = (name: string): object => (of(name) as { usage: object }).usage;

/** Streams by their shape: events in an order that may happen. */
export const STREAMS: Readonly<Record<string, readonly object[]>> = {
  langchain: [{ response_metadata: {}, content: 'x' }, of('langchain'), { message: of('langchain'), text: 'x' }],
  google: [of('google'), of('google')],
  'google-interactions': [
    { event_type: 'interaction.created', interaction: of('google-interactions') },
    { event_type: 'step.delta', delta: {} },
    { event_type: 'interaction.status_update', usage: usageOf('google-interactions') },
    { event_type: 'interaction.completed', interaction: of('google-interactions') },
  ],
  ollama: [{ model: 'm', done: false, message: { content: 'x' } }, of('ollama')],
  cohere: [
    { type: 'message-start', id: 'c' },
    { type: 'content-delta', delta: {} },
    { type: 'message-end', delta: of('cohere') },
  ],
  'cohere (version 1)': [{ eventType: 'stream-start' }, { eventType: 'stream-end', response: of('cohere', 1) }],
  dashscope: [of('dashscope'), of('dashscope')],
  mistral: [{ data: { choices: [{ delta: { content: 'x' } }] } }, { data: { ...of('mistral'), choices: [{ delta: {}, finishReason: 'stop' }] } }],
  'openai-chat': [
    { object: 'chat.completion.chunk', model: 'm', choices: [{ delta: { content: 'x' }, finish_reason: null }] },
    { object: 'chat.completion.chunk', choices: [{ delta: {}, finish_reason: 'stop', usage: usageOf('openai-chat') }], x_groq: { usage: usageOf('openai-chat') } },
    { object: 'chat.completion.chunk', choices: [], usage: usageOf('openai-chat') },
  ],
  anthropic: [
    { type: 'message_start', message: of('anthropic') },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: usageOf('anthropic') },
  ],
  'openai-media': [{ type: 'transcript.text.delta' }, { type: 'transcript.text.done', usage: usageOf('openai-media') }],
  'openai-responses': [
    { type: 'response.created', response: of('openai-responses') },
    { type: 'response.output_text.delta' },
    { type: 'response.completed', response: of('openai-responses') },
  ],
  bedrock: [{ messageStart: {} }, { contentBlockDelta: {} }, { messageStop: { stopReason: 'x' } }, { metadata: { usage: usageOf('bedrock') } }],
  'vercel-ai': [
    { type: 'start' },
    { type: 'text-delta' },
    { type: 'finish-step', ...of('vercel-ai', 2) },
    { type: 'finish-step', ...of('vercel-ai', 0) },
    { type: 'finish', ...of('vercel-ai', 1), totalUsage: usageOf('vercel-ai') },
  ],
  "an app's own": [{ text: 'x' }, { usage: usageOf('openai-chat') }, { usage: usageOf('anthropic') }],
};
