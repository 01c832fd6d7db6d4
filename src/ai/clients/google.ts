import { isObject } from '../../core/shadow.js';
import type { ClientKind } from './client-kind.js';

/** `@google/genai`, whose chats call the same `models`. */
export const google: ClientKind = {
  name: '@google/genai',

  identify(client) {
    const { models, vertexai, enterprise } = client as { models?: unknown; vertexai?: unknown; enterprise?: unknown };
    if (!isObject(models) || typeof (models as Record<string, unknown>)['generateContentStream'] !== 'function') return undefined;
    return { service: vertexai === true || enterprise === true ? 'vertex' : 'google' };
  },

  instrument(client, measure) {
    measure.methods(client['models'], {
      generateContent: 'generate_content',
      generateContentStream: 'generate_content',
      embedContent: 'embeddings',
      generateImages: 'generate_image',
      editImage: 'generate_image',
      generateVideos: 'generate_video',
    });
  },
};
