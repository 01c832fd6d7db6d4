import { isObject } from '../core/shadow.js';

/** What an error says of its reason, in the places where SDKs put it. */
export interface ErrorEvidence {
  /**
   * Names of its classes, its codes and types, and those of the response body it holds; in small letters and without
   * separators, so that `rate_limit_error`, `RateLimitError` and `RATE_LIMIT_ERROR` are one.
   */
  readonly words: readonly string[];
  /** The HTTP status it stands for. */
  readonly status: number | undefined;
  /** Its message and that of the body, each cut. */
  readonly messages: readonly string[];
  /** The errors it was made of. */
  readonly behind: readonly unknown[];
  /** Made by an SDK of Stainless' generator (OpenAI, Anthropic, Groq) without a status: whether it holds an error body. */
  readonly withoutStatus: { readonly hasBody: boolean } | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where a reason is named. */
const WORD_KEYS = words('name code type status reason error errorCode error_code lc_error_code quotaId finishReason');
/** Where a status is, each of them checked for being one: Google's and OpenRouter's `code` is, OpenAI's is a word. */
const STATUS_KEYS = words('status statusCode status_code httpStatusCode code');
/** What holds more of the two: a response, its body (also as JSON), a provider's details. */
const HOLDERS = words('error $metadata response $response data body responseBody details violations innererror');
/** Where wrappers keep what they wrap: the language, `ai`'s RetryError, retry helpers. */
const LINKS = words('cause lastError originalError');

/** gRPC's status codes, which Google's other clients have as numbers. Source: the gRPC documentation. */
const GRPC = words(
  'ok cancelled unknown invalidargument deadlineexceeded notfound alreadyexists permissiondenied resourceexhausted ' +
    'failedprecondition aborted outofrange unimplemented internal unavailable dataloss unauthenticated',
);
/** Said by every class there is, or, as the base class of what can't connect, wrongly. */
const SAYS_NOTHING = new Set(words('object error apierror domexception'));

const IDENTIFIER = /^[\w.:$/-]{2,80}$/;
/** The largest JSON text that is parsed: errors are short, but one may hold a whole answer. */
const MAX_JSON = 16_384;
const MAX_MESSAGE = 1_000;
const MAX_OBJECTS = 24;
const MAX_DEPTH = 8;
const MAX_ITEMS = 8;
const MAX_CLASSES = 8;

/** Reads an error without calling its methods. What throws when read counts as absent. */
export function readEvidence(error: object): ErrorEvidence {
  const found = new Finds();
  found.visit(error, 0);
  const fields = error as Fields;
  const { words, messages, status } = found;
  return { words, messages, status, behind: linked(fields), withoutStatus: status === undefined ? stainless(fields) : undefined };
}

class Finds {
  readonly words: string[] = [];
  readonly messages: string[] = [];
  status: number | undefined;
  readonly #seen = new Set<object>();

  visit(object: object, depth: number): void {
    if (depth > MAX_DEPTH || this.#seen.size >= MAX_OBJECTS || this.#seen.has(object)) return;
    this.#seen.add(object);
    if (Array.isArray(object)) {
      for (const item of (object as unknown[]).slice(0, MAX_ITEMS)) if (isObject(item)) this.visit(item, depth + 1);
      return;
    }
    const fields = object as Fields;
    for (const key of STATUS_KEYS) this.status ??= statusOf(key, get(fields, key));
    for (const key of WORD_KEYS) this.#addWord(get(fields, key));
    for (const name of classNames(object)) this.#addWord(name);
    this.#addGrpcCode(fields);
    const message = get(fields, 'message');
    if (typeof message === 'string') {
      this.messages.push(message.slice(0, MAX_MESSAGE));
      // Google's SDK puts the whole body into the message, at times behind a few words.
      const start = message.slice(0, 100).indexOf('{');
      if (start >= 0) this.#visitJson(message.slice(start, start + MAX_JSON + 1), depth);
    }
    for (const key of HOLDERS) {
      const held = get(fields, key);
      if (typeof held === 'string') this.#visitJson(held, depth);
      else if (isObject(held)) this.visit(held, depth + 1);
    }
  }

  #visitJson(text: string, depth: number): void {
    if (text.length > MAX_JSON || !text.startsWith('{')) return;
    const body = safely(() => JSON.parse(text) as unknown);
    if (isObject(body)) this.visit(body, depth + 1);
  }

  #addWord(value: unknown): void {
    if (typeof value !== 'string' || !IDENTIFIER.test(value)) return;
    const word = value.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (!SAYS_NOTHING.has(word)) this.words.push(word);
    // Anthropic's `api_error` is a code; only as a class does it say nothing.
    else if (value === 'api_error') this.words.push('servererror');
  }

  #addGrpcCode(fields: Fields): void {
    const code = get(fields, 'code');
    if (typeof code === 'number' && typeof get(fields, 'details') === 'string' && isObject(get(fields, 'metadata'))) {
      this.#addWord(GRPC[code]);
    }
  }
}

function linked(fields: Fields): readonly unknown[] {
  // Cohere's SDK throws a word in case of a timeout.
  const links = LINKS.map(key => get(fields, key)).filter(link => isObject(link) || link === 'timeout');
  // The errors of all attempts do not matter beside the last one.
  const errors = links.length === 0 ? get(fields, 'errors') : undefined;
  return Array.isArray(errors) ? (errors as unknown[]).slice(0, MAX_ITEMS) : links;
}

/** A number that can be an HTTP status, also as the text that Azure writes. A `code` is one only if it is an error's. */
function statusOf(key: string, value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  const min = key === 'code' ? 400 : 200;
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= 599 ? number : undefined;
}

/**
 * Errors of these SDKs are told apart by their class alone where no response came, and a bundler may have renamed it.
 * Their fields stay: `status` and `headers` are there, and hold nothing.
 */
function stainless(fields: Fields): ErrorEvidence['withoutStatus'] {
  const isOne = safely(() => 'status' in fields && 'headers' in fields && 'error' in fields);
  return isOne === true ? { hasBody: get(fields, 'error') != null } : undefined;
}

/** The names of its class and of those it extends, the nearest first. */
function classNames(object: object): string[] {
  const names: string[] = [];
  let prototype: unknown = object;
  for (let i = 0; i < MAX_CLASSES; i++) {
    const current = prototype as object;
    prototype = safely(() => Object.getPrototypeOf(current) as unknown);
    if (!isObject(prototype)) break;
    const own = prototype;
    const constructor = safely(() => Object.getOwnPropertyDescriptor(own, 'constructor')?.value as unknown);
    const name = isObject(constructor) ? get(constructor as Fields, 'name') : undefined;
    if (typeof name === 'string') names.push(name);
  }
  return names;
}

function get(fields: Fields, key: string): unknown {
  return safely(() => fields[key]);
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function words(list: string): readonly string[] {
  return list.split(' ');
}
