import { isObject } from '../../core/shadow.js';
import type { ClientKind } from './client-kind.js';

/** A LangChain chat model or embeddings, by the methods beneath `invoke`, `stream` and `batch`, where each is one call of the model. */
export const langchain: ClientKind = {
  name: 'a LangChain model',
  nests: true,

  identify(client) {
    const { _generate, _llmType, lc_namespace: namespace, embedDocuments, model, modelName } = client as Record<string, unknown>;
    const isModel = typeof _generate === 'function' && typeof _llmType === 'function';
    const isEmbeddings = typeof embedDocuments === 'function' && isObject(client['caller']);
    if (!isModel && !isEmbeddings) return undefined;
    const named = [model, modelName].find(name => typeof name === 'string');
    return { service: serviceOf(isModel ? (_llmType as () => unknown).call(client) : undefined, namespace), model: named };
  },

  instrument(client, measure) {
    measure.methods(client, {
      _generate: 'chat',
      _streamResponseChunks: 'chat',
      _streamChatModelEvents: 'chat',
      embedDocuments: 'embeddings',
      embedQuery: 'embeddings',
    });
  },
};

/** `['langchain', 'chat_models', 'openai']`, or what the model calls its kind. */
function serviceOf(kind: unknown, namespace: unknown): string {
  if (typeof kind === 'string' && kind !== '') return kind;
  const last: unknown = Array.isArray(namespace) ? namespace.at(-1) : undefined;
  return typeof last === 'string' ? last : 'langchain';
}
