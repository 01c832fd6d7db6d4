import { isObject } from '../core/shadow.js';
import { boundedJson, boundedText, SECRET_ROOM } from './bounded-json.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where requests keep what is asked, of all the SDKs. Instructions come last: they are long, and always the same. */
const REQUEST_KEYS = (
  'messages contents prompt input inputs message chatHistory text texts value values query documents body ' +
  'system instructions preamble systemInstruction'
).split(' ');
/** Where responses keep what was answered, the first of them that is there: some SDKs repeat it for convenience. */
const RESPONSE_KEYS = 'choices candidates content output message text object response generations body'.split(' ');
/** In `ai`, each of them starts the stream that the app wants to read. */
const STREAMS = [Symbol.asyncIterator, 'textStream', 'fullStream', 'stream'] as const;

/**
 * What a call asks the model, as JSON of at most `maxLength` characters: the messages, the prompt or the input in its
 * first argument. A first argument that is a text is taken as it is. Secrets are masked, images and other binary data
 * are replaced by a note of their size. Never throws, and reads no more than it keeps.
 *
 * @returns `undefined` where there is none, and where nothing may be kept
 */
export function requestContent(args: ArrayLike<unknown>, maxLength: number): string | undefined {
  return guarded(maxLength, () => {
    const first = args[0];
    if (typeof first === 'string') return boundedText(first, maxLength);
    if (!isObject(first)) return undefined;
    if (Array.isArray(first)) return first.length === 0 ? undefined : boundedJson(first, maxLength);
    const request = requestOf(first as Fields);
    const content = chosen(request, REQUEST_KEYS, maxLength);
    // Google's are a level below.
    const config = fieldsOf(safely(() => request['config']));
    return written({ ...content, ...chosen(config, ['systemInstruction'], maxLength) }, maxLength);
  });
}

/**
 * What the model answered, as JSON of at most `maxLength` characters; an answer that is a text as it is. Streams are
 * left alone: {@link StreamedText} collects theirs. Otherwise as {@link requestContent}.
 */
export function responseContent(value: unknown, maxLength: number): string | undefined {
  return guarded(maxLength, () => {
    if (typeof value === 'string') return boundedText(value, maxLength);
    if (!isObject(value) || STREAMS.some(key => key in value)) return undefined;
    const fields = value as Fields;
    const key = RESPONSE_KEYS.find(name =>
      isContent(
        name,
        safely(() => fields[name]),
      ),
    );
    return key === undefined ? undefined : written(chosen(fields, [key, 'tool_calls'], maxLength), maxLength);
  });
}

/** Collects the text of a streamed answer, up to a length. */
export class StreamedText {
  readonly #maxLength: number;
  #collected = '';

  /** @param maxLength characters kept */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Takes an event of the stream. Never throws. */
  add(event: unknown): void {
    const room = this.#maxLength + SECRET_ROOM - this.#collected.length;
    if (!(room > 0)) return;
    const text = safely(() => textOf(event));
    if (text !== undefined) this.#collected += text.slice(0, room);
  }

  /** What has come so far, with secrets masked; `undefined` where no text has. */
  get text(): string | undefined {
    if (this.#collected === '') return undefined;
    return guarded(this.#maxLength, () => boundedText(this.#collected, this.#maxLength));
  }
}

/** The object that holds the question: of a Bedrock command, its input. */
function requestOf(first: Fields): Fields {
  const input = safely(() => first['input']);
  return isObject(input) && !Array.isArray(input) && 'modelId' in input ? input : first;
}

function chosen(fields: Fields, keys: readonly string[], maxLength: number): Fields {
  const content: Record<string, unknown> = {};
  for (const key of keys) {
    const value = safely(() => fields[key]);
    if (isContent(key, value)) content[key] = key === 'body' ? bodyText(value, maxLength) : value;
  }
  return content;
}

function written(content: Fields, maxLength: number): string | undefined {
  return Object.keys(content).length === 0 ? undefined : boundedJson(content, maxLength);
}

/** OpenAI's responses name their own kind (`object: 'response'`) and the format of their text under the same keys. */
function isContent(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'function' || typeof value === 'symbol') return false;
  if (key === 'text' || key === 'response') return typeof value === 'string';
  if (key === 'object') return isObject(value);
  if (key === 'body') return typeof value === 'string' || value instanceof Uint8Array;
  return true;
}

/** Bedrock's InvokeModel sends and answers JSON as bytes. */
function bodyText(body: unknown, maxLength: number): unknown {
  if (!(body instanceof Uint8Array)) return body;
  const length = Math.min(body.byteLength, maxLength + SECRET_ROOM);
  return Buffer.from(body.buffer, body.byteOffset, length).toString('utf8');
}

/** The text an event adds to the answer: of the first choice, without what the model thinks to itself. */
function textOf(event: unknown): string | undefined {
  if (typeof event === 'string') return event;
  if (!isObject(event)) return undefined;
  const { choices, candidates, contentBlockDelta, data, type, delta, content, message, text, response } = event as Fields;
  // OpenAI and all that speak it, Mistral; completions have no `delta`
  if (Array.isArray(choices)) {
    const choice = fieldsOf(choices[0]);
    if (choice['index'] !== undefined && choice['index'] !== 0) return undefined;
    const { content: added, refusal } = fieldsOf(choice['delta']);
    return contentText(added) ?? asText(refusal) ?? asText(choice['text']);
  }
  // Google
  if (Array.isArray(candidates)) return contentText(fieldsOf(fieldsOf(candidates[0])['content'])['parts']);
  // Bedrock
  if (contentBlockDelta !== undefined) return asText(fieldsOf(fieldsOf(contentBlockDelta)['delta'])['text']);
  // Mistral wraps the chunk, and the event of a conversation
  if (isObject(data) && ('choices' in data || fieldsOf(data)['type'] === 'message.output.delta')) return textOf(data);
  switch (type) {
    case 'response.output_text.delta': // OpenAI responses
    case 'response.refusal.delta':
      return asText(delta);
    case 'content_block_delta': // Anthropic
      return fieldsOf(delta)['type'] === 'text_delta' ? asText(fieldsOf(delta)['text']) : undefined;
    case 'text-delta': // `ai`, which has moved it twice
      return asText(text) ?? asText(delta) ?? asText((event as Fields)['textDelta']);
    case 'content-delta': // Cohere
      return asText(fieldsOf(fieldsOf(fieldsOf(delta)['message'])['content'])['text']);
  }
  const { eventType, event_type: interaction } = event as Fields;
  // Cohere's first API; Google's interactions
  if (eventType === 'text-generation') return asText(text);
  if (interaction !== undefined) return fieldsOf(delta)['type'] === 'text' ? asText(fieldsOf(delta)['text']) : undefined;
  // LangChain; Ollama
  return contentText(content) ?? contentText(fieldsOf(message)['content']) ?? asText(response);
}

/** A text, or the texts in a list of parts. */
function contentText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return asText(content);
  let joined: string | undefined;
  for (const part of content as unknown[]) {
    const { type, thought, text } = fieldsOf(part);
    if (typeof text === 'string' && thought !== true && (type === undefined || type === 'text')) joined = (joined ?? '') + text;
  }
  return joined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const NO_FIELDS: Fields = Object.freeze({});

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? (value as Fields) : NO_FIELDS;
}

function guarded(maxLength: number, read: () => string | undefined): string | undefined {
  return maxLength > 0 ? safely(read) : undefined;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
