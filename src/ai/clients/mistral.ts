import { isObject } from '../../core/shadow.js';
import type { ClientKind } from './client-kind.js';

/** `@mistralai/mistralai`. */
export const mistral: ClientKind = {
  name: '@mistralai/mistralai',

  identify(client) {
    const { chat, fim } = client as Record<string, unknown>;
    if (!isObject(chat) || !isObject(fim)) return undefined;
    return typeof (chat as Record<string, unknown>)['complete'] === 'function' ? { service: 'mistral' } : undefined;
  },

  instrument(client, measure) {
    const { chat, fim, agents, embeddings } = client as Record<string, unknown>;
    for (const resource of [chat, agents]) measure.methods(resource, { complete: 'chat', stream: 'chat', parse: 'chat', parseStream: 'chat' });
    measure.methods(fim, { complete: 'text_completion', stream: 'text_completion' });
    measure.methods(embeddings, { create: 'embeddings' });
  },
};
