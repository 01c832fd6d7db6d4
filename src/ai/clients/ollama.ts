import type { ClientKind } from './client-kind.js';

/** `ollama`. */
export const ollama: ClientKind = {
  name: 'ollama',

  identify(client) {
    const { chat, generate, embed, pull } = client as Record<string, unknown>;
    const isClient = [chat, generate, embed, pull].every(method => typeof method === 'function');
    return isClient ? { service: 'ollama' } : undefined;
  },

  instrument(client, measure) {
    measure.methods(client, { chat: 'chat', generate: 'text_completion', embed: 'embeddings', embeddings: 'embeddings' });
  },
};
