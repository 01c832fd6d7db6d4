import { isObject, shadow, type Members } from '../../core/shadow.js';
import type { AnyFunction } from '../../core/instrument.js';
import { currentAiScope, type EnclosingCall } from '../ai-scope.js';
import { serviceOfBaseUrl } from '../provider.js';
import { refuseBy } from '../refuse.js';
import type { ClientKind } from './client-kind.js';

/** What each path of the OpenAI and Anthropic APIs does. Others (files, batches, models) call no model. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'chat/completions': 'chat',
  completions: 'text_completion',
  responses: 'chat',
  'responses/compact': 'chat',
  embeddings: 'embeddings',
  'images/generations': 'generate_image',
  'images/edits': 'generate_image',
  'images/variations': 'generate_image',
  'audio/speech': 'generate_speech',
  'audio/transcriptions': 'transcribe',
  'audio/translations': 'transcribe',
  messages: 'chat',
  complete: 'text_completion',
};

/** Where a request's options carry the call that it is made for. */
const CALL = Symbol('sightline.call');

/**
 * Clients made by Stainless: `openai` (and Azure's), `@anthropic-ai/sdk`, `groq-sdk` and others like them. All their
 * resources and `.stream()` helpers call the client's own `post(path, options)`, and each attempt its `makeRequest`.
 */
export const stainless: ClientKind = {
  name: 'openai, @anthropic-ai/sdk and other SDKs made by Stainless',

  identify(client) {
    const { post, withOptions, buildURL, baseURL, messages } = client as Members & { baseURL?: unknown };
    if (typeof post !== 'function' || typeof withOptions !== 'function' || typeof buildURL !== 'function') return undefined;
    const service = serviceOfBaseUrl(typeof baseURL === 'string' ? baseURL : undefined);
    return { service: service ?? (isObject(messages) ? 'anthropic' : 'openai') };
  },

  instrument(client, measure, instrumentOther) {
    const { post, withOptions } = client as { post: AnyFunction; withOptions: AnyFunction };
    // The SDK takes its options as a promise, too: of a rejected one it makes an API promise that rejects.
    const posting: AnyFunction = function (this: unknown, path: unknown, options: unknown): unknown {
      const call = operationOf(path) === undefined ? undefined : currentAiScope()?.call;
      return Reflect.apply(post, this, [path, call === undefined ? options : noting(call, options)]) as unknown;
    };
    refuseBy(posting, (error, self, args) => Reflect.apply(post, self, [args[0], Promise.reject(error)]) as unknown);
    shadow(client, 'post', posting);
    measure.method(client, 'post', args => {
      const [path, options] = [args[0], args[1]];
      const operation = operationOf(path);
      return operation === undefined ? undefined : { operation, request: bodyOf(options) };
    });
    watchRetries(client);
    shadow(client, 'withOptions', function (this: unknown, ...args: unknown[]): unknown {
      const other: unknown = Reflect.apply(withOptions, this, args);
      if (isObject(other)) instrumentOther(other);
      return other;
    });
  },
};

/** Of the few paths that an app asks. */
const operations = new Map<string, string | undefined>();
const MOST_PATHS = 200;

function operationOf(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  if (!operations.has(path)) {
    if (operations.size >= MOST_PATHS) operations.clear();
    operations.set(path, readOperation(path));
  }
  return operations.get(path);
}

/** `/v1/messages?beta=true` is a chat, `/openai/deployments/gpt/chat/completions` too. */
function readOperation(path: string): string | undefined {
  const parts = path.replace(/[?#].*$/, '').split('/').filter(part => part !== '');
  const lastTwo = parts.slice(-2).join('/');
  if (Object.hasOwn(OPERATIONS, lastTwo)) return OPERATIONS[lastTwo];
  const last = parts.at(-1) ?? '';
  // `/v1/messages`, `/responses`; but not `/threads/42/messages`.
  const isRoot = parts.length === 1 || (parts.length === 2 && /^v\d/.test(parts[0] ?? ''));
  return isRoot && Object.hasOwn(OPERATIONS, last) ? OPERATIONS[last] : undefined;
}

function bodyOf(options: unknown): unknown {
  return isObject(options) ? (options as { body?: unknown }).body : undefined;
}

/** Options that lead from an attempt to its call. openai 7 promises them: then they tell what is asked when they are there. */
function noting(call: EnclosingCall, options: unknown): unknown {
  if (!(options instanceof Promise)) return withCall(options, call);
  return (options as Promise<unknown>).then(resolved => {
    const refusal = call.noteRequest(bodyOf(resolved));
    if (refusal !== undefined) throw refusal;
    return withCall(resolved, call);
  });
}

/** The SDK copies its options, and keeps them for all attempts. */
function withCall(options: unknown, call: EnclosingCall): unknown {
  // Ours comes first: to add to a copy takes V8 four times as long.
  return isObject(options) ? { [CALL]: call, ...options } : options;
}

/**
 * Tells the call of each attempt that is refused and of each further one. `makeRequest(options, left, firstAttempt)`
 * makes one; `retryRequest(options, left, firstAttempt, …, headers)` waits, and makes the next.
 */
function watchRetries(client: Members): void {
  const { makeRequest, retryRequest } = client;
  if (typeof makeRequest !== 'function' || typeof retryRequest !== 'function') return;
  shadow(client, 'makeRequest', function (this: unknown, ...args: unknown[]): unknown {
    if (args[2] !== undefined) callOf(args[0])?.retry();
    return Reflect.apply(makeRequest, this, args) as unknown;
  });
  shadow(client, 'retryRequest', function (this: unknown, ...args: unknown[]): unknown {
    callOf(args[0])?.noteHeaders({ headers: args.find(isHeaders) }, true);
    return Reflect.apply(retryRequest, this, args) as unknown;
  });
}

function callOf(options: unknown): EnclosingCall | undefined {
  return (options as { readonly [CALL]?: EnclosingCall } | undefined)?.[CALL];
}

/** Anthropic's hands them over one place later. */
function isHeaders(value: unknown): boolean {
  return isObject(value) && typeof (value as Members)['get'] === 'function' && typeof (value as Members)['forEach'] === 'function';
}
