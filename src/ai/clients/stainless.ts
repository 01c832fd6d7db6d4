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

const watchedFetches = new WeakSet<AnyFunction>();

/**
 * Clients made by Stainless: `openai` (and Azure's), `@anthropic-ai/sdk`, `groq-sdk` and others like them. All their
 * resources and `.stream()` helpers call the client's own `post(path, options)`, and each attempt its `fetch`.
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
    watchFetch(client);
    shadow(client, 'withOptions', function (this: unknown, ...args: unknown[]): unknown {
      const other: unknown = Reflect.apply(withOptions, this, args);
      if (isObject(other)) instrumentOther(other);
      return other;
    });
  },
};

/** `/v1/messages?beta=true` is a chat, `/openai/deployments/gpt/chat/completions` too. */
function operationOf(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
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

/** Options that openai 7 promises tell what is asked when they are there. */
function noting(call: EnclosingCall, options: unknown): unknown {
  if (!(options instanceof Promise)) return options;
  return (options as Promise<unknown>).then(resolved => {
    const refusal = call.noteRequest(bodyOf(resolved));
    if (refusal !== undefined) throw refusal;
    return resolved;
  });
}

/** Tells the call of each attempt, so that retries inside of the SDK are seen. */
function watchFetch(client: Members): void {
  const { fetch } = client;
  // A copy of the client keeps the fetch of the first.
  if (typeof fetch !== 'function' || watchedFetches.has(fetch)) return;
  const watching: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
    const call = currentAiScope()?.call;
    const response: unknown = Reflect.apply(fetch, this, args);
    if (call !== undefined && response instanceof Promise) {
      response.then(
        (answer: unknown) => {
          call.attempt(isObject(answer) ? (answer as { headers?: unknown }).headers : undefined);
        },
        () => {
          call.attempt(undefined);
        },
      );
    }
    return response;
  };
  watchedFetches.add(watching);
  (client as Record<string, unknown>)['fetch'] = watching;
}
