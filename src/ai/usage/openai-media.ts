import { fieldsOf } from './fields.js';
import { responsesUsage } from './openai-responses.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';

/** OpenAI's images (gpt-image-1), transcriptions and speech. Models priced by the second or the image report no tokens. */
export const openAiMedia: ResponseShape = {
  name: 'openai-media',

  read(response) {
    const { type } = fieldsOf(response['usage']);
    // What tells it first: `text` and `data` are getters elsewhere, some of which warn in the log.
    const isTranscription = (type === 'tokens' || type === 'duration') && typeof response['text'] === 'string';
    const isImages = typeof response['created'] === 'number' && Array.isArray(response['data']);
    return isTranscription || isImages ? { usage: responsesUsage(response['usage']) } : undefined;
  },

  stream(first) {
    const type = first['type'];
    return typeof type === 'string' && STREAMS.test(type) ? new MediaReader() : undefined;
  },
};

const STREAMS = /^(?:image_generation|image_edit|transcript\.text|speech\.audio)\./;

class MediaReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    const type = event['type'];
    if (typeof type !== 'string') return false;
    // `image_generation.completed` brings the image, `transcript.text.done` only what is there already.
    const isImage = type.endsWith('.completed');
    if (isImage || type.endsWith('.done')) this.#facts = { usage: responsesUsage(event['usage']), finishReason: 'completed' };
    return isImage || type.endsWith('.delta') || type.endsWith('.partial_image') || type.endsWith('.segment');
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
