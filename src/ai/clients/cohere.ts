import type { ClientKind } from './client-kind.js';

const OPERATIONS = { chat: 'chat', chatStream: 'chat', embed: 'embeddings', rerank: 'rerank', generate: 'text_completion', generateStream: 'text_completion' };

/** `cohere-ai`: `CohereClient` with its `v2`, and `CohereClientV2`. */
export const cohere: ClientKind = {
  name: 'cohere-ai',

  identify(client) {
    const { chat, chatStream, rerank } = client as Record<string, unknown>;
    const isClient = typeof chat === 'function' && typeof chatStream === 'function' && typeof rerank === 'function';
    return isClient ? { service: 'cohere' } : undefined;
  },

  instrument(client, measure) {
    measure.methods(client, OPERATIONS);
    measure.methods((client as { v2?: unknown }).v2, OPERATIONS);
  },
};
