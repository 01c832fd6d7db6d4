import { isObject } from '../../core/shadow.js';
import { serviceOfBaseUrl } from '../provider.js';
import type { ClientKind } from './client-kind.js';

type Resources = Record<string, Record<string, unknown> | undefined>;

/** Any other client that has the methods of OpenAI's or Anthropic's: `client.chat.completions.create(…)`. */
export const openaiLike: ClientKind = {
  name: 'any client with chat.completions.create() or messages.create()',

  identify(client) {
    const { chat, messages, baseURL } = client as unknown as Resources & { baseURL?: unknown };
    const completions = chat?.['completions'];
    const hasChat = isObject(completions) && typeof (completions as Record<string, unknown>)['create'] === 'function';
    const hasMessages = isObject(messages) && typeof messages['create'] === 'function';
    if (!hasChat && !hasMessages) return undefined;
    const service = serviceOfBaseUrl(typeof baseURL === 'string' ? baseURL : undefined);
    return { service: service ?? (hasChat ? 'openai' : 'anthropic') };
  },

  instrument(client, measure) {
    const { chat, messages, responses, embeddings, completions } = client as unknown as Resources;
    for (const resource of [chat?.['completions'], messages, responses]) measure.methods(resource, { create: 'chat' });
    measure.methods(completions, { create: 'text_completion' });
    measure.methods(embeddings, { create: 'embeddings' });
  },
};
