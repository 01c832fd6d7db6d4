import type { ClientKind } from './client-kind.js';

/** A model of the package `ai` (`openai('gpt-4o')`), by the interface that its providers implement: each step of `generateText` and `streamText` is a call. */
export const aiModel: ClientKind = {
  name: 'a model of the package ai',

  identify(client) {
    const { specificationVersion, provider, modelId, doGenerate, doEmbed } = client as Record<string, unknown>;
    if (typeof specificationVersion !== 'string' || typeof provider !== 'string' || typeof modelId !== 'string') return undefined;
    if (typeof doGenerate !== 'function' && typeof doEmbed !== 'function') return undefined;
    // `openai.chat`, `amazon-bedrock`: the part before the dot is the provider.
    return { service: provider.split('.')[0] ?? provider, model: modelId };
  },

  instrument(client, measure) {
    measure.methods(client, { doGenerate: 'chat', doStream: 'chat', doEmbed: 'embeddings' });
  },
};
