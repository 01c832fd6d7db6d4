import { fieldsOf, firstOf, nameOf } from './fields.js';
import type { ResponseShape } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage } from './token-usage.js';

/** OpenAI's embeddings, and those of Azure, Qwen, Voyage and Jina, of which some give only a total. There is no output. */
export const openAiEmbeddings: ResponseShape = {
  name: 'openai-embeddings',

  read(response) {
    const { id, model, data } = response;
    if (!('embedding' in firstOf(data))) return undefined;
    const { prompt_tokens, total_tokens } = fieldsOf(response['usage']);
    const inputTokens = tokenCount(prompt_tokens) ?? tokenCount(total_tokens);
    if (inputTokens === undefined && model === undefined) return undefined;
    return { usage: tokenUsage({ inputTokens }), model: nameOf(model), responseId: nameOf(id) };
  },
};
