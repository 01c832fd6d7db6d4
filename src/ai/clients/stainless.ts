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

/** Where an attempt carries its call, until it is made. */
const CALL = Symbol('sightline.call');

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

/** The SDK hands `fetchOptions` on to each `fetch`. */
function withCall(options: unknown, call: EnclosingCall): unknown {
  if (!isObject(options)) return options;
  const { fetchOptions } = options as { fetchOptions?: object };
  return { ...options, fetchOptions: { ...fetchOptions, [CALL]: call } };
}

/** Reading the headers takes as long as all else there is to count, and what is left of a limit changes slowly. */
const READ_EVERY_MS = 100;

/** Gives the headers that tell of rate limits: of each refusal, and of some of the other answers. */
function limitHeadersReader(): (answer: unknown) => unknown {
  let lastRead = -Infinity;
  return answer => {
    if (!isObject(answer)) return undefined;
    const { status, headers } = answer as { status?: unknown; headers?: unknown };
    const now = performance.now();
    if (typeof status === 'number' && status < 400 && now - lastRead < READ_EVERY_MS) return undefined;
    lastRead = now;
    return headers;
  };
}

/** The call that an attempt is made for. What is left is what the SDK asked for. */
function takeCall(init: unknown): EnclosingCall | undefined {
  if (!isObject(init)) return undefined;
  const carrier = init as { [CALL]?: EnclosingCall };
  const call = carrier[CALL];
  if (call !== undefined) Reflect.deleteProperty(carrier, CALL);
  return call;
}

/** Tells the call of each attempt, so that retries inside of the SDK are seen. */
function watchFetch(client: Members): void {
  const { fetch } = client;
  // A copy of the client keeps the fetch of the first.
  if (typeof fetch !== 'function' || watchedFetches.has(fetch)) return;
  const limitHeaders = limitHeadersReader();
  const watching: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
    const call = takeCall(args[1]);
    const response: unknown = Reflect.apply(fetch, this, args);
    if (call !== undefined && response instanceof Promise) {
      response.then(
        (answer: unknown) => {
          call.attempt(limitHeaders(answer));
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
